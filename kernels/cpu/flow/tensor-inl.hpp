// SPDX-License-Identifier: Apache-2.0
// Slopes in 16-bit lanes and the data term in float lanes, once per target. The formulas are those of
// common/flow/equation.hpp.

#if defined(FLUXEL_FLOW_TENSOR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_FLOW_TENSOR_INL
#undef FLUXEL_FLOW_TENSOR_INL
#else
#define FLUXEL_FLOW_TENSOR_INL
#endif

#include "kernels/cpu/flow/lanes-inl.hpp"
#include "kernels/cpu/flow/rows.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

HWY_INLINE shorts slope(const std::int16_t* m2, const std::int16_t* m1, const std::int16_t* p1,
                        const std::int16_t* p2) {
  const short_tag d;
  const shorts outer = hn::Sub(hn::LoadU(d, m2), hn::LoadU(d, p2)),
               inner = hn::Sub(hn::LoadU(d, p1), hn::LoadU(d, m1));
  return hn::Add(inner, hn::ShiftRight<3>(hn::Add(outer, hn::Set(d, 4))));
}
HWY_INLINE shorts slope_across(const std::int16_t* row) { return slope(row - 2, row - 1, row + 1, row + 2); }
HWY_INLINE shorts slope_along(const std::int16_t* const rows[5], int x) {
  return slope(rows[0] + x, rows[1] + x, rows[3] + x, rows[4] + x);
}

/// flow_derivatives of a vector of pixels.
struct slopes {
  shorts mx, my, mxx, mxy, myy, t, tx, ty;
};
HWY_INLINE slopes slopes_at(const derivative_rows& rows, const std::int16_t* known, int x) {
  const short_tag d;
  const shorts k = hn::LoadU(d, known + x);
  auto of_known = [&](shorts v) HWY_ATTR { return hn::And(v, k); };
  return {of_known(hn::LoadU(d, rows.mx[2] + x)),     of_known(hn::LoadU(d, rows.my[2] + x)),
          of_known(slope_across(rows.mx[2] + x)),     of_known(slope_along(rows.mx, x)),
          of_known(slope_along(rows.my, x)),          of_known(hn::LoadU(d, rows.change[2] + x)),
          of_known(slope_across(rows.change[2] + x)), of_known(slope_along(rows.change, x))};
}

struct tensor {
  floats a11, a12, a22, b1, b2;
};

HWY_INLINE floats charbonnier(float weight, float inverse_scale, floats squared) {
  const float_tag d;
  return hn::Div(hn::Set(d, weight), hn::Sqrt(hn::MulAdd(squared, hn::Set(d, inverse_scale), hn::Set(d, 1.0f))));
}

/// data_term of the even or the odd pixels.
template <int odd>
HWY_INLINE tensor tensor_of(const slopes& s, const data_term_weights& k) {
  const floats mx = half_to_float<odd>(s.mx), my = half_to_float<odd>(s.my);
  const floats xx = half_to_float<odd>(s.mxx), xy = half_to_float<odd>(s.mxy), yy = half_to_float<odd>(s.myy);
  const floats t = half_to_float<odd>(s.t), tx = half_to_float<odd>(s.tx), ty = half_to_float<odd>(s.ty);
  const floats wb = charbonnier(k.brightness, k.inverse_brightness_scale, hn::Mul(t, t));
  const floats wg = charbonnier(k.gradient, k.inverse_gradient_scale, hn::MulAdd(tx, tx, hn::Mul(ty, ty)));
  const floats bx = hn::Mul(wb, mx), by = hn::Mul(wb, my);
  const floats gxx = hn::Mul(wg, xx), gxy = hn::Mul(wg, xy), gyy = hn::Mul(wg, yy);
  const floats change = hn::Set(float_tag(), -3.0f * flow_one);
  auto combine = [](floats b, floats m, floats g1, floats d1, floats g2, floats d2)
                     HWY_ATTR { return hn::MulAdd(b, m, hn::MulAdd(g1, d1, hn::Mul(g2, d2))); };
  return {combine(bx, mx, gxx, xx, gxy, xy), combine(bx, my, gxx, xy, gxy, yy), combine(by, my, gxy, xy, gyy, yy),
          hn::Mul(combine(bx, t, gxx, tx, gxy, ty), change), hn::Mul(combine(by, t, gxy, tx, gyy, ty), change)};
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
