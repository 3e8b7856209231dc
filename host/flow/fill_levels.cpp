// SPDX-License-Identifier: Apache-2.0
#include "host/flow/fill_levels.hpp"

#include "host/plan/pyramid.hpp"

namespace fluxel::host {

void fill_levels::layout_planes(plane_layout& layout, size finest, int components) {
  levels_.clear();
  for (const size s : plan::halved_sizes(finest)) {
    kernels::fill_level level;
    level.values.u = layout.take<std::int16_t>(s);
    if (components == 2) level.values.v = layout.take<std::int16_t>(s);
    level.unknown = layout.take<u8>(s);
    levels_.push_back(level);
  }
}

fill_levels::cropped_levels::cropped_levels(const std::vector<kernels::fill_level>& from, size s) {
  while ((s.width > 1 || s.height > 1) && count_ < from.size()) {
    s = plan::half_of(s);
    kernels::fill_level level = from[count_];
    level.values = cropped(level.values, s);
    level.unknown = cropped(level.unknown, s);
    levels_[count_++] = level;
  }
}

}  // namespace fluxel::host
