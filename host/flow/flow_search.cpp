// SPDX-License-Identifier: Apache-2.0
#include "host/flow/flow_search.hpp"

#include <algorithm>

namespace fluxel::host {

using kernels::status;

namespace {

constexpr int reduction = 7;   ///< the level is at most 1 / 7 as wide as the frame: 0.7^6 is 1 / 8.5, 0.5^3 is 1 / 8
constexpr int least_side = 8;  ///< levels with a shorter side are not searched
constexpr int smoothing = 2;   ///< radius of the medians of matches and of what has been chosen

}  // namespace

flow_search::flow_search(const flow_search_options& options, const std::vector<size>& sizes) {
  if (options.radius == 0) return;
  const size finest = sizes[0];
  for (std::size_t l = 1; l < sizes.size() && level_ == 0; ++l) {
    const size s = sizes[l];
    if (std::int64_t{s.width} * reduction > finest.width) continue;
    if (std::min(s.width, s.height) < least_side) return;
    level_ = l;
    size_ = s;
    const std::int64_t scaled = std::int64_t{options.radius} * s.width;
    radius_ = static_cast<int>((scaled + finest.width - 1) / finest.width);
  }
}

void flow_search::layout_planes(plane_layout& layout) {
  if (level_ == 0) return;
  matches_ = layout.take_flow(size_);
  back_ = layout.take_flow(size_);
  keys_ = layout.take<std::uint64_t>(size_);
  unmatched_ = layout.take<u8>(size_);
  warped_ = {layout.take<std::int16_t>(size_), layout.take<u8>(size_)};
  fill_.layout_planes(layout, size_, 2);
}

/// Into back_: matches that return, what lies between filled in from them.
status flow_search::find_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                 const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  const auto levels = fill_.of(size_);
  return in_order([&] { return f.match_blocks(frames, radius_, keys_, matches_, back_, launch); },
                  [&] { return f.check_matches(frames, matches_, back_, unmatched_, launch); },
                  [&] { return f.fill_unknown(matches_, unmatched_, levels.levels(), launch); },
                  [&] { return f.median(matches_, back_, smoothing, launch); });
}

status flow_search::run(const kernels::backend_table& table, const kernels::flow_frames& frames,
                        const kernels::flow_planes& flow, const kernels::flow_planes& between,
                        const kernels::warped_frame& warped, const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  kernels::flow_frames matched = frames;  // what matches do not cover speaks for neither flow
  matched.prev_mask = unmatched_;
  return in_order([&] { return find_matches(table, frames, launch); },
                  [&] { return f.warp(frames, flow, warped, launch); },
                  [&] { return f.warp(matched, back_, warped_, launch); },
                  [&] { return f.downscale_flow(flow, between, launch); },  // equal sizes: a copy
                  [&] { return f.choose_flow(frames, warped, warped_, back_, between, launch); },
                  [&] { return f.median(between, flow, smoothing, launch); });
}

}  // namespace fluxel::host
