// SPDX-License-Identifier: Apache-2.0
// Chebyshev half sweeps, several per pass over memory: a block keeps a tile of the iterate in shared memory and the
// tile's equations in registers, and repeats of its neighbours what the half sweeps of the pass reach. A level that
// fits one tile takes all of them in one launch. The first pass reads the flow, the last one writes it.

#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int tile_x = 64, tile_y = 48;
constexpr int halo = 8;  // half sweeps per pass where tiles have neighbours
constexpr int interior_x = tile_x - 2 * halo, interior_y = tile_y - 2 * halo;
constexpr int most_half_sweeps = 32;
constexpr int row_pairs = tile_x / 2;  // one warp takes the pairs of a row
constexpr int pairs_per_thread = row_pairs * tile_y / flow_threads;
static_assert(row_pairs == flow_block_x && pairs_per_thread * flow_threads == row_pairs * tile_y);
// A thread's rows are 8 apart and tiles begin at even pixels, so that each thread sees one order of colors.
static_assert(flow_block_y % 2 == 0 && interior_x % 2 == 0 && interior_y % 2 == 0 && halo % 2 == 0);
static_assert(most_half_sweeps % 2 == 0);

struct iterate {
  plane<float> u, v;
};

struct sweep_job {
  flow_system system;
  flow_planes flow, out;
  iterate from, to;
  bool first, last;  ///< passes: the first reads `flow`, the last writes `out`
  int limit;
  int halo;
  int half_sweeps;
  float omega[most_half_sweeps];
};

/// One pixel of the tile in registers: its equation, and the weights to its four neighbours.
struct tile_pixel {
  flow_equation equation;
  float left, right, up, down;
};

__device__ __forceinline__ tile_pixel load_pixel(const flow_system& s, const pixel& at) {
  return {{pixel_at(s.i11, at), pixel_at(s.i12, at), pixel_at(s.i22, at), pixel_at(s.c1, at), pixel_at(s.c2, at)},
          at.x > 0 ? pixel_at(s.right, {at.n, at.x - 1, at.y}) : 0.0f,
          pixel_at(s.right, at),
          at.y > 0 ? pixel_at(s.down, {at.n, at.x, at.y - 1}) : 0.0f,
          pixel_at(s.down, at)};
}

/// Even columns of a row, then odd ones: neighbouring threads read neighbouring words.
__device__ __forceinline__ int tile_index(int x, int y) { return y * tile_x + (x & 1) * row_pairs + x / 2; }

/// The neighbours' weighted sum. Outside the tile any value serves: it belongs to pixels that are not written.
__device__ __forceinline__ float sum_in_tile(const float* f, int x, int y, const tile_pixel& p) {
  return neighbour_sum(p.left, f[tile_index(x > 0 ? x - 1 : x, y)], p.right,
                       f[tile_index(x + 1 < tile_x ? x + 1 : x, y)], p.up, f[tile_index(x, y > 0 ? y - 1 : y)],
                       p.down, f[tile_index(x, y + 1 < tile_y ? y + 1 : y)]);
}

__device__ __forceinline__ void renew(float* u, float* v, int x, int y, const tile_pixel& p, float omega) {
  const auto next = flow_jacobi(p.equation, sum_in_tile(u, x, y, p), sum_in_tile(v, x, y, p));
  const int i = tile_index(x, y);
  u[i] = chebyshev_step(u[i], next.u, omega);
  v[i] = chebyshev_step(v[i], next.v, omega);
}

/// One pixel on its way out of the tile.
__device__ __forceinline__ void write_pixel(const sweep_job& job, const pixel& at, float u, float v) {
  if (job.last) {
    pixel_at(job.out.u, at) = limited_to_fixed(u, pixel_at(job.flow.u, at), job.limit);
    pixel_at(job.out.v, at) = limited_to_fixed(v, pixel_at(job.flow.v, at), job.limit);
  } else {
    pixel_at(job.to.u, at) = u;
    pixel_at(job.to.v, at) = v;
  }
}

