// SPDX-License-Identifier: Apache-2.0
#pragma once

// Chebyshev half sweeps over a tile whose unknowns and equations stay in registers. A thread has two neighbouring
// columns of several rows, a warp is 64 columns wide. The neighbour to the left or right is the thread's own or comes
// by a shuffle; above and below are the thread's own too, except where warps meet: those rows go through shared
// memory. Tiles start at even pixels, so that the color of each register is known at compile time.

#include <type_traits>

#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int sweep_tile_x = 64;  ///< two columns for each lane
inline constexpr int most_half_sweeps = 32;
inline constexpr unsigned all_lanes = 0xffffffffu;

template <int Rows, int Warps>
struct sweep_shape {
  static constexpr int rows = Rows;  ///< of a thread
  static constexpr int warps = Warps;
  static constexpr int tile_y = Rows * Warps;
  static constexpr int threads = 32 * Warps;
  static_assert(Rows % 2 == 0);
};

/// The planes of flow_system in their order.
enum system_plane { at_i11, at_i12, at_i22, at_c1, at_c2, at_right, at_down, system_planes };

/// A pass over memory. All float planes share pitch and stride, and all flow planes; rows start at multiples of 16
/// bytes.
struct sweep_job {
  const float* system[system_planes];
  const float* from[2];         ///< u and v of the pass before; unused in the first
  float* to[2];                 ///< unused in the last pass
  const std::int16_t* flow[2];  ///< what the first pass starts from
  std::int16_t* out[2];         ///< what the last pass writes
  std::ptrdiff_t stride, flow_stride;
  int pitch, flow_pitch;
  int width, height;
  int tiles_x, tiles_y, tiles;  ///< `tiles`: of all images
  bool first, last;
  int limit, finer;
  int halo;  ///< even; at least half_sweeps, or 0 where a tile has no neighbours
  int half_sweeps;
  float omega[most_half_sweeps];
};

/// A tile's place. What is computed `halo` pixels or nearer to a side with a neighbour is not written.
struct sweep_place {
  int n, left, top;
  bool first_x, last_x, first_y, last_y;
};
template <class Shape>
__device__ __forceinline__ sweep_place place_of_tile(const sweep_job& job, int n, int tx, int ty) {
  return {n,
          tx * (sweep_tile_x - 2 * job.halo),
          ty * (Shape::tile_y - 2 * job.halo),
          tx == 0,
          tx + 1 == job.tiles_x,
          ty == 0,
          ty + 1 == job.tiles_y};
}

/// u and v of rows at which warps meet: by the half sweep that renews them, the warp, and its first or last row.
template <class Shape>
using sweep_edges = float2 (&)[2][Shape::warps][2][32];

/// The pixels of a thread.
template <class Shape>
struct swept_pixels {
  static constexpr int rows = Shape::rows;
  float u[rows][2], v[rows][2];
  float i11[rows][2], i12[rows][2], i22[rows][2], c1[rows][2], c2[rows][2];
  float left[rows], right[rows][2], up[2], down[rows][2];

  /// source.system(plane, row), source.unknowns(row, u, v) and source.above() give two columns each; what lies
  /// outside the image is replaced by zeros. Beyond the tile weights are 0: pixels there are too far from those
  /// written.
  template <class Source>
  __device__ __forceinline__ void load(const Source& source, const sweep_job& job, int x, int y) {
    const bool in_x = x < job.width, both = x + 1 < job.width;
    const auto keep = [&](float(&to)[2], float2 pair) {
      to[0] = pair.x;
      to[1] = both ? pair.y : 0.0f;
    };
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      const bool real = in_x && y + r < job.height;
      const auto system = [&](system_plane p) { return real ? source.system(p, r) : float2{}; };
      keep(i11[r], system(at_i11));
      keep(i12[r], system(at_i12));
      keep(i22[r], system(at_i22));
      keep(c1[r], system(at_c1));
      keep(c2[r], system(at_c2));
      keep(right[r], system(at_right));
      keep(down[r], system(at_down));
      float2 pair_u{}, pair_v{};
      if (real) source.unknowns(r, pair_u, pair_v);
      keep(u[r], pair_u);
      keep(v[r], pair_v);
    }
    keep(up, in_x && y < job.height && threadIdx.y > 0 ? source.above() : float2{});
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      left[r] = __shfl_up_sync(all_lanes, right[r][1], 1);
      if (threadIdx.x == 0) left[r] = 0;
    }
  }

  /// Before the first half sweep, which reads what the second will renew.
  __device__ __forceinline__ void publish(sweep_edges<Shape> edges) const {
    const int lane = threadIdx.x, warp = threadIdx.y;
    edges[1][warp][0][lane] = make_float2(u[0][1], v[0][1]);
    edges[1][warp][1][lane] = make_float2(u[rows - 1][0], v[rows - 1][0]);
    // Of a warp without pixels; it is read with weight 0.
    edges[0][warp][0][lane] = edges[0][warp][1][lane] = float2{};
  }

  /// Half sweep `Parity` of two.
  template <int Parity>
  __device__ __forceinline__ void renew(sweep_edges<Shape> edges, float omega) {
    const int lane = threadIdx.x, warp = threadIdx.y;
    float2 above{}, below{};
    if (warp > 0) above = edges[1 - Parity][warp - 1][1][lane];
    if (warp + 1 < Shape::warps) below = edges[1 - Parity][warp + 1][0][lane];
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      const int c = (Parity ^ r) & 1, upper = r > 0 ? r - 1 : 0, lower = r + 1 < rows ? r + 1 : r;
      const float su = neighbour_sum(c == 0 ? left[r] : right[r][0], beside_left(u[r], c), right[r][c],
                                     beside_right(u[r], c), r > 0 ? down[upper][c] : up[c],
                                     r > 0 ? u[upper][c] : above.x, down[r][c], r + 1 < rows ? u[lower][c] : below.x);
      const float sv = neighbour_sum(c == 0 ? left[r] : right[r][0], beside_left(v[r], c), right[r][c],
                                     beside_right(v[r], c), r > 0 ? down[upper][c] : up[c],
                                     r > 0 ? v[upper][c] : above.y, down[r][c], r + 1 < rows ? v[lower][c] : below.y);
      const auto next = flow_jacobi({i11[r][c], i12[r][c], i22[r][c], c1[r][c], c2[r][c]}, su, sv);
      u[r][c] = chebyshev_step(u[r][c], next.u, omega);
      v[r][c] = chebyshev_step(v[r][c], next.v, omega);
    }
    constexpr int last = rows - 1;
    edges[Parity][warp][0][lane] = make_float2(u[0][Parity], v[0][Parity]);
    edges[Parity][warp][1][lane] = make_float2(u[last][(Parity ^ last) & 1], v[last][(Parity ^ last) & 1]);
  }

 private:
  static __device__ __forceinline__ float beside_left(const float (&f)[2], int c) {
    return c == 0 ? __shfl_up_sync(all_lanes, f[1], 1) : f[0];
  }
  static __device__ __forceinline__ float beside_right(const float (&f)[2], int c) {
    return c == 0 ? f[1] : __shfl_down_sync(all_lanes, f[0], 1);
  }
};

