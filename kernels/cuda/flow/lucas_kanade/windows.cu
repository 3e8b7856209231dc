// SPDX-License-Identifier: Apache-2.0
// Lucas-Kanade windows from tiles in shared memory: sums across, then sums down. Every thread runs along a short
// stretch, where the next box differs from the one before by a pixel that enters and one that leaves.

#include "kernels/cuda/flow/lucas_kanade/windows.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int tile_x = 32, tile_y = 16;  // pixels that a block solves
constexpr int most = 2 * window_max_radius;
constexpr int stretch = 4;                            // sums across that one thread makes
constexpr int down = tile_x * tile_y / flow_threads;  // windows that one thread solves, one below the other
constexpr int pitch = tile_x + most + 1;              // odd: rows begin in different banks

struct window_job {
  window_entry_planes entries;
  flow_planes from, to;
  window_rule rule;
  int radius;
  std::int32_t weights[most + 1];  ///< unused with boxes
  plane<const float> smaller;
  float least_eigenvalue;
};

/// What a pixel adds to the sum `which` of window_sums; nothing outside the image.
__device__ __forceinline__ std::int64_t entry_at(const window_job& job, int which, const pixel& at) {
  const auto& e = job.entries;
  if (at.x < 0 || at.y < 0 || at.x >= e.a11.width || at.y >= e.a11.height) return 0;
  if (which == 0) return pixel_at(e.a11, at);
  if (which == 1) return pixel_at(e.a12, at);
  if (which == 2) return pixel_at(e.a22, at);
  const std::int64_t u = pixel_at(job.from.u, at), v = pixel_at(job.from.v, at);
  return which == 3 ? pixel_at(e.a11, at) * u + pixel_at(e.a12, at) * v + pixel_at(e.b1, at)
                    : pixel_at(e.a12, at) * u + pixel_at(e.a22, at) * v + pixel_at(e.b2, at);
}

/// Sums of 2 radius + 1 values at `count` neighbouring places: put(i, sum) for value(i) ... value(i + 2 radius).
template <bool box, int count, class Value, class Put>
__device__ __forceinline__ void run_windows(const window_job& job, const Value& value, const Put& put) {
  const int side = 2 * job.radius + 1;
  std::int64_t sum = 0;
  if constexpr (box) {
    for (int k = 0; k < side; ++k) sum += value(k);
    put(0, sum);
    for (int i = 1; i < count; ++i) {
      sum += value(i + side - 1) - value(i - 1);
      put(i, sum);
    }
  } else {
    for (int i = 0; i < count; ++i, sum = 0) {
      for (int k = 0; k < side; ++k) sum += job.weights[k] * value(i + k);
      put(i, sum);
    }
  }
}

__device__ __forceinline__ void solve_pixel(const window_job& job, const pixel& at, const std::int64_t (&s)[5]) {
  if (!inside(at, job.from.u)) return;
  flow_units flow{pixel_at(job.from.u, at), pixel_at(job.from.v, at)};
  const window_sums sums{static_cast<std::int32_t>(s[0]), static_cast<std::int32_t>(s[1]),
                         static_cast<std::int32_t>(s[2]), s[3], s[4]};
  if (job.smaller.data == nullptr || !(pixel_at(job.smaller, at) < job.least_eigenvalue))
    flow = solve_window(sums, flow.u, flow.v, job.rule);
  pixel_at(job.to.u, at) = flow.u;
  pixel_at(job.to.v, at) = flow.v;
}

template <bool box>
__global__ void __launch_bounds__(flow_threads) solve_window_tiles(window_job job) {
  FLUXEL_SHARED(std::int64_t, tile, [tile_y + most][pitch]);
  FLUXEL_SHARED(std::int64_t, across, [tile_y + most][tile_x]);
  const int thread = threadIdx.y * flow_block_x + threadIdx.x;
  const int r = job.radius, wide = tile_x + 2 * r, high = tile_y + 2 * r;
  const int left = blockIdx.x * tile_x, top = blockIdx.y * tile_y, n = blockIdx.z;
  const int x = threadIdx.x, y = threadIdx.y * down;
  std::int64_t sums[down][5];
  for (int which = 0; which < 5; ++which) {
    for (int i = thread; i < wide * high; i += flow_threads)
      tile[i / wide][i % wide] = entry_at(job, which, {n, left - r + i % wide, top - r + i / wide});
    __syncthreads();
    for (int i = thread; i < high * (tile_x / stretch); i += flow_threads) {
      const int row = i / (tile_x / stretch), begin = i % (tile_x / stretch) * stretch;
      run_windows<box, stretch>(
          job, [&](int k) { return tile[row][begin + k]; },
          [&](int k, std::int64_t s) { across[row][begin + k] = s; });
    }
    __syncthreads();
    run_windows<box, down>(
        job, [&](int k) { return across[y + k][x]; }, [&](int k, std::int64_t s) { sums[k][which] = s; });
  }
  for (int k = 0; k < down; ++k) solve_pixel(job, {n, left + x, top + y + k}, sums[k]);
}

}  // namespace

status solve_windows(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                     const flow_windows& windows, const flow_exchange& flow, const launch_options& options) {
  const status found = find_window_entries(frames, warped, energy, windows, options);
  if (found != status::ok) return found;
  window_job job{entry_planes_of(windows), flow.from, flow.to,         windows.rule,
                 windows.radius,           {},        windows.smaller, windows.least_eigenvalue};
  for (std::size_t i = 0; i < windows.weights.size(); ++i) job.weights[i] = windows.weights[i];
  const auto& p = frames.prev;
  const dim3 grid(divide_up(p.width, tile_x), divide_up(p.height, tile_y), p.count),
      block(flow_block_x, flow_block_y);
  return windows.weights.empty() ? launch<solve_window_tiles<true>>(grid, block, 0, options.stream, job)
                                 : launch<solve_window_tiles<false>>(grid, block, 0, options.stream, job);
}

}  // namespace fluxel::kernels::gpu
