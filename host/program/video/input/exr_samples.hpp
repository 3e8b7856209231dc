// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace fluxel::video {

struct float_samples {
  int width, height;
  std::vector<float> rgb;  ///< of every pixel
};

/// The samples of an OpenEXR file of R, G and B as they are stored. Nothing when it has other channels.
/// @throws failure input
std::optional<float_samples> read_exr_samples(const std::string& name);

}  // namespace fluxel::video
