// SPDX-License-Identifier: Apache-2.0
#include "host/flow/flow_search.hpp"

#include <algorithm>

namespace fluxel::host {

using kernels::status;

namespace {

constexpr int reduction = 7;   ///< the level is at most 1 / 7 as wide as the frame: 0.7^6 is 1 / 8.5, 0.5^3 is 1 / 8
constexpr int least_side = 8;  ///< levels with a shorter side are not searched

/// Levels wider than 3 / 8 of the frame lose next to nothing.
bool wears_away(size level, size frame) { return std::int64_t{8} * level.width <= std::int64_t{3} * frame.width; }

}  // namespace

flow_search::flow_search(const flow_search_options& options, const std::vector<size>& sizes) {
  if (options.radius == 0) return;
  const size finest = sizes[0];
  for (std::size_t l = 1; l < sizes.size() && level_ == 0; ++l) {
    const size s = sizes[l];
    if (finest_kept_ == 0 && wears_away(s, finest)) finest_kept_ = l;
    if (std::int64_t{s.width} * reduction > finest.width) continue;
    if (std::min(s.width, s.height) < least_side) return;
    level_ = l;
    size_ = s;
    finest_size_ = sizes[finest_kept_];
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
  coarse_ = layout.take_flow(finest_size_);
  warped_ = {layout.take<std::int16_t>(finest_size_), layout.take<u8>(finest_size_)};
  evidence_ = layout.take<u8>(finest_size_);
  fill_.layout_planes(layout, size_, 2);
}

/// Into matches_: those that return, what lies between filled in from them.
status flow_search::find_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                 const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  const auto levels = fill_.of(size_);
  return in_order([&] { return f.match_blocks(frames, radius_, keys_, matches_, back_, launch); },
                  [&] { return f.check_matches(frames, matches_, back_, unmatched_, launch); },
                  [&] { return f.fill_unknown(matches_, unmatched_, levels.levels(), launch); });
}

status flow_search::choose(const kernels::backend_table& table, const kernels::flow_frames& frames,
                           const kernels::flow_frames& matched, const kernels::flow_planes& other,
                           const kernels::flow_planes& flow, const kernels::warped_frame& warped,
                           const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  const size s{flow.u.width, flow.u.height};
  const kernels::warped_frame by_other{cropped(warped_.grey, s), cropped(warped_.reason, s)};
  return in_order(
      [&] { return f.warp(frames, flow, warped, launch); }, [&] { return f.warp(matched, other, by_other, launch); },
      [&] { return f.choose_flow(frames, warped, by_other, cropped(evidence_, s), other, flow, launch); });
}

status flow_search::run(const kernels::backend_table& table, const kernels::flow_frames& frames,
                        const kernels::flow_planes& flow, const kernels::warped_frame& warped,
                        const kernels::launch_options& launch) const {
  kernels::flow_frames matched = frames;  // what matches do not cover speaks for neither flow
  matched.prev_mask = unmatched_;
  return in_order([&] { return find_matches(table, frames, launch); },
                  [&] { return choose(table, frames, matched, matches_, flow, warped, launch); });
}

status flow_search::keep(const kernels::backend_table& table, const kernels::flow_frames& frames,
                         const kernels::flow_planes& coarse, const kernels::flow_planes& flow,
                         const kernels::warped_frame& warped, const kernels::launch_options& launch) const {
  const auto other = cropped(coarse_, {flow.u.width, flow.u.height});
  return in_order([&] { return table.flow.upscale_flow(coarse, other, launch); },
                  [&] { return choose(table, frames, frames, other, flow, warped, launch); });
}

}  // namespace fluxel::host
