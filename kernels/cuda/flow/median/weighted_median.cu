// SPDX-License-Identifier: Apache-2.0
// The weighted median on the device: a thread for each pixel, whose neighbours' weights are computed once into shared
// memory; u and v are then found by bisection between the window's smallest and largest value, both at once: what
// bounds it are the reads of shared memory.

#include "kernels/common/flow/weighted_median.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int reach = weighted_median_max_radius;
constexpr int block_x = 32, block_y = 4, threads = block_x * block_y;
constexpr int tile_x = block_x + 2 * reach, tile_y = block_y + 2 * reach;

struct median_job {
  flow_planes in, out;
  median_guide guide;
  plane<const u8> trust;
  weighted_median_rule rule;
};

/// The largest radius of a kernel for the radius `fixed`, or for any (0).
template <int fixed>
constexpr int most_radius = fixed > 0 ? fixed : reach;

/// Of a window's row: a byte for each weight.
template <int fixed>
constexpr int row_words = (2 * most_radius<fixed> + 4) / 4;

/// A thread's window: its pixels in the tile, u in the lower half and v in the upper, and their weights. `fixed`: the
/// radius; 0: `radius`.
template <int fixed>
struct window_of_thread {
  int radius;
  const unsigned* center;
  const unsigned* weights;  ///< row_words<fixed> for each row, one for each `threads`
  int total;

  /// step(vector, weight) for every pixel of the window.
  template <class Step>
  __device__ __forceinline__ void each(const Step& step) const {
    const int r = fixed > 0 ? fixed : radius;
#pragma unroll 1
    for (int j = 0; j <= 2 * r; ++j) {
      const unsigned* const row = center + (j - r) * tile_x - r;
      const unsigned* const four = weights + j * row_words<fixed> * threads;
#pragma unroll
      for (int i = 0; i <= 2 * r; ++i)
        step(row[i], static_cast<int>(__byte_perm(four[i / 4 * threads], 0, 0x4440u + i % 4)));
    }
  }
  __device__ __forceinline__ unsigned median() const {
    if (total == 0) return *center;
    unsigned least = *center, most = least;
    each([&](unsigned vector, int) {
      least = __vmins2(least, vector);
      most = __vmaxs2(most, vector);
    });
    int low_u = lower(least), high_u = lower(most), low_v = upper(least), high_v = upper(most);
    while (low_u < high_u || low_v < high_v) {
      const int middle_u = middle_of(low_u, high_u), middle_v = middle_of(low_v, high_v);
      const int most_u = last_of(middle_u), most_v = last_of(middle_v);
      int below_u = 0, below_v = 0;
      each([&](unsigned vector, int weight) {
        below_u += static_cast<int>(vector << 16) <= most_u ? weight : 0;
        below_v += static_cast<int>(vector) <= most_v ? weight : 0;
      });
      // Where both ends have met they stay.
      narrow(low_u, high_u, middle_u, below_u);
      narrow(low_v, high_v, middle_v, below_v);
    }
    return (static_cast<unsigned>(low_u) & 0xffffu) | static_cast<unsigned>(low_v) << 16;
  }

 private:
  static __device__ __forceinline__ int lower(unsigned vector) { return static_cast<std::int16_t>(vector & 0xffffu); }
  static __device__ __forceinline__ int upper(unsigned vector) { return static_cast<std::int16_t>(vector >> 16); }
  /// The largest word with this value in its upper half.
  static __device__ __forceinline__ int last_of(int value) {
    return static_cast<int>(static_cast<unsigned>(value) << 16 | 0xffffu);
  }
  __device__ __forceinline__ void narrow(int& low, int& high, int middle, int below) const {
    if (2 * below >= total)
      high = middle;
    else
      low = middle + 1;
  }
};

/// What the neighbours of a pixel weigh, by their place beside it.
template <int colors>
struct weigher {
  const weighted_median_rule& rule;
  const u16* guide;  ///< a tile for each color
  const u8* trust;
  int center;

  __device__ __forceinline__ int operator()(int j, int i) const {
    const int at = center + j * tile_x + i;
    int squared = 0;
#pragma unroll
    for (int c = 0; c < colors; ++c)
      squared += squared_unlikeness(guide[c * tile_x * tile_y + at], guide[c * tile_x * tile_y + center]);
    return neighbour_weight(rule.nearness[j < 0 ? -j : j][i < 0 ? -i : i], squared, trust[at], rule);
  }
};

