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

/// Which known region each region is.
void region_ids::match(const std::vector<seen_region>& regions) {
  candidates_.clear();
  for (std::size_t k = 0; k < known_.size(); ++k)
    for (std::size_t s = 0; s < regions.size(); ++s)
      if (const double o = overlap(known_[k], regions[s].region); o > 0)
        candidates_.push_back({known_[k].id != 0, o, k, s});
  // What may be a flicker takes nothing from what has an id; then the best overlap; of equal ones the oldest region.
  std::sort(candidates_.begin(), candidates_.end(), [](const candidate& a, const candidate& b) {
    return std::tie(b.confirmed, b.overlap, a.known, a.seen) < std::tie(a.confirmed, a.overlap, b.known, b.seen);
  });
  match_.assign(regions.size(), none);
  for (known_region& k : known_) ++k.missing;
  for (const candidate& c : candidates_) {
    known_region& k = known_[c.known];
    if (k.missing == 0 || match_[c.seen] != none) continue;
    match_[c.seen] = c.known;
    k.missing = 0;
  }
}

void region_ids::give(std::vector<seen_region>& regions) {
  match(regions);
  for (known_region& k : known_) k.x += k.u, k.y += k.v;  // of those that are missing
  for (std::size_t s = 0; s < regions.size(); ++s) {
    if (match_[s] == none) match_[s] = known_.size(), known_.emplace_back();
    const moving_region& r = regions[s].region;
    known_region& k = known_[match_[s]];
    k.x = r.x + regions[s].u, k.y = r.y + regions[s].v;
    k.width = r.width, k.height = r.height;
    k.u = regions[s].u, k.v = regions[s].v;
    ++k.seen;
  }
  // From the oldest to the youngest, which is the order that regions keep.
  for (known_region& k : known_)
    if (k.id == 0 && k.missing == 0 && k.seen >= min_frames_) k.id = ++last_;
  for (std::size_t s = 0; s < regions.size(); ++s) regions[s].region.id = known_[match_[s]].id;
  std::erase_if(known_, [&](const known_region& k) { return k.missing > (k.id == 0 ? 0 : memory_); });
  std::erase_if(regions, [](const seen_region& s) { return s.region.id == 0; });
  std::sort(regions.begin(), regions.end(),
            [](const seen_region& a, const seen_region& b) { return a.region.id < b.region.id; });
}

}  // namespace fluxel::host
