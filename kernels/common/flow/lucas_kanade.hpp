// SPDX-License-Identifier: Apache-2.0
#pragma once

// Formulas of dense Lucas-Kanade flow, one pixel at a time. Revision 8 of the bytes of `lucas_kanade`.
//
// The normal equations of a window are the sum of its pixels' tensors (common/flow/equation.hpp data_term). Every
// tensor is rounded to integers first: sums of integers have no order, so running sums, direct sums and sums over
// tiles agree.
//
// The unknown is the flow itself and not its increment (FOLKI, Le Besnerais and Champagnat 2005): each pixel enters
// the window's normal equations linearised around its own current flow.

#include <cmath>
#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// Half to even; |value| is below 2^31.
FLUXEL_HD std::int32_t round_entry(float value) {
#if defined(__CUDA_ARCH__)
  return __float2int_rn(value);
#else
  return static_cast<std::int32_t>(__builtin_nearbyintf(value));
#endif
}

/// What one pixel adds to the windows that contain it, in 1 / window_rule::scale: [a11 a12; a12 a22] d = b for the
/// change d of its own flow, in 1/64 pixel.
struct window_entry {
  std::int32_t a11, a12, a22, b1, b2;
};

FLUXEL_HD float within(float value, float limit) {
  const float above = value > -limit ? value : -limit;
  return above < limit ? above : limit;
}

/// Strong contrast counts for no more than `contrast_limit`, or the pixels of one edge would outvote a window.
FLUXEL_HD window_entry make_window_entry(const flow_tensor& t, const window_rule& k) {
  const float trace = t.a11 + t.a22;
  const float share = trace > k.contrast_limit ? k.contrast_limit / trace : 1.0f;
  const float scale = k.scale * share;
  return {round_entry(t.a11 * scale), round_entry(t.a12 * scale), round_entry(t.a22 * scale),
          round_entry(within(t.b1 * scale, k.change_limit)), round_entry(within(t.b2 * scale, k.change_limit))};
}

/// Weighted sums over a window. They are exact: |b| is below 2^53.
struct window_sums {
  std::int32_t a11 = 0, a12 = 0, a22 = 0;
  std::int64_t b1 = 0, b2 = 0;
};

/// A pixel of flow (u, v) 1/64 pixel and weight w.
FLUXEL_HD void add_to_window(window_sums& s, const window_entry& e, int u, int v, std::int32_t w) {
  s.a11 += w * e.a11;
  s.a12 += w * e.a12;
  s.a22 += w * e.a22;
  s.b1 += w * (std::int64_t{e.a11} * u + std::int64_t{e.a12} * v + e.b1);
  s.b2 += w * (std::int64_t{e.a12} * u + std::int64_t{e.a22} * v + e.b2);
}

/// The change clipped to `limit`, rounded half to even to 1 / finer units; flow stays in range.
FLUXEL_HD std::int16_t moved_flow(int before, float change, int limit, int finer) {
  const float clipped = within(change, static_cast<float>(limit));
  const int moved = before * finer + round_entry(clipped * static_cast<float>(finer));
  return static_cast<std::int16_t>(moved < -flow_limit ? -flow_limit : moved > flow_limit ? flow_limit : moved);
}

struct flow_units {
  std::int16_t u, v;
};

/// The least-squares flow of the window around a pixel whose flow is (u, v). The ridge regularises towards the
/// previous iterate.
FLUXEL_HD flow_units solve_window(const window_sums& s, int u, int v, const window_rule& k) {
  const auto r1 = static_cast<float>(s.b1 - (std::int64_t{s.a11} * u + std::int64_t{s.a12} * v));
  const auto r2 = static_cast<float>(s.b2 - (std::int64_t{s.a12} * u + std::int64_t{s.a22} * v));
  const float a11 = static_cast<float>(s.a11) + k.ridge, a22 = static_cast<float>(s.a22) + k.ridge;
  const auto a12 = static_cast<float>(s.a12);
  const float det = fused(a11, a22, -(a12 * a12));
  const float inverse = det > 0 ? 1.0f / det : 0.0f;
  return {moved_flow(u, fused(a22, r1, -(a12 * r2)) * inverse, k.limit, k.finer),
          moved_flow(v, fused(a11, r2, -(a12 * r1)) * inverse, k.limit, k.finer)};
}

}  // namespace fluxel::kernels
