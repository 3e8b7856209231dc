// SPDX-License-Identifier: Apache-2.0
#pragma once

// Formulas of the variational flow solver, one pixel at a time. Revision 11 of the bytes of `horn_schunck`.
//
// Intensities are unsigned Q8.4 (grey levels of 1/16 on [0, 255]), flow is signed 1/64 pixel. Warping and both
// orders of slopes are integers of 16 bits; floats begin with the data term, in one written order.
//
// The data term linearises around the warped next frame W: with M = (prev + W) / 2 and T = W - prev it penalises
//   brightness * psi(T + grad M . d)  +  gradient * psi(grad T + Hessian M . d),
// so that one warped plane gives every derivative (Brox et al. 2004 for the two terms; averaging the frames'
// derivatives as in Sun, Roth and Black 2014).

#include <cmath>
#include <cstdint>

#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

inline constexpr int flow_one = 64;       ///< flow units per pixel
inline constexpr int flow_limit = 32767;  ///< +-512 px
inline constexpr int intensity_one = 16;  ///< intensity units per grey level

/// Second derivatives read this many pixels to each side.
inline constexpr int derivative_reach = 4;

/// Catmull-Rom weights (Keys, a = -0.5) at phase k / 64, in units of 2^-12; they sum to 4096. Phase 64 - k has them
/// in the opposite order, so that a mirrored frame gives the mirrored samples.
struct cubic_phase {
  std::int32_t w[4];
};
FLUXEL_HD cubic_phase cubic_weights(int k) {
  const bool near = k <= 32;
  const std::int32_t m = near ? k : 64 - k;  // the distance to the nearer of the middle taps
  const std::int32_t m2 = m * m;
  const std::int32_t m3 = m2 * m;
  const std::int32_t beyond_near = (-m3 + 128 * m2 - 4096 * m + 64) >> 7;
  const std::int32_t far = (-3 * m3 + 256 * m2 + 4096 * m + 64) >> 7;
  const std::int32_t beyond_far = (m3 - 64 * m2 + 64) >> 7;
  const std::int32_t nearest = 4096 - beyond_near - far - beyond_far;
  return near ? cubic_phase{{beyond_near, nearest, far, beyond_far}}
              : cubic_phase{{beyond_far, far, nearest, beyond_near}};
}
/// One row of four taps -> Q8.6, in [-2040, 18360].
FLUXEL_HD std::int32_t cubic_row(const cubic_phase& x, int a, int b, int c, int d) {
  return (x.w[0] * a + x.w[1] * b + x.w[2] * c + x.w[3] * d + (1 << 9)) >> 10;
}
/// Four rows -> Q8.4, with the overshoot kept.
FLUXEL_HD std::int16_t cubic_column(const cubic_phase& y, int a, int b, int c, int d) {
  return static_cast<std::int16_t>((y.w[0] * a + y.w[1] * b + y.w[2] * c + y.w[3] * d + (1 << 13)) >> 14);
}

/// Where pixel (x, y) lies in the next frame.
struct warp_target {
  int x, y;              ///< whole pixels
  int phase_x, phase_y;  ///< 1/64
  bool inside;           ///< within the outermost pixel centres
};
FLUXEL_HD warp_target warp_position(int x, int y, int u, int v, int width, int height) {
  const int px = x * flow_one + u;
  const int py = y * flow_one + v;
  const bool inside = px >= 0 && px <= (width - 1) * flow_one && py >= 0 && py <= (height - 1) * flow_one;
  return {px >> 6, py >> 6, px & 63, py & 63, inside};
}

/// 12 times the first derivative at the middle of five samples: (-1 8 0 -8 1) reversed.
FLUXEL_HD std::int32_t derivative5(std::int32_t m2, std::int32_t m1, std::int32_t p1, std::int32_t p2) {
  return (m2 - p2) + 8 * (p1 - m1);
}

/// derivative5 / 8, rounded half up. Two of them in a row on the solver's sums stay within 16 bits: a warped frame is
/// in [-1148, 5228], sums of frames span 10456, first slopes 11764 and second ones 26470.
FLUXEL_HD std::int32_t slope5(std::int32_t m2, std::int32_t m1, std::int32_t p1, std::int32_t p2) {
  return (p1 - m1) + ((m2 - p2 + 4) >> 3);
}

/// The slopes that one pixel's data term needs. A pixel without a data term has zeros.
struct flow_derivatives {
  std::int32_t mx, my;         ///< of prev + W: 48 per grey level per pixel
  std::int32_t mxx, mxy, myy;  ///< second: 72
  std::int32_t t;              ///< W - prev: 16 per grey level
  std::int32_t tx, ty;         ///< 24
};

/// flow_energy in the units of flow_derivatives.
struct data_term_weights {
  float brightness, gradient;
  float inverse_brightness_scale, inverse_gradient_scale;
};
FLUXEL_HD data_term_weights weights_of(const flow_energy& e) {
  constexpr float first = 1.0f / (48 * 48), second = 1.0f / (72 * 72), level = 1.0f / (16 * 16),
                  change = 1.0f / (24 * 24);
  return {e.brightness * first, e.gradient * second, e.inverse_brightness_scale * level,
          e.inverse_gradient_scale * change};
}

/// Structure tensor and right-hand side of one pixel: [a11 a12; a12 a22] d = b for the increment d in 1/64 pixel.
struct flow_tensor {
  float a11, a12, a22, b1, b2;
};

FLUXEL_HD float charbonnier_weight(float weight, float inverse_scale, float squared) {
  return weight / std::sqrt(fused(squared, inverse_scale, 1.0f));
}

