// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// Finds pictures that show what the one before shows, up to the noise of an encoder: of samples on a grid of at most
/// 512 x 512 pixels fewer than one in two thousand differs by more than 8 of 255 levels.
class repeated_pictures {
 public:
  /// The next picture; all have one size and kind. @returns whether it repeats the last one that did not.
  bool add(const frame_view<const void>& frame);

 private:
  plain_picture plain_;
  std::vector<float> shown_, current_;  ///< samples as shares of white
};

}  // namespace fluxel::video
