// SPDX-License-Identifier: Apache-2.0
#pragma once

// Motions in 1/64 px, and where they take the pixels of a moment between two frames.

#include <cstdint>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/common/warp/position.hpp"
#include "kernels/contract/flow_color.hpp"

namespace fluxel::kernels {

struct motion {
  std::int32_t u, v;  ///< 1/64 px
};
inline constexpr std::int32_t motion_one = 64;

FLUXEL_HD std::int32_t magnitude_of(std::int32_t v) { return v < 0 ? -v : v; }

/// A flow's vector; 0 where it is not known.
FLUXEL_HD motion motion_at(const flow_images& flow, int n, int x, int y) {
  const float u = *pixel_at<const float>(flow.u, n, x, y), v = *pixel_at<const float>(flow.v, n, x, y);
  if (!is_known_flow(bits_of_float(u), bits_of_float(v))) return {0, 0};
  constexpr float unit = motion_one;
  return {displacement(u, unit), displacement(v, unit)};
}
FLUXEL_HD motion turned(motion m) { return {-m.u, -m.v}; }
FLUXEL_HD std::int32_t distance(motion a, motion b) { return magnitude_of(a.u - b.u) + magnitude_of(a.v - b.v); }

/// Where the pixel (x, y) of the moment is in a frame. @param share  of the motion, in 1/256: -moment, or 256 -
/// moment
FLUXEL_HD warp_target seen_at(int x, int y, motion m, int share) {
  const auto units = [share](std::int32_t part) {  // of 1/256 px: part / 64 * share / 256 * 256
    return static_cast<std::int32_t>((std::int64_t{part} * share + 32) >> 6);
  };
  return {position_from(x, units(m.u)), position_from(y, units(m.v))};
}

}  // namespace fluxel::kernels
