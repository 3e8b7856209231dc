// SPDX-License-Identifier: Apache-2.0
// The definition of which pixels are corners: one after the other, and each against all that were accepted.

#include "kernels/common/sparse/good_features.hpp"

#include <algorithm>
#include <vector>

#include "kernels/common/flow/equation.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

void mark_unknown(const feature_search& s) {
  if (s.unknown.data == nullptr) return;
  const int width = s.strength.width, height = s.strength.height, reach = s.unknown_reach;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int j = std::max(y - reach, 0); j <= std::min(y + reach, height - 1); ++j)
        for (int i = std::max(x - reach, 0); i <= std::min(x + reach, width - 1); ++i)
          if (pixel_at(s.unknown, 0, i, j) != 0) pixel_at(s.strength, 0, x, y) = unknown_strength;
}

bool allowed(const feature_search& s, int x, int y) {
  return s.mask.data == nullptr || pixel_at(s.mask, 0, x, y) != 0;
}

std::vector<std::uint64_t> sorted_candidates(const feature_search& s) {
  const plane<float>& p = s.strength;
  std::int32_t strongest = 0;
  for (int y = 0; y < p.height; ++y)
    for (int x = 0; x < p.width; ++x)
      if (allowed(s, x, y)) strongest = std::max(strongest, strength_bits(pixel_at(p, 0, x, y)));
  const float least = s.quality * float_from_bits(static_cast<std::uint32_t>(strongest));
  std::vector<std::uint64_t> keys;
  for (int y = 0; y < p.height; ++y)
    for (int x = 0; x < p.width; ++x) {
      const float v = pixel_at(p, 0, x, y);
      if (v > 0 && v >= least && allowed(s, x, y) && is_peak(p, x, y))
        keys.push_back(feature_key(v, static_cast<std::uint32_t>(y) * p.width + x));
    }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::size_t feature_workspace(const feature_search&) { return 0; }

status find_features(const feature_search& s, const feature_list& list, void*, const launch_options&) {
  mark_unknown(s);
  struct corner {
    int x, y;
  };
  std::vector<corner> accepted;
  std::fill(list.points, list.points + s.max_count, point{});
  if (list.strength != nullptr) std::fill(list.strength, list.strength + s.max_count, 0.0f);
  for (const std::uint64_t key : sorted_candidates(s)) {
    if (static_cast<int>(accepted.size()) == s.max_count) break;
    const int x = static_cast<int>(key_index(key) % s.strength.width);
    const int y = static_cast<int>(key_index(key) / s.strength.width);
    const bool near = std::any_of(accepted.begin(), accepted.end(),
                                  [&](const corner& c) { return too_near(x, y, c.x, c.y, s.distance_squared); });
    if (near) continue;
    list.points[accepted.size()] = {static_cast<float>(x), static_cast<float>(y)};
    if (list.strength != nullptr) list.strength[accepted.size()] = key_strength(key);
    accepted.push_back({x, y});
  }
  *list.count = static_cast<int>(accepted.size());
  return status::ok;
}

}  // namespace

const sparse_functions scalar_sparse_functions{feature_workspace, find_features, scalar_track};

}  // namespace fluxel::kernels
