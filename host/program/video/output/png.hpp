// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fluxel::video {

/// The bytes of a PNG file. Pixels are packed, rows from the top. @throws failure internal
std::vector<std::uint8_t> png_of_grey(std::span<const std::uint8_t> pixels, int width, int height);
std::vector<std::uint8_t> png_of_rgb24(std::span<const std::uint8_t> pixels, int width, int height);
std::vector<std::uint8_t> png_of_rgb48(std::span<const std::uint16_t> pixels, int width, int height);

}  // namespace fluxel::video
