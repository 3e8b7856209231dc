// SPDX-License-Identifier: Apache-2.0
// Rows of motions between two frames, compiled for every instruction set: pixels in lanes where both flows agree and
// nothing is at the border or far away; pixels that need more comparisons one by one, with their 3 x 3 greys in
// lanes.

#include "kernels/cpu/warp/between_rows.hpp"

#include <algorithm>

#include "kernels/common/warp/between.hpp"
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
    for (int x = 0; x < job.flow.width; ++x) between_pixel(job, rows.n, x, y);
}
#else

namespace hn = hwy::HWY_NAMESPACE;

constexpr int most_lanes = HWY_MAX_BYTES / 4;
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

/// As difference_under: a row of a patch is one load, whose pairs of greys are weighted together.
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

  std::int32_t operator()(const between_job& job, int n, int x, int y, motion m) const {
    const warp_target in_prev = seen_at(x, y, m, -job.moment), in_next = seen_at(x, y, m, 256 - job.moment);
    if (!has_room(job.prev, in_prev) || !has_room(job.next, in_next)) return difference_under(job, n, x, y, m);
    const tag d;
    const patch a(job.prev, n, in_prev), b(job.next, n, in_next);
    auto sum = hn::Zero(d);
    for (int j = 0; j < 3; ++j) sum = hn::Add(sum, hn::Abs(hn::Sub(a.row[j], b.row[j])));
    alignas(16) std::int32_t column[4];
    hn::Store(sum, d, column);
    return column[0] + column[1] + column[2];
  }
};

struct accelerations {
  int_lanes u, v;
};

/// What both frames of the moment tell in lanes.
class between_row {
 public:
  between_row(const between_job& job, int n)
      : job_(job),
        n_(n),
        prev_(job.prev, n),
        next_(job.next, n),
        forward_(job.forward, n),
        back_(job.back, n),
        before_(job.before.flow.u.data == nullptr ? job.forward : job.before.flow, n),
        after_(job.after.flow.u.data == nullptr ? job.forward : job.after.flow, n),
        bends_before_(bends(job.before)),
        bends_after_(bends(job.after)),
        inverse_width_(1.0f / static_cast<float>(job.flow.width)) {}

  /// @returns whether the lanes at x have been written
  HWY_INLINE bool group(int x, int y) const {
    const motion_tag d;
    const auto at_x = hn::Iota(d, x), at_y = all(y);
    const motion_lanes m = chosen(x, y);
    const lane_places in_prev(at_x, at_y, m, -job_.moment), in_next(at_x, at_y, m, 256 - job_.moment);
    const lane_frame prev(forward_, in_prev, job_.flow), next(back_, in_next, job_.flow);
    const motion_lanes of_before = before_.at(prev.x, prev.y), of_after = after_.at(next.x, next.y);
    const auto small = hn::And(hn::And(are_small(m), hn::And(are_small(prev.own), are_small(next.own))),
                               hn::And(are_small(of_before), are_small(of_after)));
    if (!hn::AllTrue(d, small)) return false;
    write_weight(x, y, prev.trust(m), next.trust(turned(m)));
    write_motion(x, y, m, acceleration(bends_before_, prev.own, of_before),
                 acceleration(bends_after_, next.own, of_after));
    return true;
  }

 private:
  static motion_lanes turned(motion_lanes m) { return {hn::Neg(m.u), hn::Neg(m.v)}; }

  bool bends(const pair_beside& b) const { return b.flow.u.data != nullptr && !is_cut(b.likeness, job_.cut, n_); }

