// SPDX-License-Identifier: Apache-2.0
#include "host/flow/flow_search.hpp"

#include <algorithm>
#include <array>

namespace fluxel::host {

using kernels::status;

namespace {

constexpr int reduction = 7;   ///< the level is at most 1 / 7 as wide as the frame: 0.7^6 is 1 / 8.5, 0.5^3 is 1 / 8
constexpr int least_side = 8;  ///< levels with a shorter side are not searched

constexpr std::array fill_distances{4, 2, 1, 1};
constexpr int spread_distance = 3;

/// Levels wider than half the frame lose next to nothing.
bool wears_away(size level, size frame) { return std::int64_t{2} * level.width <= frame.width; }

int cells(int side) { return (side + kernels::region_cell - 1) / kernels::region_cell; }

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
  prev_detail_ = layout.take<u8>(size_);
  next_detail_ = layout.take<u8>(size_);
  matches_ = layout.take_flow(size_);
  back_ = layout.take_flow(size_);
  keys_ = layout.take<std::uint64_t>({2 * size_.width, size_.height});
  warped_ = {layout.take<std::int16_t>(size_), layout.take<u8>(size_)};
  evidence_ = layout.take<u8>(size_);
  taken_ = layout.take<u8>(size_);
  regions_ = layout.take<u8>({cells(size_.width), cells(size_.height)});
  between_ = layout.take_flow(finest_size_);
}

/// Into matches_: those that return, and what lies between made of them.
status flow_search::find_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                 const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  return in_order([&] { return f.detail(frames.prev, prev_detail_, launch); },
                  [&] { return f.detail(frames.next, next_detail_, launch); },
                  [&] { return f.match_blocks(prev_detail_, next_detail_, radius_, keys_, matches_, back_, launch); },
                  [&] { return f.check_matches(frames, matches_, back_, launch); },
                  [&] { return fill_matches(table, frames, launch); });
}

/// An even number of steps, from matches_ to back_ and back.
status flow_search::fill_matches(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                 const kernels::launch_options& launch) const {
  static_assert(fill_distances.size() % 2 == 0);
  status result = status::ok;
  for (std::size_t k = 0; k < fill_distances.size() && result == status::ok; ++k) {
    const kernels::flow_spread how{.distance = fill_distances[k], .fills = true};
    const bool there = k % 2 == 0;
    result = table.flow.spread_flow(frames, how, there ? matches_ : back_, there ? back_ : matches_, launch);
  }
  return result;
}

status flow_search::spread(const kernels::backend_table& table, const kernels::flow_frames& frames,
                           const kernels::flow_planes& coarse, const kernels::flow_planes& flow,
                           const kernels::launch_options& launch) const {
  const kernels::flow_spread second{.distance = spread_distance, .regions = regions_};
  kernels::flow_spread first = second;
  first.coarse = coarse;
  const auto between = cropped(between_, {flow.u.width, flow.u.height});
  return in_order([&] { return table.flow.spread_flow(frames, first, flow, between, launch); },
                  [&] { return table.flow.spread_flow(frames, second, between, flow, launch); });
}

status flow_search::run(const kernels::backend_table& table, const kernels::flow_frames& frames,
                        const kernels::flow_planes& flow, const kernels::warped_frame& warped,
                        const kernels::launch_options& launch) const {
  const auto& f = table.flow;
  return in_order([&] { return find_matches(table, frames, launch); },
                  [&] { return f.warp(frames, flow, warped, launch); },
                  [&] { return f.warp(frames, matches_, warped_, launch); },
                  [&] { return f.choose_flow(frames, warped, warped_, evidence_, matches_, flow, taken_, launch); },
                  [&] { return f.mark_regions(taken_, regions_, launch); },
                  [&] { return spread(table, frames, {}, flow, launch); });
}

status flow_search::keep(const kernels::backend_table& table, const kernels::flow_frames& frames,
                         const kernels::flow_planes& coarse, const kernels::flow_planes& flow,
                         const kernels::launch_options& launch) const {
  return spread(table, frames, coarse, flow, launch);
}

}  // namespace fluxel::host
