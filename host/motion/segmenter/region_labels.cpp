// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/region_labels.hpp"

#include <algorithm>

namespace fluxel::host {

std::int32_t region_labels::root(std::int32_t label) {
  while (parents_[label] != label) label = parents_[label] = parents_[parents_[label]];
  return label;
}

/// The smaller label stays, which is that of the earlier pixel. @param a, b  0: none
std::int32_t region_labels::joined(std::int32_t a, std::int32_t b) {
  if (a == 0 || b == 0) return a + b;
  a = root(a), b = root(b);
  return parents_[std::max(a, b)] = std::min(a, b);
}

void region_labels::find(const image_view<const u8>& mask, u8 value, neighbours n) {
  width_ = mask.width;
  labels_.assign(std::size_t(mask.width) * mask.height, 0);
  parents_.assign(1, 0);
  for (int y = 0; y < mask.height; ++y) {
    const u8* row = reinterpret_cast<const u8*>(reinterpret_cast<const char*>(mask.data) + y * mask.pitch);
    std::int32_t* here = labels_.data() + std::size_t(y) * width_;
    const std::int32_t* above = here - width_;
    for (int x = 0; x < width_; ++x) {
      if (row[x] != value) continue;
      std::int32_t label = x > 0 ? here[x - 1] : 0;
      if (y > 0) {
        label = joined(label, above[x]);
        if (n == neighbours::eight && x > 0) label = joined(label, above[x - 1]);
        if (n == neighbours::eight && x + 1 < width_) label = joined(label, above[x + 1]);
      }
      if (label == 0) {
        label = std::int32_t(parents_.size());
        parents_.push_back(label);
      }
      here[x] = label;
    }
  }
  number();
}

/// A root comes before what it is the root of.
void region_labels::number() {
  count_ = 0;
  for (std::size_t i = 1; i < parents_.size(); ++i)
    parents_[i] = parents_[i] == std::int32_t(i) ? ++count_ : parents_[parents_[i]];
  for (std::int32_t& label : labels_) label = parents_[label];
}

}  // namespace fluxel::host