/// The smoothness between neighbours counts less where the flow differs, by (du, dv) in 1/64 pixel.
FLUXEL_HD float robust_edge_weight(float weight, float inverse_scale, int du, int dv) {
  const auto u = static_cast<float>(du), v = static_cast<float>(dv);
  return charbonnier_weight(weight, inverse_scale, fused(u, u, v * v));
}

/// Flow in 1/64 pixel: both terms have 48 / 16 = 72 / 24 = 3 between the units of their slopes and changes.
FLUXEL_HD flow_tensor data_term(const flow_derivatives& d, const data_term_weights& k) {
  constexpr float change = -3.0f * flow_one;
  const auto mx = static_cast<float>(d.mx), my = static_cast<float>(d.my);
  const auto xx = static_cast<float>(d.mxx), xy = static_cast<float>(d.mxy), yy = static_cast<float>(d.myy);
  const auto t = static_cast<float>(d.t), tx = static_cast<float>(d.tx), ty = static_cast<float>(d.ty);
  const float wb = charbonnier_weight(k.brightness, k.inverse_brightness_scale, t * t);
  const float wg = charbonnier_weight(k.gradient, k.inverse_gradient_scale, fused(tx, tx, ty * ty));
  const float bx = wb * mx, by = wb * my;
  const float gxx = wg * xx, gxy = wg * xy, gyy = wg * yy;
  return {fused(bx, mx, fused(gxx, xx, gxy * xy)), fused(bx, my, fused(gxx, xy, gxy * yy)),
          fused(by, my, fused(gxy, xy, gyy * yy)), fused(bx, t, fused(gxx, tx, gxy * ty)) * change,
          fused(by, t, fused(gxy, tx, gyy * ty)) * change};
}

/// One pixel of the linear system, solved for its own two unknowns: with the weighted neighbour sums s,
/// u = c1 + i11 * su + i12 * sv and v = c2 + i12 * su + i22 * sv.
struct flow_equation {
  float i11, i12, i22, c1, c2;
};
FLUXEL_HD flow_equation flow_solve_pixel(const flow_tensor& a, float smoothness, float neighbour_weight, float u,
                                         float v) {
  const float n = smoothness * neighbour_weight;
  const float a11 = a.a11 + n, a22 = a.a22 + n;
  const float det = fused(a11, a22, -(a.a12 * a.a12));
  if (!(det > 0)) return {0, 0, 0, u, v};  // a single pixel without texture: stays
  const float inverse = 1.0f / det;
  const float r1 = fused(a.a11, u, fused(a.a12, v, a.b1));
  const float r2 = fused(a.a12, u, fused(a.a22, v, a.b2));
  const float scaled = inverse * smoothness;
  return {a22 * scaled, -a.a12 * scaled, a11 * scaled, fused(a22, r1, -(a.a12 * r2)) * inverse,
          fused(a11, r2, -(a.a12 * r1)) * inverse};
}

struct flow_vector {
  float u, v;
};
FLUXEL_HD flow_vector flow_jacobi(const flow_equation& e, float su, float sv) {
  return {fused(e.i12, sv, fused(e.i11, su, e.c1)), fused(e.i22, sv, fused(e.i12, su, e.c2))};
}

/// From 1/64 pixel to pixels.
FLUXEL_HD float flow_to_float(std::int16_t units) { return static_cast<float>(units) * (1.0f / flow_one); }

/// The weighted sum of the four neighbours; weights are 0 beyond the border.
FLUXEL_HD float neighbour_sum(float wl, float l, float wr, float r, float wu, float u, float wd, float d) {
  return fused(wd, d, fused(wu, u, fused(wr, r, wl * l)));
}

/// The cyclic Chebyshev method (Golub and Varga 1961): a half sweep renews the pixels of one color of a chessboard
/// from those of the other. The Chebyshev iterate before last is then the pixel's own value, and one color per
/// iteration is all that is ever needed. Half sweep k renews pixels with even x + y + k; omega comes from the host.
FLUXEL_HD bool renewed(int x, int y, int half_sweep) { return ((x ^ y ^ half_sweep) & 1) == 0; }
FLUXEL_HD float chebyshev_step(float own, float jacobi, float omega) { return fused(omega, jacobi - own, own); }

/// Half to even, saturated. |units| is below 2^31. The range is kept in integers: nvcc turns a float select against
/// a constant into min and max, which parity leaves out.
FLUXEL_HD std::int16_t round_flow(float units) {
#if defined(__CUDA_ARCH__)
  const int rounded = __float2int_rn(units);
#else
  const int rounded = static_cast<int>(__builtin_nearbyintf(units));
#endif
  return static_cast<std::int16_t>(rounded < -flow_limit ? -flow_limit : rounded > flow_limit ? flow_limit : rounded);
}

/// The increment clipped to `limit` units, rounded half to even to 1 / finer units and kept in range.
FLUXEL_HD std::int16_t limited_to_fixed(float units, std::int16_t before, int limit, int finer) {
  const float low = static_cast<float>(before - limit), high = static_cast<float>(before + limit);
  const float above = units > low ? units : low;
  return round_flow((above < high ? above : high) * static_cast<float>(finer));
}

/// How much vectors grow from a level to the next.
inline float flow_growth(int coarse, int fine) {
  return static_cast<float>(static_cast<double>(fine) / static_cast<double>(coarse));
}

FLUXEL_HD float flow_between(float a, float b, float weight) { return fused(weight, b - a, a); }

struct flow_corners {
  std::int16_t top_left, top_right, bottom_left, bottom_right;
};
FLUXEL_HD std::int16_t upscaled_flow(const flow_corners& c, float wx, float wy, float growth) {
  const float top = flow_between(c.top_left, c.top_right, wx);
  const float bottom = flow_between(c.bottom_left, c.bottom_right, wx);
  return round_flow(flow_between(top, bottom, wy) * growth);
}

}  // namespace fluxel::kernels