__global__ void __launch_bounds__(flow_threads) sweep_tile(sweep_job job) {
  FLUXEL_SHARED(float, u, [tile_x * tile_y]);
  FLUXEL_SHARED(float, v, [tile_x * tile_y]);
  const int left = static_cast<int>(blockIdx.x) * interior_x - job.halo;
  const int top = static_cast<int>(blockIdx.y) * interior_y - job.halo;
  const int width = job.flow.u.width, height = job.flow.u.height;
  const int pair_x = 2 * static_cast<int>(threadIdx.x), first_y = static_cast<int>(threadIdx.y);
  const int early = first_y & 1;         // the column of a pair that even half sweeps renew
  tile_pixel mine[2][pairs_per_thread];  // by half sweep
#pragma unroll
  for (int k = 0; k < pairs_per_thread; ++k) {
    const int y = first_y + k * flow_block_y;
#pragma unroll
    for (int c = 0; c < 2; ++c) {
      const int x = pair_x + (early ^ c), i = tile_index(x, y);
      const pixel at{static_cast<int>(blockIdx.z), left + x, top + y};
      const bool real = at.x >= 0 && at.y >= 0 && at.x < width && at.y < height;
      mine[c][k] = real ? load_pixel(job.system, at) : tile_pixel{};
      u[i] = !real ? 0.0f : job.first ? static_cast<float>(pixel_at(job.flow.u, at)) : pixel_at(job.from.u, at);
      v[i] = !real ? 0.0f : job.first ? static_cast<float>(pixel_at(job.flow.v, at)) : pixel_at(job.from.v, at);
    }
  }
  __syncthreads();
  for (int s = 0; s < job.half_sweeps; s += 2) {
#pragma unroll
    for (int k = 0; k < pairs_per_thread; ++k)
      renew(u, v, pair_x + early, first_y + k * flow_block_y, mine[0][k], job.omega[s]);
    __syncthreads();
    if (s + 1 < job.half_sweeps) {
#pragma unroll
      for (int k = 0; k < pairs_per_thread; ++k)
        renew(u, v, pair_x + (early ^ 1), first_y + k * flow_block_y, mine[1][k], job.omega[s + 1]);
    }
    __syncthreads();
  }
  for (int k = 0; k < pairs_per_thread; ++k) {
    const int y = first_y + k * flow_block_y;
    for (int half = 0; half < 2; ++half) {
      const int x = static_cast<int>(threadIdx.x) + half * row_pairs;
      const pixel at{static_cast<int>(blockIdx.z), left + x, top + y};
      const bool inner = x >= job.halo && x < tile_x - job.halo && y >= job.halo && y < tile_y - job.halo;
      if (inner && at.x < width && at.y < height) write_pixel(job, at, u[tile_index(x, y)], v[tile_index(x, y)]);
    }
  }
}

}  // namespace

status relax(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
             const flow_planes& flow, const flow_planes& out, const launch_options& options) {
  const plane<std::int16_t>& p = flow.u;
  const bool one_tile = p.width <= tile_x && p.height <= tile_y;
  const int most = one_tile ? most_half_sweeps : halo;
  const dim3 grid(one_tile ? 1 : divide_up(p.width, interior_x), one_tile ? 1 : divide_up(p.height, interior_y),
                  p.count);
  const int total = static_cast<int>(how_far.omega.size());
  iterate now{scratch[0], scratch[1]}, next{scratch[2], scratch[3]};
  status result = status::ok;
  for (int done = 0; done < total && result == status::ok; done += most) {
    const int count = total - done < most ? total - done : most;
    sweep_job job{system, flow, out, now, next, done == 0, done + count == total, how_far.limit, one_tile ? 0 : halo,
                  count,  {}};
    for (int s = 0; s < count; ++s) job.omega[s] = how_far.omega[done + s];
    result = launch<sweep_tile>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream, job);
    std::swap(now, next);
  }
  return result;
}

}  // namespace fluxel::kernels::gpu
