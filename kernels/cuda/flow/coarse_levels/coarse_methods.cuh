// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the methods of dense flow do after a warp of a coarse level: the next estimate in the level's flow. Every
// thread of the block calls `beside_derivatives`, which reads what `warp` makes, and after a barrier `update`.

#include "kernels/common/flow/lucas_kanade.hpp"
#include "kernels/cuda/flow/coarse_levels/coarse_level.cuh"

namespace fluxel::kernels::gpu::coarse {

inline constexpr int most_half_sweeps = 64;

/// Horn-Schunck: a linear system, relaxed.
struct system_method {
  float smoothness;
  const float* edges;
  int last_edge;
  float inverse_flow_scale;
  int limit, half_sweeps;
  float omega[most_half_sweeps];

  static constexpr int bytes = slope_bytes + 2 * sizeof(float) + sizeof(float2);  ///< of a pixel

  static __device__ __forceinline__ float* right(const level& l) {
    return reinterpret_cast<float*>(l.behind_slopes());
  }
  static __device__ __forceinline__ float* down(const level& l) { return right(l) + l.stride(); }
  static __device__ __forceinline__ float2* iterate(const level& l) {
    return reinterpret_cast<float2*>(right(l) + 2 * l.stride());
  }

  __device__ __forceinline__ float weight(const level& l, int i, int neighbour) const {
    const auto grey = [&](int at) { return (l.sum()[at] - l.change()[at]) >> 1; };
    const int a = grey(i), b = grey(neighbour), difference = a < b ? b - a : a - b;
    const float w = __ldg(edges + (difference < last_edge ? difference : last_edge));
    const short2 f = l.flow[i], g = l.flow[neighbour];
    return robust_edge_weight(w, inverse_flow_scale, g.x - f.x, g.y - f.y);
  }
  __device__ __forceinline__ void beside_derivatives(const level& l, const team& own) const {
    every_pixel_of(l, own, [&](int i, int x, int y) {
      right(l)[i] = x + 1 < l.width ? weight(l, i, i + 1) : 0.0f;
      down(l)[i] = y + 1 < l.height ? weight(l, i, i + l.width) : 0.0f;
    });
  }

  /// The equations of a thread's pixels and the weights around them.
  struct equations {
    flow_equation own[owned_pixels::pairs][2];
    float left[owned_pixels::pairs][2], right[owned_pixels::pairs][2], up[owned_pixels::pairs][2],
        down[owned_pixels::pairs][2];
  };

  __device__ __forceinline__ void find_equations(const level& l, const owned_pixels& mine,
                                                 const data_term_weights& weights, equations& e) const {
#pragma unroll
    for (int k = 0; k < owned_pixels::pairs; ++k) {
#pragma unroll
      for (int p = 0; p < 2; ++p) {
        if (!mine.inside[k][p]) continue;
        const int x = mine.x[k][p], y = mine.y[k], i = mine.place(l, k, p);
        e.left[k][p] = x > 0 ? right(l)[i - 1] : 0.0f;
        e.right[k][p] = right(l)[i];
        e.up[k][p] = y > 0 ? down(l)[i - l.width] : 0.0f;
        e.down[k][p] = down(l)[i];
        const float around = (e.left[k][p] + e.right[k][p]) + (e.up[k][p] + e.down[k][p]);
        const short2 f = l.flow[i];
        e.own[k][p] = flow_solve_pixel(tensor_at(l, weights, i, x, y), smoothness, around, f.x, f.y);
        iterate(l)[i] = make_float2(f.x, f.y);
      }
    }
  }

  template <int Parity>
  static __device__ __forceinline__ void renew(const level& l, const owned_pixels& mine, const equations& e,
                                               float omega) {
    float2* const f = iterate(l);
#pragma unroll
    for (int k = 0; k < owned_pixels::pairs; ++k) {
      if (!mine.inside[k][Parity]) continue;
      const int x = mine.x[k][Parity], y = mine.y[k], i = mine.place(l, k, Parity);
      float2 left{}, right{}, up{}, down{};
      if (x > 0) left = f[i - 1];
      if (x + 1 < l.width) right = f[i + 1];
      if (y > 0) up = f[i - l.width];
      if (y + 1 < l.height) down = f[i + l.width];
      const float wl = e.left[k][Parity], wr = e.right[k][Parity], wu = e.up[k][Parity], wd = e.down[k][Parity];
      const auto next = flow_jacobi(e.own[k][Parity], neighbour_sum(wl, left.x, wr, right.x, wu, up.x, wd, down.x),
                                    neighbour_sum(wl, left.y, wr, right.y, wu, up.y, wd, down.y));
      f[i] = make_float2(chebyshev_step(f[i].x, next.u, omega), chebyshev_step(f[i].y, next.v, omega));
    }
  }

