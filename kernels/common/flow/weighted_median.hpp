// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the pixels of a weighted median's window weigh, in integers. Neighbour j of pixel i has the weight
//   ((nearness * likeness + 128) / 256 * trust + 128) / 256, each of the three 0 to 255;
// the result is the smallest value whose weights, with those of all smaller ones, are at least half of the sum. Sums
// of 225 such weights fit 16 bits, so that their order does not matter and lanes may be narrow.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/weighted_median.hpp"

namespace fluxel::kernels {

FLUXEL_HD constexpr falloff make_falloff(int limit) {
  return {static_cast<std::uint16_t>(limit), static_cast<std::uint16_t>((255 * 65536 + limit - 1) / limit)};
}

/// 255 (1 - squared / limit)^3, close to the Gaussian whose variance is limit / 6.
FLUXEL_HD int falloff_weight(int squared, const falloff& f) {
  if (squared >= f.limit) return 0;
  const int t = ((f.limit - squared) * f.factor) >> 16;
  return (((t * t) >> 8) * t) >> 8;
}
FLUXEL_HD int product_of_weights(int a, int b) { return (a * b + 128) >> 8; }

/// An intensity as weights see it, and the square of a difference: what is beyond 127 is unlike anyway.
FLUXEL_HD int guide_level(int intensity, int shift) { return intensity >> shift; }
FLUXEL_HD int squared_unlikeness(int a, int b) {
  const int difference = a < b ? b - a : a - b, most = difference < 127 ? difference : 127;
  return most * most;
}
FLUXEL_HD int neighbour_weight(int nearness, int squared, int trust, const weighted_median_rule& rule) {
  return product_of_weights(product_of_weights(nearness, falloff_weight(squared, rule.likeness)), trust);
}

/// How far the flow of a pixel is to be trusted: less where flow converges, for there it covers pixels, and where the
/// warped next frame differs. 0 where it is unknown.
struct trust_pixel {
  plane<const u16> prev;
  flow_planes flow;
  warped_frame warped;
  plane<u8> trust;

  FLUXEL_HD static int squared_up_to_255(int value) {
    const int most = value < 255 ? value : 255;
    return most > 0 ? most * most : 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    constexpr falloff convergence = make_falloff(8847);  // standard deviation .3 px/px, in 1/128
    constexpr falloff residual = make_falloff(9600);     // 10 grey levels, in 1/4
    const u8 reason = pixel_at(warped.reason, n, x, y);
    const int converging = clamped_pixel(flow.u, n, x - 1, y) - clamped_pixel(flow.u, n, x + 1, y) +
                           clamped_pixel(flow.v, n, x, y - 1) - clamped_pixel(flow.v, n, x, y + 1);
    int weight = falloff_weight(squared_up_to_255(converging), convergence);
    if (reason == 0) {
      const int change = pixel_at(warped.grey, n, x, y) - pixel_at(prev, n, x, y);
      const int miss = (change < 0 ? -change : change) >> 2;
      weight = product_of_weights(weight, falloff_weight(squared_up_to_255(miss), residual));
    }
    pixel_at(trust, n, x, y) = static_cast<u8>(reason == flow_masked ? 0 : weight);
  }
};

/// Between two values whose difference does not overflow.
FLUXEL_HD int middle_of(int low, int high) { return low + ((high - low) >> 1); }

}  // namespace fluxel::kernels