template <int fixed, int colors>
__global__ void __launch_bounds__(threads) weighted_median_tiles(const __grid_constant__ median_job job) {
  FLUXEL_SHARED(unsigned, weights, [(2 * most_radius<fixed> + 1) * row_words<fixed> * threads]);
  FLUXEL_SHARED(u16, guide, [colors * tile_x * tile_y]);
  FLUXEL_SHARED(unsigned, vectors, [tile_x * tile_y]);
  FLUXEL_SHARED(u8, trust, [tile_x * tile_y]);
  const int n = static_cast<int>(blockIdx.z), thread = static_cast<int>(threadIdx.y * block_x + threadIdx.x);
  const int left = static_cast<int>(blockIdx.x) * block_x, top = static_cast<int>(blockIdx.y) * block_y;
  const int width = job.in.u.width, height = job.in.u.height, radius = job.rule.radius;
  for (int i = thread; i < tile_x * tile_y; i += threads) {
    const int dx = i % tile_x - reach, dy = i / tile_x - reach;
    if (dx < -radius || dx >= block_x + radius || dy < -radius || dy >= block_y + radius) continue;
    const int x = reflect_index(left + dx, width), y = reflect_index(top + dy, height);
    vectors[i] = static_cast<u16>(kernels::pixel_at(job.in.u, n, x, y)) |
                 static_cast<unsigned>(static_cast<u16>(kernels::pixel_at(job.in.v, n, x, y))) << 16;
    trust[i] = kernels::pixel_at(job.trust, n, x, y);
    for (int c = 0; c < colors; ++c)
      guide[c * tile_x * tile_y + i] =
          static_cast<u16>(guide_level(kernels::pixel_at(job.guide.planes[c], n, x, y), job.rule.shift));
  }
  __syncthreads();
  const int tx = static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y), x = left + tx, y = top + ty;
  if (x < width && y < height) {
    const int center = (ty + reach) * tile_x + tx + reach;
    window_of_thread<fixed> window{radius, vectors + center, weights + thread, 0};
    const weigher<colors> weigh{job.rule, guide, trust, center};
    const int r = fixed > 0 ? fixed : radius;
#pragma unroll 1
    for (int j = -r; j <= r; ++j) {
      unsigned* const words = weights + (j + r) * row_words<fixed> * threads + thread;
      unsigned word = 0;
#pragma unroll
      for (int k = 0; k <= 2 * r; ++k) {
        const int w = weigh(j, k - r);
        window.total += w;
        word |= static_cast<unsigned>(w) << k % 4 * 8;
        if (k % 4 != 3 && k != 2 * r) continue;
        words[k / 4 * threads] = word;
        word = 0;
      }
    }
    const unsigned median = window.median();
    kernels::pixel_at(job.out.u, n, x, y) = static_cast<std::int16_t>(median & 0xffffu);
    kernels::pixel_at(job.out.v, n, x, y) = static_cast<std::int16_t>(median >> 16);
  }
}

template <int fixed, int colors>
status launch_tiles(const median_job& job, const launch_options& options) {
  const dim3 grid(divide_up(job.in.u.width, block_x), divide_up(job.in.u.height, block_y), job.in.u.count);
  return launch<weighted_median_tiles<fixed, colors>>(grid, dim3(block_x, block_y), 0, options.stream, job);
}

/// The loops of the presets' radii are unrolled.
template <int colors>
status launch_colors(const median_job& job, const launch_options& options) {
  switch (job.rule.radius) {
    case 4:
      return launch_tiles<4, colors>(job, options);
    case 5:
      return launch_tiles<5, colors>(job, options);
    case 7:
      return launch_tiles<7, colors>(job, options);
    default:
      return launch_tiles<0, colors>(job, options);
  }
}

}  // namespace

status weighted_median(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                       const weighted_median_rule& rule, const flow_planes& out, const launch_options& options) {
  const median_job job{in, out, guide, trust, rule};
  return guide.count == 1 ? launch_colors<1>(job, options) : launch_colors<3>(job, options);
}

}  // namespace fluxel::kernels::gpu