  __device__ __forceinline__ void update(const level& l, const team& own, const data_term_weights& weights) const {
    const owned_pixels mine(l, own);
    equations e{};
    find_equations(l, mine, weights, e);
    __syncthreads();
    for (int s = 0; s < half_sweeps; s += 2) {
      renew<0>(l, mine, e, omega[s]);
      __syncthreads();
      if (s + 1 < half_sweeps) renew<1>(l, mine, e, omega[s + 1]);
      __syncthreads();
    }
    every_pixel_of(l, own, [&](int i, int, int) {
      const float2 f = iterate(l)[i];
      l.flow[i] =
          make_short2(limited_to_fixed(f.x, l.flow[i].x, limit, 1), limited_to_fixed(f.y, l.flow[i].y, limit, 1));
    });
  }
};

/// Lucas-Kanade: box windows, summed along rows, then along columns.
struct window_method {
  window_rule rule;

  static constexpr int radius = 2;
  static constexpr int bytes = 2 * sizeof(std::int64_t) + 3 * sizeof(std::int32_t);  ///< of a pixel: more than slopes

  /// The sums of a thread's pixels.
  struct sums {
    window_sums of[owned_pixels::pairs][2];
  };

  static __device__ __forceinline__ std::int64_t* large(const level& l, int which) {
    return reinterpret_cast<std::int64_t*>(l.memory) + which * l.stride();
  }
  static __device__ __forceinline__ std::int32_t* small(const level& l, int which) {
    return reinterpret_cast<std::int32_t*>(large(l, 2)) + which * l.stride();
  }
  static __device__ __forceinline__ window_sums at(const level& l, int i) {
    return {small(l, 0)[i], small(l, 1)[i], small(l, 2)[i], large(l, 0)[i], large(l, 1)[i]};
  }
  static __device__ __forceinline__ void add(window_sums& s, const window_sums& b) {
    s.a11 += b.a11, s.a12 += b.a12, s.a22 += b.a22, s.b1 += b.b1, s.b2 += b.b2;
  }

  /// f(k, p, place, x, y) for the thread's pixels.
  template <class F>
  static __device__ __forceinline__ void each(const level& l, const owned_pixels& mine, const F& f) {
#pragma unroll
    for (int k = 0; k < owned_pixels::pairs; ++k) {
#pragma unroll
      for (int p = 0; p < 2; ++p)
        if (mine.inside[k][p]) f(k, p, mine.place(l, k, p), mine.x[k][p], mine.y[k]);
    }
  }
  /// Between two barriers of the block: what was there has been read, and what is there can be.
  static __device__ __forceinline__ void put(const level& l, const owned_pixels& mine, const sums& s) {
    __syncthreads();
    each(l, mine, [&](int k, int p, int i, int, int) {
      const window_sums& w = s.of[k][p];
      small(l, 0)[i] = w.a11, small(l, 1)[i] = w.a12, small(l, 2)[i] = w.a22;
      large(l, 0)[i] = w.b1, large(l, 1)[i] = w.b2;
    });
    __syncthreads();
  }

  __device__ __forceinline__ void beside_derivatives(const level&, const team&) const {}
  __device__ __forceinline__ void update(const level& l, const team& own, const data_term_weights& weights) const {
    const owned_pixels mine(l, own);
    sums s{};
    each(l, mine, [&](int k, int p, int i, int x, int y) {
      const window_entry e = make_window_entry(tensor_at(l, weights, i, x, y), rule);
      add_to_window(s.of[k][p], e, l.flow[i].x, l.flow[i].y, 1);
    });
    put(l, mine, s);
    each(l, mine, [&](int k, int p, int i, int x, int) {
      s.of[k][p] = {};
      for (int j = -radius; j <= radius; ++j)
        if (x + j >= 0 && x + j < l.width) add(s.of[k][p], at(l, i + j));
    });
    put(l, mine, s);
    each(l, mine, [&](int, int, int i, int, int y) {
      window_sums window;
      for (int j = -radius; j <= radius; ++j)
        if (y + j >= 0 && y + j < l.height) add(window, at(l, i + j * l.width));
      const flow_units f = solve_window(window, l.flow[i].x, l.flow[i].y, rule);
      l.flow[i] = make_short2(f.u, f.v);
    });
  }
};

}  // namespace fluxel::kernels::gpu::coarse
