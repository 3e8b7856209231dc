// SPDX-License-Identifier: Apache-2.0
// Rows of claims of splats, compiled for every instruction set: targets in lanes, claims one by one.

#include "kernels/cpu/warp/claim_rows.hpp"

#include <algorithm>

#include "kernels/common/warp/splat.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/warp/claim_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/cpu/warp/motion_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

void raise_to(splat_winner& winner, splat_winner number) { winner = std::max(winner, number); }

/// The claims of one pixel, wherever they go.
void claim_pixel(const splat_claims& c, int n, int x, int y, int first, int last) {
  claim_around(c, n, x, y, [&](int to_x, int to_y, splat_winner number) {
    if (to_y >= first && to_y < last) raise_to(c.winners[winner_at(c.flow.u, n, to_x, to_y)], number);
  });
}

#if !FLUXEL_LANES
claim_reach reach(const splat_claims& c, int, int) { return {-1, c.flow.u.height}; }
void claim(const splat_claims& c, int n, int y, int first, int last) {
  for (int x = 0; x < c.flow.u.width; ++x) claim_pixel(c, n, x, y, first, last);
}
#else

namespace hn = hwy::HWY_NAMESPACE;

constexpr int most_lanes = HWY_MAX_BYTES / 4;

bool is_for_lanes(const splat_claims& c) { return is_within_lanes(c.flow.u) && is_within_lanes(c.flow.v); }
flow_lanes flow_of(const splat_claims& c, int n) { return {c.flow, n, c.per_pixel_x, c.per_pixel_y}; }

claim_reach reach(const splat_claims& c, int n, int y) {
  const motion_tag d;
  const image& im = c.flow.u;
  const int lanes = static_cast<int>(hn::Lanes(d));
  if (!is_for_lanes(c)) return {-1, im.height};
  const flow_lanes flow = flow_of(c, n);
  auto lowest = all(im.height), highest = all(-1);
  for (int x = 0; x < im.width; x += lanes) {
    lane_mask known;
    const auto v = flow.at(hn::Min(hn::Iota(d, x), all(im.width - 1)), all(y), known).v;
    const auto row = hn::Add(all(y), hn::ShiftRight<warp_bits>(v));
    lowest = hn::Min(lowest, row);
    highest = hn::Max(highest, row);
  }
  const int first = hn::GetLane(hn::MinOfLanes(d, lowest)), last = hn::GetLane(hn::MaxOfLanes(d, highest)) + 1;
  return {std::clamp(first, -1, im.height), std::clamp(last, -1, im.height)};
}

/// The targets of a group of pixels.
struct targets {
  alignas(64) std::int32_t x[most_lanes], y[most_lanes], fx[most_lanes], fy[most_lanes], known[most_lanes];

  HWY_INLINE targets(const flow_lanes& flow, int from_x, int from_y) {
    const motion_tag d;
    lane_mask is_known;
    const motion_lanes units = flow.at(hn::Iota(d, from_x), all(from_y), is_known);
    hn::Store(hn::Add(hn::Iota(d, from_x), hn::ShiftRight<warp_bits>(units.u)), d, x);
    hn::Store(hn::Add(all(from_y), hn::ShiftRight<warp_bits>(units.v)), d, y);
    hn::Store(hn::And(units.u, all(warp_one - 1)), d, fx);
    hn::Store(hn::And(units.v, all(warp_one - 1)), d, fy);
    hn::Store(hn::VecFromMask(d, is_known), d, known);
  }
};

/// A claim of no weight is none: 0 raises nothing.
HWY_INLINE splat_winner weighted(std::uint32_t priority, std::int32_t nearness, std::int64_t index) {
  return nearness == 0 ? 0 : make_claim(priority, static_cast<std::uint32_t>(nearness), index);
}

void claim(const splat_claims& c, int n, int y, int first, int last) {
  const int width = c.flow.u.width, lanes = static_cast<int>(hn::Lanes(motion_tag()));
  const flow_lanes flow = flow_of(c, n);
  const u8* priorities = c.priority.data == nullptr ? nullptr : pixel_at<const u8>(c.priority, n, 0, y);
  const int priority_step = c.priority.channels;
  splat_winner* winners = c.winners + winner_at(c.flow.u, n, 0, 0);
  const int in_lanes = is_for_lanes(c) ? width / lanes * lanes : 0;
  for (int x = 0; x < in_lanes; x += lanes) {
    const targets to(flow, x, y);
    for (int i = 0; i < lanes; ++i) {
      const int to_x = to.x[i], to_y = to.y[i];
      if (!to.known[i]) continue;
      if (to_x < 0 || to_x + 1 >= width || to_y < first || to_y + 1 >= last) {
        claim_pixel(c, n, x + i, y, first, last);
        continue;
      }
      const std::uint32_t priority = priorities == nullptr ? 0 : priorities[std::ptrdiff_t{x + i} * priority_step];
      const std::int64_t index = std::int64_t{y} * width + x + i;
      const std::int32_t right = to.fx[i], below = to.fy[i], left = warp_one - right, above = warp_one - below;
      splat_winner* at = winners + std::ptrdiff_t{to_y} * width + to_x;
      raise_to(at[0], weighted(priority, left * above, index));
      raise_to(at[1], weighted(priority, right * above, index));
      raise_to(at[width], weighted(priority, left * below, index));
      raise_to(at[width + 1], weighted(priority, right * below, index));
    }
  }
  for (int x = in_lanes; x < width; ++x) claim_pixel(c, n, x, y, first, last);
}
#endif

}  // namespace

const claim_row_functions* claim_row_table() {
  static constexpr claim_row_functions table{reach, claim};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(claim_row_functions, claim_rows, claim_row_table)
#endif