  /// Who arrives; lanes where nobody does have the flow of the pixel itself.
  HWY_INLINE motion_lanes candidates(const flow_lanes& flow, const splat_winner* winners, int x, int y,
                                     lane_mask& arrived) const {
    const motion_tag d;
    const int lanes = lanes_of_group();
    alignas(64) std::int32_t number[most_lanes];  // the index + 1 fits
    const splat_winner* w = winners + winner_at(job_.flow, n_, x, y);
    for (int i = 0; i < lanes; ++i) number[i] = static_cast<std::int32_t>(w[i]);
    const auto one_more = hn::Load(d, number);
    arrived = hn::Ne(one_more, hn::Zero(d));
    const auto index = hn::Sub(one_more, all(1)), width = all(job_.flow.width);
    const motion_float_tag f32;
    auto row = hn::ConvertTo(d, hn::Mul(hn::ConvertTo(f32, index), hn::Set(f32, inverse_width_)));
    auto column = hn::Sub(index, hn::Mul(row, width));
    const auto too_far = hn::Lt(column, hn::Zero(d)), too_near = hn::Gt(column, hn::Sub(width, all(1)));
    row = hn::IfThenElse(too_far, hn::Sub(row, all(1)), hn::IfThenElse(too_near, hn::Add(row, all(1)), row));
    column = hn::Sub(index, hn::Mul(row, width));
    return flow.at(hn::IfThenElse(arrived, column, hn::Iota(d, x)), hn::IfThenElse(arrived, row, all(y)));
  }

  /// As choose_motion.
  HWY_INLINE motion_lanes chosen(int x, int y) const {
    const motion_tag d;
    lane_mask a_arrived, b_arrived;
    const motion_lanes a = candidates(forward_, job_.from_prev, x, y, a_arrived);
    const motion_lanes b = turned(candidates(back_, job_.from_next, x, y, b_arrived));
    const auto apart = length_of(hn::Sub(a.u, b.u), hn::Sub(a.v, b.v));
    const auto alike = hn::And(hn::Lt(apart, all(alike_motion)), hn::And(a_arrived, b_arrived));
    const lane_places in_prev(hn::Iota(d, x), all(y), a, -job_.moment);
    const lane_places in_next(hn::Iota(d, x), all(y), a, 256 - job_.moment);
    const auto inside = hn::And(hn::And(prev_.inside(in_prev), next_.inside(in_next)), are_small(a));
    const auto difference = hn::Abs(hn::Sub(prev_.at(in_prev, inside), next_.at(in_next, inside)));
    const auto good = hn::And(hn::Not(hn::Gt(difference, all(good_difference))), hn::And(alike, inside));
    if (hn::AllTrue(d, good)) return a;

    alignas(64) std::int32_t u[most_lanes], v[most_lanes], is_good[most_lanes];
    hn::Store(a.u, d, u);
    hn::Store(a.v, d, v);
    hn::Store(hn::VecFromMask(d, good), d, is_good);
    for (int i = 0; i < lanes_of_group(); ++i) {
      if (is_good[i]) continue;
      const motion m = choose_motion(job_, n_, x + i, y, patch_in_lanes());
      u[i] = m.u, v[i] = m.v;
    }
    return {hn::Load(d, u), hn::Load(d, v)};
  }

  /// The pixel of a frame that a motion passes, and the frame's own flow there.
  struct lane_frame {
    int_lanes x, y;  ///< clamped
    lane_mask inside;
    motion_lanes own;

    HWY_INLINE lane_frame(const flow_lanes& flow, const lane_places& at, const image& size) {
      const auto nearest_x = hn::Add(at.x, hn::ShiftRight<warp_bits - 1>(at.fx));
      const auto nearest_y = hn::Add(at.y, hn::ShiftRight<warp_bits - 1>(at.fy));
      x = clamped(nearest_x, 0, size.width - 1);
      y = clamped(nearest_y, 0, size.height - 1);
      inside = hn::And(hn::Eq(x, nearest_x), hn::Eq(y, nearest_y));
      own = flow.at(x, y);
    }
    HWY_INLINE int_lanes trust(motion_lanes m) const {
      constexpr std::int32_t half = 16 * motion_one * motion_one;
      constexpr std::int32_t none = 1 << 13;  // so far apart, and further, nothing is trusted
      const auto du = clamped(hn::Sub(own.u, m.u), -none, none), dv = clamped(hn::Sub(own.v, m.v), -none, none);
      const auto whole = hn::Add(all(half), hn::Add(hn::Mul(du, du), hn::Mul(dv, dv)));
      return hn::IfThenElseZero(inside, quotient(all(256 * half), whole));
    }
  };

