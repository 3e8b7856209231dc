// SPDX-License-Identifier: Apache-2.0
// The weighted median on the device: a thread for each pixel, whose neighbours' weights are computed once into shared
// memory; u and v are then found by bisection between the window's smallest and largest value.

#include "kernels/common/flow/weighted_median.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int reach = weighted_median_max_radius, most_window = (2 * reach + 1) * (2 * reach + 1);
constexpr int block_x = 32, block_y = 4, threads = block_x * block_y;
constexpr int tile_x = block_x + 2 * reach, tile_y = block_y + 2 * reach;

struct median_job {
  flow_planes in, out;
  median_guide guide;
  plane<const u8> trust;
  weighted_median_rule rule;
};

/// A thread's window: in its tile, and the weights of its pixels, row after row.
struct window_of_thread {
  int radius, center;  ///< the pixel's place in the tile
  const u8* weights;   ///< one for each `threads`
  int total;

  /// step(place in the tile, weight) for every pixel of the window.
  template <class Step>
  __device__ __forceinline__ void each(const Step& step) const {
    const u8* weight = weights;
    for (int j = -radius; j <= radius; ++j)
      for (int i = -radius; i <= radius; ++i, weight += threads) step(center + j * tile_x + i, int{*weight});
  }
  __device__ __forceinline__ std::int16_t median(const std::int16_t* values) const {
    int low = values[center], high = low;
    each([&](int at, int) {
      const int value = values[at];
      low = value < low ? value : low;
      high = value > high ? value : high;
    });
    while (low < high) {
      const int middle = middle_of(low, high);
      int below = 0;
      each([&](int at, int weight) { below += values[at] <= middle ? weight : 0; });
      if (2 * below >= total)
        high = middle;
      else
        low = middle + 1;
    }
    return total == 0 ? values[center] : static_cast<std::int16_t>(low);
  }
};

__global__ void __launch_bounds__(threads) weighted_median_tiles(const __grid_constant__ median_job job) {
  FLUXEL_SHARED(u8, weights, [most_window * threads]);
  FLUXEL_SHARED(u16, guide, [3 * tile_x * tile_y]);
  FLUXEL_SHARED(std::int16_t, u, [tile_x * tile_y]);
  FLUXEL_SHARED(std::int16_t, v, [tile_x * tile_y]);
  FLUXEL_SHARED(u8, trust, [tile_x * tile_y]);
  const int n = static_cast<int>(blockIdx.z), thread = static_cast<int>(threadIdx.y * block_x + threadIdx.x);
  const int left = static_cast<int>(blockIdx.x) * block_x, top = static_cast<int>(blockIdx.y) * block_y;
  const int width = job.in.u.width, height = job.in.u.height, radius = job.rule.radius;
  for (int i = thread; i < tile_x * tile_y; i += threads) {
    const int dx = i % tile_x - reach, dy = i / tile_x - reach;
    if (dx < -radius || dx >= block_x + radius || dy < -radius || dy >= block_y + radius) continue;
    const int x = reflect_index(left + dx, width), y = reflect_index(top + dy, height);
    u[i] = kernels::pixel_at(job.in.u, n, x, y);
    v[i] = kernels::pixel_at(job.in.v, n, x, y);
    trust[i] = kernels::pixel_at(job.trust, n, x, y);
    for (int c = 0; c < job.guide.count; ++c)
      guide[c * tile_x * tile_y + i] =
          static_cast<u16>(guide_level(kernels::pixel_at(job.guide.planes[c], n, x, y), job.rule.shift));
  }
  __syncthreads();
  const int tx = static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y), x = left + tx, y = top + ty;
  if (x < width && y < height) {
    window_of_thread window{radius, (ty + reach) * tile_x + tx + reach, weights + thread, 0};
    u8* weight = weights + thread;
    for (int j = -radius; j <= radius; ++j)
      for (int i = -radius; i <= radius; ++i, weight += threads) {
        const int at = window.center + j * tile_x + i;
        int squared = 0;
        for (int c = 0; c < job.guide.count; ++c)
          squared += squared_unlikeness(guide[c * tile_x * tile_y + at], guide[c * tile_x * tile_y + window.center]);
        const int w =
            neighbour_weight(job.rule.nearness[j < 0 ? -j : j][i < 0 ? -i : i], squared, trust[at], job.rule);
        *weight = static_cast<u8>(w);
        window.total += w;
      }
    kernels::pixel_at(job.out.u, n, x, y) = window.median(u);
    kernels::pixel_at(job.out.v, n, x, y) = window.median(v);
  }
}

}  // namespace

status weighted_median(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                       const weighted_median_rule& rule, const flow_planes& out, const launch_options& options) {
  const dim3 grid(divide_up(in.u.width, block_x), divide_up(in.u.height, block_y), in.u.count);
  return launch<weighted_median_tiles>(grid, dim3(block_x, block_y), 0, options.stream,
                                       median_job{in, out, guide, trust, rule});
}

}  // namespace fluxel::kernels::gpu
