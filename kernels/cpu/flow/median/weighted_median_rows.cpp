// SPDX-License-Identifier: Apache-2.0
// Weighted medians of a vector of pixels at a time, in 16-bit lanes. Where a window's flow is the same everywhere
// that is the median. Else the neighbours' weights are computed once for u and v, those that are 0 in all lanes left
// out, and each component is found by bisection between its window's smallest and largest value. The formulas are
// those of common/flow/weighted_median.hpp.

#include "kernels/cpu/flow/median/weighted_median.hpp"
#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/median/weighted_median_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;
using short_tag = hn::ScalableTag<std::int16_t>;
using level_tag = hn::ScalableTag<std::uint16_t>;
using shorts = hn::Vec<short_tag>;
using levels = hn::Vec<level_tag>;

constexpr int lanes = static_cast<int>(HWY_LANES(std::int16_t));
constexpr int most_side = 2 * weighted_median_max_radius + 1, most_window = most_side * most_side;

/// The pixels of the windows of a vector of pixels: where their flow lies, and what they weigh.
struct weighted_window {
  std::ptrdiff_t at[most_window];
  alignas(64) std::uint16_t weight[most_window * lanes];
  int count;
};

struct bounds {
  shorts low, high;
};

/// The smallest and the largest value of each window.
HWY_INLINE bounds bounds_of(const std::int16_t* plane, const weighted_median_input& in, int radius, int x) {
  const short_tag d;
  alignas(64) std::int16_t low[lanes + 32], high[lanes + 32];
  const int side = 2 * radius + 1;
  for (int k = 0; k < lanes + 2 * radius; k += lanes) {
    shorts least = hn::LoadU(d, plane + in.rows[0] + x - radius + k), most = least;
    for (int j = 1; j < side; ++j) {
      const shorts value = hn::LoadU(d, plane + in.rows[j] + x - radius + k);
      least = hn::Min(least, value);
      most = hn::Max(most, value);
    }
    hn::StoreU(least, d, low + k);
    hn::StoreU(most, d, high + k);
  }
  bounds b{hn::LoadU(d, low), hn::LoadU(d, high)};
  for (int i = 1; i < side; ++i) {
    b.low = hn::Min(b.low, hn::LoadU(d, low + i));
    b.high = hn::Max(b.high, hn::LoadU(d, high + i));
  }
  return b;
}

HWY_INLINE levels product_of(levels a, levels b) {
  return hn::ShiftRight<8>(hn::Add(hn::Mul(a, b), hn::Set(level_tag(), 128)));
}

/// 255 (1 - squared / limit)^3
HWY_INLINE levels falloff_of(levels squared, const falloff& f) {
  const level_tag d;
  const levels t = hn::MulHigh(hn::SaturatedSub(hn::Set(d, f.limit), squared), hn::Set(d, f.factor));
  return hn::ShiftRight<8>(hn::Mul(hn::ShiftRight<8>(hn::Mul(t, t)), t));
}

template <int planes>
HWY_INLINE levels squared_unlikeness(const weighted_median_input& in, std::ptrdiff_t at,
                                     const levels (&own)[planes]) {
  const level_tag d;
  const short_tag ds;
  levels sum = hn::Zero(d);
  for (int c = 0; c < planes; ++c) {
    const levels other = hn::LoadU(d, in.guide[c] + at);
    const shorts difference = hn::Abs(hn::BitCast(ds, hn::Sub(other, own[c])));
    const levels most = hn::BitCast(d, hn::Min(difference, hn::Set(ds, 127)));
    sum = hn::Add(sum, hn::Mul(most, most));
  }
  return sum;
}

/// Weighs the windows; returns the sums of the weights.
template <int planes>
HWY_INLINE levels weigh(const weighted_median_input& in, const weighted_median_rule& rule, int x,
                        weighted_window& window) {
  const level_tag d;
  const int radius = rule.radius;
  levels own[planes];
  for (int c = 0; c < planes; ++c) own[c] = hn::LoadU(d, in.guide[c] + in.rows[radius] + x);
  levels total = hn::Zero(d);
  const levels limit = hn::Set(d, rule.likeness.limit);
  int count = 0;
  for (int j = -radius; j <= radius; ++j)
    for (int i = -radius; i <= radius; ++i) {
      const std::ptrdiff_t at = in.rows[radius + j] + x + i;
      const levels squared = squared_unlikeness<planes>(in, at, own);
      if (hn::AllFalse(d, hn::Lt(squared, limit))) continue;
      const levels nearness = hn::Set(d, rule.nearness[j < 0 ? -j : j][i < 0 ? -i : i]);
      const levels weight =
          product_of(product_of(nearness, falloff_of(squared, rule.likeness)), hn::LoadU(d, in.trust + at));
      if (hn::AllTrue(d, hn::Eq(weight, hn::Zero(d)))) continue;
      window.at[count] = at;
      hn::Store(weight, d, window.weight + count * lanes);
      total = hn::Add(total, weight);
      ++count;
    }
  window.count = count;
  return total;
}

