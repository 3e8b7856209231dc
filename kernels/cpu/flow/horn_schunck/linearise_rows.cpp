// SPDX-License-Identifier: Apache-2.0
// The linear system of a warp, row by row: slopes in 16-bit lanes, equations in float lanes over split rows. The
// formulas are those of common/flow/equation.hpp.

#include <algorithm>

#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/horn_schunck/linearise_rows.cpp"
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

/// Where the equations of a vector of pixels go.
struct equation_place {
  float *i11, *i12, *i22, *c1, *c2;
};
HWY_INLINE equation_place place_in(const system_rows& rows, std::ptrdiff_t i) {
  return {rows.i11 + i, rows.i12 + i, rows.i22 + i, rows.c1 + i, rows.c2 + i};
}
HWY_INLINE equation_place place_in(equation_block& block, int i) {
  return {block.i11 + i, block.i12 + i, block.i22 + i, block.c1 + i, block.c2 + i};
}

/// flow_solve_pixel of a vector of pixels.
HWY_INLINE void store_equations(const tensor& t, floats around, float smoothness, floats u, floats v,
                                const equation_place& to) {
  const float_tag d;
  const floats n = hn::Mul(hn::Set(d, smoothness), around);
  const floats a11 = hn::Add(t.a11, n), a22 = hn::Add(t.a22, n);
  const floats det = hn::MulSub(a11, a22, hn::Mul(t.a12, t.a12));
  const auto solvable = hn::Gt(det, hn::Zero(d));
  const floats inverse = hn::Div(hn::Set(d, 1.0f), det);
  const floats r1 = hn::MulAdd(t.a11, u, hn::MulAdd(t.a12, v, t.b1));
  const floats r2 = hn::MulAdd(t.a12, u, hn::MulAdd(t.a22, v, t.b2));
  const floats scaled = hn::Mul(inverse, hn::Set(d, smoothness));
  hn::StoreU(hn::IfThenElseZero(solvable, hn::Mul(a22, scaled)), d, to.i11);
  hn::StoreU(hn::IfThenElseZero(solvable, hn::Neg(hn::Mul(t.a12, scaled))), d, to.i12);
  hn::StoreU(hn::IfThenElseZero(solvable, hn::Mul(a11, scaled)), d, to.i22);
  const floats c1 = hn::Mul(hn::MulSub(a22, r1, hn::Mul(t.a12, r2)), inverse);
  const floats c2 = hn::Mul(hn::MulSub(a11, r2, hn::Mul(t.a12, r1)), inverse);
  hn::StoreU(hn::IfThenElse(solvable, c1, u), d, to.c1);
  hn::StoreU(hn::IfThenElse(solvable, c2, v), d, to.c2);
}

/// Weights around a vector of pixels of one color.
struct weights_around {
  floats left, right, up, down;

  HWY_INLINE floats sum() const { return hn::Add(hn::Add(left, right), hn::Add(up, down)); }
};

/// The even ones of a vector of pixels, and the odd ones.
struct weights_of_both {
  weights_around even, odd;
};
HWY_INLINE weights_of_both weights_at(const edge_weight_rows& w, std::ptrdiff_t even, std::ptrdiff_t odd) {
  auto at = [](const float* p) HWY_ATTR { return hn::LoadU(float_tag(), p); };
  const floats even_right = at(w.right + even), odd_right = at(w.right + odd);
  // Before the first odd column stands the even half's padding: 0.
  return {{at(w.right + odd - 1), even_right, at(w.down_above + even), at(w.down + even)},
          {even_right, odd_right, at(w.down_above + odd), at(w.down + odd)}};
}

/// Half sweeps renew whole blocks: what stands behind a row has to be finite.
constexpr int whole_blocks(int width) {
  constexpr int both = 2 * equation_block::pixels;
  return (width + both - 1) / both * both;
}

void linearise(const derivative_rows& rows, const std::int16_t* known, const std::int16_t* u, const std::int16_t* v,
               const flow_energy& energy, const system_rows& to, int width) {
  const data_term_weights weights = weights_of(energy);
  const std::ptrdiff_t half = flow_row_elements(width) / 2;
  for (int x = 0; x < whole_blocks(width); x += short_lanes) {
    const slopes s = slopes_at(rows, known, x);
    const shorts ux = hn::LoadU(short_tag(), u + x), vx = hn::LoadU(short_tag(), v + x);
    const std::ptrdiff_t even = x / 2, odd = half + even;
    const weights_of_both around = weights_at(to.weights, even, odd);
    store_equations(tensor_of<0>(s, weights), around.even.sum(), energy.smoothness, half_to_float<0>(ux),
                    half_to_float<0>(vx), place_in(to, even));
    store_equations(tensor_of<1>(s, weights), around.odd.sum(), energy.smoothness, half_to_float<1>(ux),
                    half_to_float<1>(vx), place_in(to, odd));
  }
}

HWY_INLINE void store_weights(const weights_around& w, equation_block& block, int i) {
  hn::StoreU(w.left, float_tag(), block.left + i);
  hn::StoreU(w.right, float_tag(), block.right + i);
  hn::StoreU(w.down, float_tag(), block.down + i);
}

