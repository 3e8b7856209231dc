// SPDX-License-Identifier: Apache-2.0
// Structural similarity: a block for each tile of windows. Rows of moments are summed across once per tile, in shared
// memory, and down by each thread for its own window.

#include "kernels/common/metrics/metrics.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/metrics/metrics.cuh"

namespace fluxel::kernels::gpu {

namespace {

/// Rows of pixels under a tile: with windows at every fourth pixel, or dense ones.
constexpr int most_tile_rows = 36;

template <class T>
__device__ __forceinline__ window_moments moments_across(const comparison& c, const compared_channel& at, int left,
                                                         int y) {
  const similarity_rule& rule = c.similarity;
  const T* a = channel_row<T>(c.judged, at, y) + std::ptrdiff_t{left} * c.judged.channels;
  const T* b = channel_row<T>(c.reference, at, y) + std::ptrdiff_t{left} * c.judged.channels;
  window_moments m;
  for (int k = 0; k < rule.taps; ++k) {
    const std::ptrdiff_t x = std::ptrdiff_t{k} * c.judged.channels;
    const std::uint64_t weight = static_cast<std::uint64_t>(rule.weight[k]);
    const std::uint64_t p = window_sample(a[x], c.low_zero_bits, rule.to_words);
    const std::uint64_t q = window_sample(b[x], c.low_zero_bits, rule.to_words);
    m.judged += weight * p;
    m.reference += weight * q;
    m.squares += weight * (p * p + q * q);
    m.products += weight * (p * q);
  }
  return m;
}

template <class T>
__global__ void __launch_bounds__(tile_x* tile_y) sum_tile(const __grid_constant__ comparison_work w) {
  FLUXEL_SHARED(std::uint32_t, judged, [most_tile_rows][tile_x]);
  FLUXEL_SHARED(std::uint32_t, reference, [most_tile_rows][tile_x]);
  FLUXEL_SHARED(std::uint64_t, squares, [most_tile_rows][tile_x]);
  FLUXEL_SHARED(std::uint64_t, products, [most_tile_rows][tile_x]);
  FLUXEL_SHARED(std::int64_t, similar, [tile_x * tile_y]);
  const similarity_rule& rule = w.c.similarity;
  const int thread = static_cast<int>(threadIdx.y * tile_x + threadIdx.x);
  const auto at = channel_of(blockIdx.x / w.tiles, w.c.judged);
  const int tile = static_cast<int>(blockIdx.x % w.tiles);
  const int first_x = tile % w.tiles_across * tile_x, first_y = tile / w.tiles_across * tile_y;
  const int tile_rows = (tile_y - 1) * rule.stride + rule.taps;
  for (int i = thread; i < tile_rows * tile_x; i += tile_x * tile_y) {
    const int x = i % tile_x, row = i / tile_x, y = first_y * rule.stride + row;
    if (first_x + x >= w.across || y >= w.c.judged.height) continue;
    const auto m = moments_across<T>(w.c, at, (first_x + x) * rule.stride, y);
    judged[row][x] = static_cast<std::uint32_t>(m.judged);
    reference[row][x] = static_cast<std::uint32_t>(m.reference);
    squares[row][x] = m.squares;
    products[row][x] = m.products;
  }
  __syncthreads();
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  std::int64_t own = 0;
  if (first_x + x < w.across && first_y + y < w.down) {
    window_moments m;
    for (int k = 0; k < rule.taps; ++k) {
      const int row = y * rule.stride + k;
      const std::uint64_t weight = static_cast<std::uint64_t>(rule.weight[k]);
      m.judged += weight * judged[row][x];
      m.reference += weight * reference[row][x];
      m.squares += weight * squares[row][x];
      m.products += weight * products[row][x];
    }
    own = window_similarity(m, rule);
  }
  similar[thread] = own;
  add_lanes(similar, thread, tile_x * tile_y);
  if (thread == 0) w.similar[blockIdx.x] = similar[0];
}

}  // namespace

status sum_windows(const comparison_work& w, CUstream_st* stream) {
  if (w.tiles == 0) return status::ok;
  const dim3 grid(static_cast<unsigned>(entry_count(w.c.judged) * w.tiles));
  const dim3 block(tile_x, tile_y);
  return visit_pixel_type(every_pixel_type, w.c.type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    return launch<sum_tile<T>>(grid, block, 0, stream, w);
  });
}

}  // namespace fluxel::kernels::gpu
