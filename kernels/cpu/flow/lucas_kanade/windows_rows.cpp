// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/common/flow/lucas_kanade.hpp"
#include "kernels/cpu/flow/lucas_kanade/windows.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/lucas_kanade/windows_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#if FLUXEL_LANES  // on every pass: its guard alternates
#include "kernels/cpu/flow/tensor-inl.hpp"
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if !FLUXEL_FUSED_LANES

const flow_window_functions* window_functions() { return nullptr; }

#else

namespace {

using double_tag = hn::ScalableTag<double>;
using doubles = hn::Vec<double_tag>;
using half_int_tag = hn::Half<int_tag>;      // as many lanes as double_tag
using half_short_tag = hn::Half<short_tag>;  // as many lanes as float_tag
constexpr int double_lanes = static_cast<int>(HWY_LANES(double));

HWY_INLINE doubles to_doubles(const std::int32_t* p) {
  return hn::PromoteTo(double_tag(), hn::LoadU(half_int_tag(), p));
}
HWY_INLINE doubles to_doubles(const std::int16_t* p) {
  return hn::PromoteTo(double_tag(), hn::PromoteTo(half_int_tag(), hn::LoadU(hn::Half<half_short_tag>(), p)));
}

HWY_INLINE floats within_lanes(floats value, float limit) {
  const float_tag d;
  const floats low = hn::Set(d, -limit), high = hn::Set(d, limit);
  const floats above = hn::IfThenElse(hn::Gt(value, low), value, low);
  return hn::IfThenElse(hn::Lt(above, high), above, high);
}

/// make_window_entry.
struct entry_lanes {
  ints a11, a12, a22, b1, b2;
};
HWY_INLINE entry_lanes entry_of(const tensor& t, const window_rule& k) {
  const float_tag d;
  const floats trace = hn::Add(t.a11, t.a22), limit = hn::Set(d, k.contrast_limit);
  const floats share = hn::IfThenElse(hn::Gt(trace, limit), hn::Div(limit, trace), hn::Set(d, 1.0f));
  const floats scale = hn::Mul(hn::Set(d, k.scale), share);
  return {hn::NearestInt(hn::Mul(t.a11, scale)), hn::NearestInt(hn::Mul(t.a12, scale)),
          hn::NearestInt(hn::Mul(t.a22, scale)), hn::NearestInt(within_lanes(hn::Mul(t.b1, scale), k.change_limit)),
          hn::NearestInt(within_lanes(hn::Mul(t.b2, scale), k.change_limit))};
}

/// A pixel's contribution to window sums: the right-hand side b is that of its whole flow, not of the increment.
HWY_INLINE void store_entries(const entry_lanes& even, const entry_lanes& odd, const window_entry_input& in, int x,
                              const window_row& to) {
  const int_tag d;
  hn::StoreInterleaved2(even.a11, odd.a11, d, to.a11 + x);
  hn::StoreInterleaved2(even.a12, odd.a12, d, to.a12 + x);
  hn::StoreInterleaved2(even.a22, odd.a22, d, to.a22 + x);
  HWY_ALIGN std::int32_t b1[2 * float_lanes], b2[2 * float_lanes];
  hn::StoreInterleaved2(even.b1, odd.b1, d, b1);
  hn::StoreInterleaved2(even.b2, odd.b2, d, b2);
  for (int i = 0; i < short_lanes; i += double_lanes) {
    const doubles u = to_doubles(in.u + x + i), v = to_doubles(in.v + x + i);
    const doubles a11 = to_doubles(to.a11 + x + i), a12 = to_doubles(to.a12 + x + i),
                  a22 = to_doubles(to.a22 + x + i);
    hn::StoreU(hn::MulAdd(a11, u, hn::MulAdd(a12, v, to_doubles(b1 + i))), double_tag(), to.b1 + x + i);
    hn::StoreU(hn::MulAdd(a12, u, hn::MulAdd(a22, v, to_doubles(b2 + i))), double_tag(), to.b2 + x + i);
  }
}

void entries(const window_entry_input& in, const flow_energy& energy, const window_rule& rule, int width,
             const window_row& to) {
  const data_term_weights weights = weights_of(energy);
  for (int x = 0; x < width; x += short_lanes) {
    const slopes s = slopes_at(in.slopes, in.known, x);
    store_entries(entry_of(tensor_of<0>(s, weights), rule), entry_of(tensor_of<1>(s, weights), rule), in, x, to);
  }
}

template <class F>
HWY_INLINE void for_each_array(const window_row& a, const window_row& b, F&& f) {
  f(a.a11, b.a11);
  f(a.a12, b.a12);
  f(a.a22, b.a22);
  f(a.b1, b.b1);
  f(a.b2, b.b2);
}

template <class T>
void add_row(const T* row, int weight, int width, T* columns) {
  const hn::ScalableTag<T> d;
  const auto w = hn::Set(d, static_cast<T>(weight));
  for (int x = 0; x < width; x += static_cast<int>(HWY_LANES(T)))
    hn::StoreU(hn::Add(hn::LoadU(d, columns + x), hn::Mul(w, hn::LoadU(d, row + x))), d, columns + x);
}
void add(const window_row& row, int weight, int width, const window_row& columns) {
  for_each_array(row, columns, [=](auto* from, auto* to) HWY_ATTR { add_row(from, weight, width, to); });
}

template <class T>
void exchange_row(const T* entering, const T* leaving, int width, T* columns) {
  const hn::ScalableTag<T> d;
  for (int x = 0; x < width; x += static_cast<int>(HWY_LANES(T))) {
    const auto change = hn::Sub(hn::LoadU(d, entering + x), hn::LoadU(d, leaving + x));
    hn::StoreU(hn::Add(hn::LoadU(d, columns + x), change), d, columns + x);
  }
}
void exchange(const window_row& entering, const window_row& leaving, int width, const window_row& columns) {
  exchange_row(entering.a11, leaving.a11, width, columns.a11);
  exchange_row(entering.a12, leaving.a12, width, columns.a12);
  exchange_row(entering.a22, leaving.a22, width, columns.a22);
  exchange_row(entering.b1, leaving.b1, width, columns.b1);
  exchange_row(entering.b2, leaving.b2, width, columns.b2);
}

/// Sums over `side` columns, doubled from sums over half as many: the binary digits of `side` say where one is added.
template <class T>
void box_across(const T* columns, int side, int width, T* sums) {
  const hn::ScalableTag<T> d;
  constexpr int lanes = static_cast<int>(HWY_LANES(T));
  const T* from = columns;
  int length = 1, bit = 1;
  while (2 * bit <= side) bit *= 2;
  if (side == 1) std::copy(columns, columns + width, sums);
  while ((bit /= 2) > 0) {
    const int end = width + side - 2 * length;  // where sums of the next length still start
    const bool one_more = (side & bit) != 0;
    for (int x = 0; x < end; x += lanes) {
      auto sum = hn::Add(hn::LoadU(d, from + x), hn::LoadU(d, from + x + length));
      if (one_more) sum = hn::Add(sum, hn::LoadU(d, columns + x + 2 * length));
      hn::StoreU(sum, d, sums + x);
    }
    length = 2 * length + (one_more ? 1 : 0);
    from = sums;
  }
}
template <class T>
void weighted_across(const T* columns, std::span<const std::int32_t> weights, int width, T* sums) {
  const hn::ScalableTag<T> d;
  for (int x = 0; x < width; x += static_cast<int>(HWY_LANES(T))) {
    auto sum = hn::Zero(d);
    for (std::size_t i = 0; i < weights.size(); ++i)
      sum = hn::Add(sum, hn::Mul(hn::Set(d, static_cast<T>(weights[i])), hn::LoadU(d, columns + x + i)));
    hn::StoreU(sum, d, sums + x);
  }
}
void across(const window_row& columns, const flow_windows& windows, int width, const window_row& sums) {
  for_each_array(columns, sums, [&](auto* from, auto* to) HWY_ATTR {
    if (windows.weights.empty())
      box_across(from, 2 * windows.radius + 1, width, to);
    else
      weighted_across(from, windows.weights, width, to);
  });
}

/// b - [a1 a2] (u, v), exact before it becomes floats.
HWY_INLINE floats change_asked(const double* b, const std::int32_t* a1, const std::int32_t* a2, const std::int16_t* u,
                               const std::int16_t* v) {
  auto half = [=](int i) HWY_ATTR {
    const doubles asked =
        hn::MulAdd(to_doubles(a1 + i), to_doubles(u + i), hn::Mul(to_doubles(a2 + i), to_doubles(v + i)));
    return hn::DemoteTo(hn::Half<float_tag>(), hn::Sub(hn::LoadU(double_tag(), b + i), asked));
  };
  return hn::Combine(float_tag(), half(double_lanes), half(0));
}

/// moved_flow, where `moves`.
template <class Mask>
HWY_INLINE hn::Vec<half_short_tag> moved(const std::int16_t* before, floats change, const window_rule& k,
                                         Mask moves) {
  const int_tag d;
  const floats clipped = within_lanes(change, static_cast<float>(k.limit));
  const ints step = hn::NearestInt(hn::Mul(clipped, hn::Set(float_tag(), static_cast<float>(k.finer))));
  const ints flow = hn::Mul(hn::PromoteTo(d, hn::LoadU(half_short_tag(), before)), hn::Set(d, k.finer));
  const ints to = hn::Add(flow, hn::IfThenElseZero(hn::RebindMask(d, moves), step));
  return hn::DemoteTo(half_short_tag(), hn::Max(hn::Min(to, hn::Set(d, flow_limit)), hn::Set(d, -flow_limit)));
}

void solve(const window_row& sums, const window_solution& flow, const flow_windows& windows, int width) {
  const float_tag d;
  const window_rule& k = windows.rule;
  const floats ridge = hn::Set(d, k.ridge), one = hn::Set(d, 1.0f);
  auto stored = [=](hn::Vec<half_short_tag> v, std::int16_t* to, int room) HWY_ATTR {
    if (room >= float_lanes) return hn::StoreU(v, half_short_tag(), to);
    HWY_ALIGN std::int16_t tail[short_lanes];
    hn::Store(v, half_short_tag(), tail);
    std::copy(tail, tail + room, to);
  };
  for (int x = 0; x < width; x += float_lanes) {
    const std::int16_t *u = flow.u + x, *v = flow.v + x;
    const std::int32_t *p11 = sums.a11 + x, *p12 = sums.a12 + x, *p22 = sums.a22 + x;
    const floats r1 = change_asked(sums.b1 + x, p11, p12, u, v), r2 = change_asked(sums.b2 + x, p12, p22, u, v);
    auto load = [=](const std::int32_t* p) HWY_ATTR { return hn::ConvertTo(d, hn::LoadU(int_tag(), p)); };
    const floats a11 = hn::Add(load(p11), ridge), a22 = hn::Add(load(p22), ridge), a12 = load(p12);
    const floats det = hn::MulSub(a11, a22, hn::Mul(a12, a12));
    auto moves = hn::Gt(det, hn::Zero(d));
    const floats inverse = hn::Div(one, hn::IfThenElse(moves, det, one));
    if (flow.smaller != nullptr)
      moves = hn::AndNot(hn::Lt(hn::LoadU(d, flow.smaller + x), hn::Set(d, windows.least_eigenvalue)), moves);
    const floats du = hn::Mul(hn::MulSub(a22, r1, hn::Mul(a12, r2)), inverse);
    const floats dv = hn::Mul(hn::MulSub(a11, r2, hn::Mul(a12, r1)), inverse);
    stored(moved(u, du, k, moves), flow.to_u + x, width - x);
    stored(moved(v, dv, k, moves), flow.to_v + x, width - x);
  }
}

}  // namespace

const flow_window_functions* window_functions() {
  static constexpr flow_window_functions table{entries, add, exchange, across, solve};
  return &table;
}

#endif

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_window_functions, flow_window_rows, window_functions)
#endif
