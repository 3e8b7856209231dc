// SPDX-License-Identifier: Apache-2.0
#include "host/plan/weighted_median.hpp"

#include <cmath>

#include "host/plan/exponential.hpp"
#include "kernels/common/flow/weighted_median.hpp"

namespace fluxel::plan {

kernels::weighted_median_rule make_weighted_median_rule(int radius, double likeness, int planes) {
  constexpr double nearness = 7;      // standard deviation, px (Sun, Roth and Black 2014)
  constexpr double most = 127 * 127;  // the largest squared difference that is told from larger ones
  kernels::weighted_median_rule rule;
  rule.radius = radius;
  double levels = 4;  // units of a grey level
  while (3 * 6 * (likeness * levels) * (likeness * levels) > most) {
    levels /= 2;
    ++rule.shift;
  }
  rule.likeness =
      kernels::make_falloff(static_cast<int>(std::lround(planes * 6 * (likeness * levels) * (likeness * levels))));
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x)
      rule.nearness[y][x] =
          static_cast<u8>(std::lround(255 * exp_minus((x * x + y * y) / (2 * nearness * nearness))));
  return rule;
}

}  // namespace fluxel::plan
