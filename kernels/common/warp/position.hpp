// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a flow vector points to, in 1/256 px.

#include <cstdint>

#include "kernels/common/flow/flow_color.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

inline constexpr int warp_bits = 8;
inline constexpr std::int32_t warp_one = 1 << warp_bits;  ///< units of a pixel
inline constexpr float farthest_warp = 0x1p28f;           ///< units: 2^20 px

/// In units, half to even. @param component  of a flow that is known
FLUXEL_HD std::int32_t displacement(float component, float per_pixel) {
  const float units = component * per_pixel;
  const float low = units > -farthest_warp ? units : -farthest_warp;
  return nearest_integer(low < farthest_warp ? low : farthest_warp);
}

/// On one axis: the pixel at or before the position, and how far behind it the position is.
struct warp_position {
  std::int64_t first;
  std::int32_t fraction;  ///< units, [0, 256)
};
FLUXEL_HD warp_position position_from(std::int32_t pixel, std::int32_t units) {
  return {std::int64_t{pixel} + (units >> warp_bits), units & (warp_one - 1)};
}

/// Both axes. A flow that is not known points to its own pixel.
struct warp_target {
  warp_position x, y;
};
FLUXEL_HD warp_target target_of(int x, int y, float u, float v, float per_pixel_x, float per_pixel_y) {
  const bool known = is_known_flow(bits_of_float(u), bits_of_float(v));
  return {position_from(x, known ? displacement(u, per_pixel_x) : 0),
          position_from(y, known ? displacement(v, per_pixel_y) : 0)};
}

FLUXEL_HD int clamp_position(std::int64_t i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : static_cast<int>(i); }

}  // namespace fluxel::kernels
