// SPDX-License-Identifier: Apache-2.0
// The linear system of a warp, row by row: slopes in 16-bit lanes, equations in float lanes over split rows. The
// formulas are those of common/flow/equation.hpp.

#include <algorithm>

#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/linearise_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#if FLUXEL_LANES  // on every pass: its guard alternates
#include "kernels/cpu/flow/tensor-inl.hpp"
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if !FLUXEL_FUSED_LANES

const flow_system_functions* system_functions() { return nullptr; }

#else

namespace {

void extend(std::int16_t* row, int width) {
  for (int i = 1; i <= 2; ++i) {
    row[-i] = row[0];
    row[width - 1 + i] = row[width - 1];
  }
}

void sum_and_change(const u16* prev, const std::int16_t* warped, int width, std::int16_t* sum, std::int16_t* change) {
  const short_tag d;
  for (int x = 0; x < width; x += short_lanes) {
    const shorts f = hn::BitCast(d, hn::LoadU(hn::RebindToUnsigned<short_tag>(), prev + x));
    const shorts w = hn::LoadU(d, warped + x);
    hn::StoreU(hn::Add(f, w), d, sum + x);
    hn::StoreU(hn::Sub(w, f), d, change + x);
  }
  extend(sum, width);
  extend(change, width);
}

void derive(const std::int16_t* const sum[5], int width, std::int16_t* mx, std::int16_t* my) {
  for (int x = 0; x < width; x += short_lanes) {
    hn::StoreU(slope_across(sum[2] + x), short_tag(), mx + x);
    hn::StoreU(slope_along(sum, x), short_tag(), my + x);
  }
  extend(mx, width);
  extend(my, width);
}

/// flow_solve_pixel of a vector of pixels, stored at `i` of their half row.
HWY_INLINE void store_equations(const tensor& t, floats around, float smoothness, floats u, floats v,
                                const system_rows& to, std::ptrdiff_t i) {
  const float_tag d;
  const floats n = hn::Mul(hn::Set(d, smoothness), around);
  const floats a11 = hn::Add(t.a11, n), a22 = hn::Add(t.a22, n);
  const floats det = hn::MulSub(a11, a22, hn::Mul(t.a12, t.a12));
  const auto solvable = hn::Gt(det, hn::Zero(d));
  const floats inverse = hn::Div(hn::Set(d, 1.0f), det);
  const floats r1 = hn::MulAdd(t.a11, u, hn::MulAdd(t.a12, v, t.b1));
  const floats r2 = hn::MulAdd(t.a12, u, hn::MulAdd(t.a22, v, t.b2));
  const floats scaled = hn::Mul(inverse, hn::Set(d, smoothness));
  hn::StoreU(hn::IfThenElseZero(solvable, hn::Mul(a22, scaled)), d, to.i11 + i);
  hn::StoreU(hn::IfThenElseZero(solvable, hn::Neg(hn::Mul(t.a12, scaled))), d, to.i12 + i);
  hn::StoreU(hn::IfThenElseZero(solvable, hn::Mul(a11, scaled)), d, to.i22 + i);
  const floats c1 = hn::Mul(hn::MulSub(a22, r1, hn::Mul(t.a12, r2)), inverse);
  const floats c2 = hn::Mul(hn::MulSub(a11, r2, hn::Mul(t.a12, r1)), inverse);
  hn::StoreU(hn::IfThenElse(solvable, c1, u), d, to.c1 + i);
  hn::StoreU(hn::IfThenElse(solvable, c2, v), d, to.c2 + i);
}

void linearise(const derivative_rows& rows, const std::int16_t* known, const std::int16_t* u, const std::int16_t* v,
               const flow_energy& energy, const system_rows& to, int width) {
  const float_tag d;
  const data_term_weights weights = weights_of(energy);
  const std::ptrdiff_t half = flow_row_elements(width) / 2;
  for (int x = 0; x < width; x += short_lanes) {
    const slopes s = slopes_at(rows, known, x);
    const shorts ux = hn::LoadU(short_tag(), u + x), vx = hn::LoadU(short_tag(), v + x);
    const std::ptrdiff_t even = x / 2, odd = half + even;
    const floats even_right = hn::LoadU(d, to.right + even), odd_right = hn::LoadU(d, to.right + odd);
    auto around = [&](floats left, floats right, std::ptrdiff_t i) HWY_ATTR {
      return hn::Add(hn::Add(left, right), hn::Add(hn::LoadU(d, to.down_above + i), hn::LoadU(d, to.down + i)));
    };
    // Before the first odd column stands the even half's padding: 0.
    const floats before = hn::LoadU(d, to.right + odd - 1);
    store_equations(tensor_of<0>(s, weights), around(before, even_right, even), energy.smoothness,
                    half_to_float<0>(ux), half_to_float<0>(vx), to, even);
    store_equations(tensor_of<1>(s, weights), around(even_right, odd_right, odd), energy.smoothness,
                    half_to_float<1>(ux), half_to_float<1>(vx), to, odd);
  }
}

/// Writes a split row of weights, 0 from `count` pixels on.
HWY_INLINE void weigh(const u16* a, const u16* b, const edge_weight_table& table, int count, int width, float* to) {
  const short_tag d;
  const hn::RebindToUnsigned<short_tag> du;
  const float_tag df;
  const std::ptrdiff_t half = flow_row_elements(width) / 2;
  int x = 0;
  for (; x + short_lanes <= count; x += short_lanes) {
    const shorts difference =
        hn::Abs(hn::Sub(hn::BitCast(d, hn::LoadU(du, a + x)), hn::BitCast(d, hn::LoadU(du, b + x))));
    const shorts entry = hn::Min(difference, hn::Set(d, static_cast<std::int16_t>(table.last)));
    hn::StoreU(hn::GatherIndex(df, table.weight, half_of<0>(entry)), df, to + x / 2);
    hn::StoreU(hn::GatherIndex(df, table.weight, half_of<1>(entry)), df, to + half + x / 2);
  }
  for (; x < count; ++x) {
    const int difference = a[x] < b[x] ? b[x] - a[x] : a[x] - b[x];
    to[(x & 1) * half + x / 2] = table.weight[difference < table.last ? difference : table.last];
  }
  std::fill(to + (count + 1) / 2, to + half, 0.0f);
  std::fill(to + half + count / 2, to + 2 * half, 0.0f);
}

void edge_weights(const u16* grey, const u16* below, const edge_weight_table& table, int width, float* right,
                  float* down) {
  weigh(grey, grey + 1, table, width - 1, width, right);
  weigh(grey, below, table, below == grey ? 0 : width, width, down);
}

}  // namespace

const flow_system_functions* system_functions() {
  static constexpr flow_system_functions table{sum_and_change, derive, linearise, edge_weights};
  return &table;
}

#endif

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_system_functions, flow_system_rows, system_functions)
#endif
