// SPDX-License-Identifier: Apache-2.0
#pragma once

// Masks of unknown pixels from a pyramid level to the next.

#include <cstdint>

#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// The source pixels that output i of a Gaussian reduction is made of.
struct index_range {
  std::int64_t low, high;
};
FLUXEL_HD index_range contributors(const mask_axis& axis, int i) {
  constexpr std::int64_t one = mask_axis::reach_one;
  const std::int64_t centre = (axis.positions.first + i * axis.positions.step) * one;
  const std::int64_t reach = axis.reach * axis.positions.denominator, unit = axis.positions.denominator * one;
  const std::int64_t down = centre - reach, up = centre + reach;
  const std::int64_t low = down > 0 ? (down + unit - 1) / unit : 0;
  const std::int64_t high = up > 0 ? up / unit : 0, last = axis.positions.src_size - 1;
  return {low < last ? low : last, high < last ? high : last};
}

/// A pixel is unknown when one that it is made of is.
struct reduce_mask_pixel {
  plane<const u8> fine;
  plane<u8> coarse;
  mask_reach reach;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const index_range across = contributors(reach.x, x), along = contributors(reach.y, y);
    u8 unknown = 0;
    for (auto j = along.low; j <= along.high; ++j)
      for (auto i = across.low; i <= across.high; ++i)
        unknown |= pixel_at(fine, n, static_cast<int>(i), static_cast<int>(j));
    pixel_at(coarse, n, x, y) = unknown;
  }
};

}  // namespace fluxel::kernels
