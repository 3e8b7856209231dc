// SPDX-License-Identifier: Apache-2.0
#pragma once

// The weighted median of dense flow (Sun, Roth and Black 2014).

#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/contract/axis.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

inline constexpr int weighted_median_max_radius = 7;

/// A weight that falls from 255 at 0 to 0 where the square of its argument is `limit`: see
/// common/flow/weighted_median.hpp.
struct falloff {
  std::uint16_t limit = 256;
  std::uint16_t factor = 65280;  ///< 255 * 2^16 / limit, rounded up
};

/// Windows of (2 radius + 1)^2 pixels, and what their pixels weigh.
struct weighted_median_rule {
  int radius = weighted_median_max_radius;
  int shift = 2;        ///< bits that the guide's intensities (Q8.4) lose before they are compared
  falloff likeness;     ///< of the sum of squared differences over the guide's planes
  u8 nearness[8][8]{};  ///< by the distance in rows and in columns
};

/// The frame by which pixels are alike: its grey, or red, green and blue.
struct median_guide {
  plane<const u16> planes[3];
  int count = 1;
};

}  // namespace fluxel::kernels