/// The weights of the values up to `middle`.
HWY_INLINE levels weight_up_to(const std::int16_t* plane, const weighted_window& window, shorts middle) {
  const short_tag d;
  const level_tag dl;
  auto part = [&](int k) HWY_ATTR {
    const auto above = hn::Gt(hn::LoadU(d, plane + window.at[k]), middle);
    const shorts weight = hn::BitCast(d, hn::Load(dl, window.weight + k * lanes));
    return hn::BitCast(dl, hn::IfThenZeroElse(above, weight));
  };
  levels sum = hn::Zero(dl), other = hn::Zero(dl);
  int k = 0;
  for (; k + 2 <= window.count; k += 2) {
    sum = hn::Add(sum, part(k));
    other = hn::Add(other, part(k + 1));
  }
  if (k < window.count) sum = hn::Add(sum, part(k));
  return hn::Add(sum, other);
}

/// The smallest value up to which the weights are at least half of `total`; where that is 0, the pixel's own.
HWY_INLINE shorts median_of(const std::int16_t* plane, std::ptrdiff_t own, const weighted_window& window,
                            levels total, bounds b) {
  const short_tag d;
  const level_tag dl;
  while (!hn::AllTrue(d, hn::Eq(b.low, b.high))) {
    const levels distance = hn::BitCast(dl, hn::Sub(b.high, b.low));
    const shorts middle = hn::Add(b.low, hn::BitCast(d, hn::ShiftRight<1>(distance)));
    const levels below = weight_up_to(plane, window, middle);
    const auto too_low = hn::RebindMask(d, hn::Lt(below, hn::Sub(total, below)));
    // Lanes that are done stay: all weights up to `high` reach half of them.
    b.high = hn::IfThenElse(too_low, b.high, middle);
    b.low = hn::IfThenElse(too_low, hn::Add(middle, hn::Set(d, 1)), b.low);
  }
  const auto unknown = hn::RebindMask(d, hn::Eq(total, hn::Zero(dl)));
  return hn::IfThenElse(unknown, hn::LoadU(d, plane + own), b.low);
}

template <int planes>
void filter_row(const weighted_median_input& in, const weighted_median_rule& rule, int width, std::int16_t* u,
                std::int16_t* v) {
  const short_tag d;
  weighted_window window;
  for (int x = 0; x < width; x += lanes) {
    const bounds bu = bounds_of(in.u, in, rule.radius, x), bv = bounds_of(in.v, in, rule.radius, x);
    if (hn::AllTrue(d, hn::And(hn::Eq(bu.low, bu.high), hn::Eq(bv.low, bv.high)))) {
      hn::StoreU(bu.low, d, u + x);
      hn::StoreU(bv.low, d, v + x);
      continue;
    }
    const levels total = weigh<planes>(in, rule, x, window);
    const std::ptrdiff_t own = in.rows[rule.radius] + x;
    hn::StoreU(median_of(in.u, own, window, total, bu), d, u + x);
    hn::StoreU(median_of(in.v, own, window, total, bv), d, v + x);
  }
}

void weighted_median_row(const weighted_median_input& in, const weighted_median_rule& rule, int width,
                         std::int16_t* u, std::int16_t* v) {
  in.planes == 1 ? filter_row<1>(in, rule, width, u, v) : filter_row<3>(in, rule, width, u, v);
}

}  // namespace

weighted_median_function weighted_median_of_target() { return weighted_median_row; }

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fluxel::kernels {

HWY_EXPORT(weighted_median_of_target);

weighted_median_function flow_weighted_median_row() {
  return for_target(HWY_DISPATCH_TABLE(weighted_median_of_target))();
}

}  // namespace fluxel::kernels
#endif