void linearise_blocks(const derivative_rows& rows, const std::int16_t* known, const std::int16_t* u,
                      const std::int16_t* v, const flow_energy& energy, const edge_weight_rows& edges,
                      const equation_row& to, int width) {
  const data_term_weights weights = weights_of(energy);
  const std::ptrdiff_t half = flow_row_elements(width) / 2;
  for (int x = 0; x < whole_blocks(width); x += short_lanes) {
    const slopes s = slopes_at(rows, known, x);
    const shorts ux = hn::LoadU(short_tag(), u + x), vx = hn::LoadU(short_tag(), v + x);
    const weights_of_both around = weights_at(edges, x / 2, half + x / 2);
    equation_block &even = to.blocks[x / 2 / equation_block::pixels], &odd = (&even)[to.odd];
    const int i = x / 2 % equation_block::pixels;
    store_weights(around.even, even, i);
    store_equations(tensor_of<0>(s, weights), around.even.sum(), energy.smoothness, half_to_float<0>(ux),
                    half_to_float<0>(vx), place_in(even, i));
    store_weights(around.odd, odd, i);
    store_equations(tensor_of<1>(s, weights), around.odd.sum(), energy.smoothness, half_to_float<1>(ux),
                    half_to_float<1>(vx), place_in(odd, i));
  }
}

struct edge_pixels {
  shorts grey, u, v;
};
template <bool moved>
HWY_INLINE edge_pixels pixels_at(const edge_row& row, int x) {
  const short_tag d;
  const shorts grey = hn::BitCast(d, hn::LoadU(hn::RebindToUnsigned<short_tag>(), row.grey + x));
  if constexpr (moved) return {grey, hn::LoadU(d, row.u + x), hn::LoadU(d, row.v + x)};
  return {grey, grey, grey};
}

/// The weights of the even or the odd pixels.
template <bool moved, int odd>
HWY_INLINE floats edge_weight(const edge_pixels& a, const edge_pixels& b, shorts entry, const edge_rule& rule) {
  const float_tag d;
  const floats weight = hn::GatherIndex(d, rule.table.data(), half_of<odd>(entry));
  if constexpr (!moved) return weight;
  const floats u = hn::ConvertTo(d, hn::Sub(half_of<odd>(b.u), half_of<odd>(a.u)));
  const floats v = hn::ConvertTo(d, hn::Sub(half_of<odd>(b.v), half_of<odd>(a.v)));
  const floats squared = hn::MulAdd(u, u, hn::Mul(v, v));
  return hn::Div(weight, hn::Sqrt(hn::MulAdd(squared, hn::Set(d, rule.inverse_flow_scale), hn::Set(d, 1.0f))));
}

/// Of a vector of pixels, to a split row.
template <bool moved>
HWY_INLINE void weigh(const edge_pixels& a, const edge_pixels& b, const edge_rule& rule, float* even, float* odd) {
  const short_tag d;
  const shorts difference = hn::Abs(hn::Sub(a.grey, b.grey));
  const shorts entry = hn::Min(difference, hn::Set(d, static_cast<std::int16_t>(rule.table.size() - 1)));
  hn::StoreU(edge_weight<moved, 0>(a, b, entry, rule), float_tag(), even);
  hn::StoreU(edge_weight<moved, 1>(a, b, entry, rule), float_tag(), odd);
}

/// The same for fewer pixels than a vector has: what stands behind them may be no grey.
template <bool moved>
void weigh_some(const edge_row& a, const edge_row& b, const edge_rule& rule, int x, int count, float* even,
                float* odd) {
  std::int16_t some[2][3][HWY_MAX_BYTES / 2] = {};
  for (int k = 0; k < 2; ++k) {
    const edge_row& row = k == 0 ? a : b;
    std::copy_n(row.grey + x, count, some[k][0]);
    if constexpr (moved) {
      std::copy_n(row.u + x, count, some[k][1]);
      std::copy_n(row.v + x, count, some[k][2]);
    }
  }
  auto all = [&](int k) HWY_ATTR -> edge_pixels {
    const short_tag d;
    return {hn::LoadU(d, some[k][0]), hn::LoadU(d, some[k][1]), hn::LoadU(d, some[k][2])};
  };
  weigh<moved>(all(0), all(1), rule, even, odd);
}

/// Writes a split row of weights, 0 from `count` pixels on.
template <bool moved>
void weigh_row(const edge_row& a, const edge_row& b, const edge_rule& rule, int count, int width, float* to) {
  const std::ptrdiff_t half = flow_row_elements(width) / 2;
  int x = 0;
  for (; x + short_lanes <= count; x += short_lanes)
    weigh<moved>(pixels_at<moved>(a, x), pixels_at<moved>(b, x), rule, to + x / 2, to + half + x / 2);
  if (x < count) weigh_some<moved>(a, b, rule, x, count - x, to + x / 2, to + half + x / 2);
  std::fill(to + (count + 1) / 2, to + half, 0.0f);
  std::fill(to + half + count / 2, to + 2 * half, 0.0f);
}

template <bool moved>
void weigh_both(const edge_row& row, const edge_row& below, const edge_rule& rule, int width, float* right,
                float* down) {
  const edge_row beside{row.grey + 1, moved ? row.u + 1 : nullptr, moved ? row.v + 1 : nullptr};
  weigh_row<moved>(row, beside, rule, width - 1, width, right);
  weigh_row<moved>(row, below, rule, below.grey == row.grey ? 0 : width, width, down);
}

void edge_weights(const edge_row& row, const edge_row& below, const edge_rule& rule, int width, float* right,
                  float* down) {
  if (rule.inverse_flow_scale == 0)
    weigh_both<false>(row, below, rule, width, right, down);
  else
    weigh_both<true>(row, below, rule, width, right, down);
}

}  // namespace

const flow_system_functions* system_functions() {
  static constexpr flow_system_functions table{sum_and_change, derive, linearise, linearise_blocks, edge_weights};
  return &table;
}

#endif

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_system_functions, flow_system_rows, system_functions)
#endif