  /// As acceleration_at, of pairs that last as long as the moment's.
  static HWY_INLINE accelerations acceleration(bool bends, motion_lanes one, motion_lanes other) {
    if (!bends) return {all(0), all(0)};
    const auto u = hn::Add(one.u, other.u), v = hn::Add(one.v, other.v);
    const auto longer = hn::Max(length_of(one.u, one.v), length_of(other.u, other.v));
    const auto another = hn::Gt(length_of(u, v), hn::Add(longer, all(motion_one)));
    return {hn::IfThenZeroElse(another, u), hn::IfThenZeroElse(another, v)};
  }

  HWY_INLINE void write_weight(int x, int y, int_lanes prev, int_lanes next) const {
    const auto weight_prev = hn::Mul(all(256 - job_.moment), hn::Add(prev, all(1)));
    const auto weight_next = hn::Mul(all(job_.moment), hn::Add(next, all(1)));
    const auto sum = hn::Add(weight_prev, weight_next);
    const auto shared = hn::Add(hn::Mul(all(255), weight_next), hn::ShiftRight<1>(sum));
    store_bytes(quotient(shared, sum), pixel_at<u8>(job_.weight, n_, x, y));
  }

  HWY_INLINE void write_motion(int x, int y, motion_lanes m, accelerations a, accelerations b) const {
    const motion_float_tag f32;
    const auto unit = hn::Set(f32, 1.0f / (motion_one * warp_one));
    const auto bend = [this](int_lanes from_prev, int_lanes from_next) HWY_ATTR {
      const auto both = hn::Add(from_prev, from_next);
      const auto mean = hn::ShiftRight<1>(hn::Sub(both, hn::ShiftRight<31>(both)));  // towards 0
      return hn::ShiftRight<9>(hn::Add(hn::Mul(mean, all(job_.moment * (256 - job_.moment))), all(256)));
    };
    const auto along = [&](int_lanes part, int_lanes bent, int share) HWY_ATTR {
      return hn::Mul(hn::ConvertTo(f32, hn::Add(hn::Mul(part, all(share)), bent)), unit);
    };
    const auto bent_u = bend(a.u, b.u), bent_v = bend(a.v, b.v);
    const int prev = -job_.moment, next = 256 - job_.moment;
    hn::StoreInterleaved4(along(m.u, bent_u, prev), along(m.v, bent_v, prev), along(m.u, bent_u, next),
                          along(m.v, bent_v, next), f32, pixel_at<float>(job_.flow, n_, x, y));
  }

  const between_job& job_;
  int n_;
  grey_lanes prev_, next_;
  flow_lanes forward_, back_, before_, after_;
  bool bends_before_, bends_after_;
  float inverse_width_;
};

/// Without pairs beside it that last longer or shorter.
bool is_for_lanes(const between_job& job, int n) {
  const auto even = [](const pair_beside& b) {
    return b.flow.u.data == nullptr || (b.ratio == 256 && is_within_lanes(b.flow));
  };
  return frames_are_within_lanes(job.prev, job.next) && is_within_lanes(job.forward) && is_within_lanes(job.back) &&
         even(job.before) && even(job.after) && job.flow.height <= 1 << 20 && !is_cut(job.likeness, job.cut, n);
}

void between(const between_job& job, const row_range& rows) {
  const int lanes = lanes_of_group(), n = rows.n;
  const bool in_lanes = is_for_lanes(job, n);
  const between_row row(job, n);
  for (int y = rows.first; y < rows.last; ++y)
    for (int x = 0; x < job.flow.width; x += lanes) {
      const int end = std::min(x + lanes, job.flow.width);
      if (in_lanes && end == x + lanes && row.group(x, y)) continue;
      for (int i = x; i < end; ++i) between_pixel(job, n, i, y, patch_in_lanes());
    }
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
