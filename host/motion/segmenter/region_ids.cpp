// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/region_ids.hpp"

#include <algorithm>
#include <tuple>

namespace fluxel::host {

double region_ids::overlap(const known_region& k, const moving_region& r) {
  const double across = std::min(k.x + k.width, double(r.x + r.width)) - std::max(k.x, double(r.x));
  const double down = std::min(k.y + k.height, double(r.y + r.height)) - std::max(k.y, double(r.y));
  if (!(across > 0 && down > 0)) return 0;
  const double both = across * down;
  return both / (k.width * k.height + double(r.width) * r.height - both);
}

void region_ids::give(std::vector<seen_region>& regions) {
  candidates_.clear();
  for (std::size_t k = 0; k < known_.size(); ++k)
    for (std::size_t s = 0; s < regions.size(); ++s)
      if (const double o = overlap(known_[k], regions[s].region); o > 0) candidates_.push_back({o, k, s});
  // The best overlap first; of equal ones the oldest region, which is the first.
  std::sort(candidates_.begin(), candidates_.end(), [](const candidate& a, const candidate& b) {
    return std::tie(b.overlap, a.known, a.seen) < std::tie(a.overlap, b.known, b.seen);
  });
  for (known_region& k : known_) ++k.missing;
  for (seen_region& s : regions) s.region.id = 0;
  for (const candidate& c : candidates_) {
    known_region& k = known_[c.known];
    if (k.missing == 0 || regions[c.seen].region.id != 0) continue;
    regions[c.seen].region.id = k.id;
    k.missing = 0;
  }
  std::erase_if(known_, [&](const known_region& k) { return k.missing == 0 || k.missing > memory_; });
  for (known_region& k : known_) k.x += k.u, k.y += k.v;
  for (seen_region& s : regions) {
    moving_region& r = s.region;
    if (r.id == 0) r.id = ++last_;
    known_.push_back({r.id, r.x + s.u, r.y + s.v, double(r.width), double(r.height), s.u, s.v, 0});
  }
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(known_.begin(), known_.end(), by_id);
  std::sort(regions.begin(), regions.end(), [&](const auto& a, const auto& b) { return by_id(a.region, b.region); });
}

}  // namespace fluxel::host
