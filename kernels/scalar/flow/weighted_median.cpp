// SPDX-License-Identifier: Apache-2.0
// The definition of the weighted median: values are sorted, and their weights added up from the smallest on.

#include "kernels/common/flow/weighted_median.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "kernels/scalar/flow/every_pixel.hpp"
#include "kernels/scalar/flow/weighted_median.hpp"

namespace fluxel::kernels {

namespace {

using weighted_values = std::vector<std::pair<std::int16_t, int>>;

std::int16_t weighted_median_of(weighted_values& values, std::int16_t own) {
  int total = 0;
  for (const auto& [value, weight] : values) total += weight;
  if (total == 0) return own;
  std::sort(values.begin(), values.end());
  int below = 0;
  for (const auto& [value, weight] : values)
    if (2 * (below += weight) >= total) return value;
  return own;
}

}  // namespace

status scalar_weighted_median(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                              const weighted_median_rule& rule, const flow_planes& out, const launch_options&) {
  weighted_values u, v;
  for_each_pixel(in.u, [&](int n, int x, int y) {
    u.clear();
    v.clear();
    for (int j = -rule.radius; j <= rule.radius; ++j)
      for (int i = -rule.radius; i <= rule.radius; ++i) {
        const int px = reflect_index(x + i, in.u.width), py = reflect_index(y + j, in.u.height);
        int squared = 0;
        for (int c = 0; c < guide.count; ++c)
          squared += squared_unlikeness(guide_level(pixel_at(guide.planes[c], n, px, py), rule.shift),
                                        guide_level(pixel_at(guide.planes[c], n, x, y), rule.shift));
        const int weight =
            neighbour_weight(rule.nearness[std::abs(j)][std::abs(i)], squared, pixel_at(trust, n, px, py), rule);
        u.emplace_back(pixel_at(in.u, n, px, py), weight);
        v.emplace_back(pixel_at(in.v, n, px, py), weight);
      }
    pixel_at(out.u, n, x, y) = weighted_median_of(u, pixel_at(in.u, n, x, y));
    pixel_at(out.v, n, x, y) = weighted_median_of(v, pixel_at(in.v, n, x, y));
  });
  return status::ok;
}

}  // namespace fluxel::kernels
