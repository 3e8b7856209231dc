// SPDX-License-Identifier: Apache-2.0
#include "host/flow/small_levels.hpp"

#include <algorithm>

namespace fluxel::host {

namespace {

bool is_small(size s) { return std::min(s.width, s.height) < 8; }

}  // namespace

small_levels::small_levels(const std::vector<size>& sizes) {
  std::size_t first_small = sizes.size();
  while (first_small > 0 && is_small(sizes[first_small - 1])) --first_small;
  if (first_small == 0 || first_small == sizes.size()) return;
  level_ = static_cast<std::ptrdiff_t>(first_small) - 1;
  size_ = sizes[first_small - 1];
}

void small_levels::layout_planes(plane_layout& layout, int count) {
  if (level_ < 0) return;
  without_ = layout.take_flow(size_);
  warped_ = {layout.take<std::int16_t>(size_), layout.take<u8>(size_)};
  gain_ = static_cast<std::int64_t*>(layout.take_bytes(sizeof(std::int64_t) * static_cast<std::size_t>(count)));
}

kernels::status small_levels::choose(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                     const kernels::flow_planes& flow, const kernels::warped_frame& warped,
                                     const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  return in_order([&] { return f.warp(frames, flow, warped, launch); },
                  [&] { return f.warp(frames, without_, warped_, launch); },
                  [&] { return f.choose_flow_of_pair(frames, warped, warped_, gain_, without_, flow, launch); });
}

}  // namespace fluxel::host
