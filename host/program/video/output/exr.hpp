// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fluxel::video {

/// The bytes of an OpenEXR file of 32-bit floats, without loss.
/// @param rgb  packed R, G, B; rows from the top. @throws failure internal
std::vector<std::uint8_t> exr_of_rgb(std::span<const float> rgb, int width, int height);

}  // namespace fluxel::video
