// SPDX-License-Identifier: Apache-2.0
// Rows of motions between two frames, compiled for every instruction set: agreements in lanes of pixels where nothing
// is at the border or far away; cells one by one, with the 3 x 3 greys that they compare in lanes.

#include "kernels/cpu/warp/between_rows.hpp"

#include <algorithm>

#include "kernels/common/warp/cells.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/warp/between_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/cpu/warp/motion_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

#if !FLUXEL_LANES
void agreement(const image& prev, const image& next, const flow_images& flow, const image& to,
               const row_range& rows) {
  for (int y = rows.first; y < rows.last; ++y)
    for (int x = 0; x < to.width; ++x) agreement_pixel(prev, next, flow, to, rows.n, x, y);
}
void between(const between_job& job, const row_range& rows) {
  for (int y = rows.first; y < rows.last; ++y)
    for (int x = 0; x < job.cells.paths.width; ++x) between_cell(job, rows.n, x, y, patch_difference());
}
#else

namespace hn = hwy::HWY_NAMESPACE;

int lanes_of_group() { return static_cast<int>(hn::Lanes(motion_tag())); }

HWY_INLINE void store_bytes(int_lanes v, u8* to) {
  const hn::Rebind<std::uint8_t, motion_tag> d8;
  hn::StoreU(hn::DemoteTo(d8, v), d8, to);
}

bool frames_are_within_lanes(const image& prev, const image& next) {
  return is_within_lanes(prev) && is_within_lanes(next) && next.width >= 2 && next.height >= 2;
}
bool is_within_lanes(const flow_images& flow) { return is_within_lanes(flow.u) && is_within_lanes(flow.v); }

/// A row of agreements. @returns whether the group at x has been written
HWY_INLINE bool agreement_group(const image& prev, const grey_lanes& next, motion_lanes m, int n, int x, int y,
                                u8* to) {
  const motion_tag d;
  const hn::Rebind<std::uint16_t, motion_tag> d16;
  const lane_places at(hn::Iota(d, x), all(y), m, 256);
  const auto inside = next.inside(at);
  if (!hn::AllTrue(d, hn::And(inside, are_small(m)))) return false;
  const auto a = hn::PromoteTo(d, hn::LoadU(d16, pixel_at<const u16>(prev, n, x, y)));
  const auto levels = hn::ShiftRight<4>(hn::Abs(hn::Sub(a, next.at(at, inside))));
  store_bytes(hn::Sub(all(255), hn::Min(levels, all(255))), to);
  return true;
}

void agreement(const image& prev, const image& next, const flow_images& flow, const image& to,
               const row_range& rows) {
  const int lanes = lanes_of_group(), n = rows.n;
  const bool in_lanes = frames_are_within_lanes(prev, next) && is_within_lanes(flow);
  const grey_lanes greys(next, n);
  const flow_lanes motions(flow, n);
  for (int y = rows.first; y < rows.last; ++y)
    for (int x = 0; x < to.width; x += lanes) {
      const int end = std::min(x + lanes, to.width);
      if (in_lanes && end == x + lanes &&
          agreement_group(prev, greys, motions.at(hn::Iota(motion_tag(), x), all(y)), n, x, y,
                          pixel_at<u8>(to, n, x, y)))
        continue;
      for (int i = x; i < end; ++i) agreement_pixel(prev, next, flow, to, n, i, y);
    }
}

/// As patch_difference: a row of a patch is one load, whose pairs of greys are weighted together.
struct patch_in_lanes {
  using tag = hn::FixedTag<std::int32_t, 4>;

  static bool has_room(const image& frame, const warp_target& at) {
    return at.x.first >= 2 && at.y.first >= 2 && at.x.first + 5 < frame.width && at.y.first + 3 < frame.height;
  }
  struct patch {
    hn::Vec<tag> row[3];

    patch(const image& frame, int n, const warp_target& at) {
      const tag d;
      const auto fx = hn::Set(d, at.x.fraction), fy = hn::Set(d, at.y.fraction);
      const auto across = halves(hn::Sub(hn::Set(d, warp_one), fx), fx);
      const hn::Repartition<std::uint16_t, tag> d16;
      const auto* first = reinterpret_cast<const std::byte*>(
          row_at<const u16>(frame, n, 0, static_cast<int>(at.y.first) - 2) + at.x.first - 2);
      const auto line = [&](int i) HWY_ATTR {
        return hn::BitCast(d, hn::LoadU(d16, reinterpret_cast<const u16*>(first + i * frame.pitch)));
      };
      for (int j = 0; j < 3; ++j) row[j] = linear_grey(line(2 * j), line(2 * j + 1), across, fy);
    }
  };

  std::int32_t operator()(const between_job& job, int n, const warp_target& in_prev,
                          const warp_target& in_next) const {
    if (!has_room(job.prev, in_prev) || !has_room(job.next, in_next))
      return patch_difference()(job, n, in_prev, in_next);
    const tag d;
    const patch a(job.prev, n, in_prev), b(job.next, n, in_next);
    auto sum = hn::Zero(d);
    for (int j = 0; j < 3; ++j) sum = hn::Add(sum, hn::Abs(hn::Sub(a.row[j], b.row[j])));
    alignas(16) std::int32_t column[4];
    hn::Store(sum, d, column);
    return column[0] + column[1] + column[2];
  }
};

void between(const between_job& job, const row_range& rows) {
  for (int y = rows.first; y < rows.last; ++y)
    for (int x = 0; x < job.cells.paths.width; ++x) between_cell(job, rows.n, x, y, patch_in_lanes());
}
#endif

}  // namespace

const between_row_functions* between_row_table() {
  static constexpr between_row_functions table{agreement, between};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(between_row_functions, between_rows, between_row_table)
#endif