/// How many of the half sweeps a warp takes part in: the pixels that are written do not depend on its rows in later
/// ones.
template <class Shape>
__device__ __forceinline__ int half_sweeps_of_warp(const sweep_job& job, const sweep_place& at) {
  const int low = static_cast<int>(threadIdx.y) * Shape::rows, high = low + Shape::rows;
  if (at.top + low >= job.height) return 0;
  const int n = job.half_sweeps;
  const int above = at.first_y ? n : n - 1 - (job.halo - high);
  const int below = at.last_y ? n : n - 1 - (low - (Shape::tile_y - job.halo));
  return min(n, min(above, below));
}

/// All half sweeps of a pass, with meanwhile() once in each. Every thread of the block calls it, after a barrier
/// behind `publish`.
template <class Shape, class Meanwhile>
__device__ __forceinline__ void sweep_pixels(swept_pixels<Shape>& mine, const sweep_job& job, const sweep_place& at,
                                             sweep_edges<Shape> edges, const Meanwhile& meanwhile) {
  const int needed = half_sweeps_of_warp<Shape>(job, at);
  for (int s = 0; s < job.half_sweeps; s += 2) {
    if (s < needed) mine.template renew<0>(edges, job.omega[s]);
    meanwhile();
    __syncthreads();
    if (s + 1 < needed) mine.template renew<1>(edges, job.omega[s + 1]);
    meanwhile();
    __syncthreads();
  }
}

/// Two columns of a row at (x, y), for the next pass.
template <class Shape>
__device__ __forceinline__ void store_iterate(const swept_pixels<Shape>& mine, const sweep_job& job, int r, int n,
                                              int x, int y) {
  const std::ptrdiff_t at = n * job.stride + std::ptrdiff_t{y} * job.pitch + x;
  if (x + 1 < job.width) {
    *reinterpret_cast<float2*>(job.to[0] + at) = make_float2(mine.u[r][0], mine.u[r][1]);
    *reinterpret_cast<float2*>(job.to[1] + at) = make_float2(mine.v[r][0], mine.v[r][1]);
  } else {
    job.to[0][at] = mine.u[r][0];
    job.to[1][at] = mine.v[r][0];
  }
}

/// As the result: `u` and `v` are the flow before.
template <class Shape>
__device__ __forceinline__ void store_result(const swept_pixels<Shape>& mine, const sweep_job& job, int r, int n,
                                             int x, int y, short2 u, short2 v) {
  const std::ptrdiff_t at = n * job.flow_stride + std::ptrdiff_t{y} * job.flow_pitch + x;
  auto limited = [&](float units, std::int16_t before) {
    return limited_to_fixed(units, before, job.limit, job.finer);
  };
  const short2 new_u{limited(mine.u[r][0], u.x), limited(mine.u[r][1], u.y)};
  const short2 new_v{limited(mine.v[r][0], v.x), limited(mine.v[r][1], v.y)};
  if (x + 1 < job.width) {
    *reinterpret_cast<short2*>(job.out[0] + at) = new_u;
    *reinterpret_cast<short2*>(job.out[1] + at) = new_v;
  } else {
    job.out[0][at] = new_u.x;
    job.out[1][at] = new_v.x;
  }
}

/// source.flow(row, u, v) gives two columns of the flow before.
template <class Shape, class Source>
__device__ __forceinline__ void store_pixels(const swept_pixels<Shape>& mine, const Source& source,
                                             const sweep_job& job, const sweep_place& at) {
  const int tx = 2 * static_cast<int>(threadIdx.x), x = at.left + tx;
  if (x >= job.width || !(at.first_x || tx >= job.halo) || !(at.last_x || tx < sweep_tile_x - job.halo)) return;
#pragma unroll
  for (int r = 0; r < Shape::rows; ++r) {
    const int ty = static_cast<int>(threadIdx.y) * Shape::rows + r, y = at.top + ty;
    if (y >= job.height || !(at.first_y || ty >= job.halo) || !(at.last_y || ty < Shape::tile_y - job.halo)) continue;
    if (job.last) {
      short2 u, v;
      source.flow(r, u, v);
      store_result(mine, job, r, at.n, x, y, u, v);
    } else {
      store_iterate(mine, job, r, at.n, x, y);
    }
  }
}

}  // namespace fluxel::kernels::gpu
