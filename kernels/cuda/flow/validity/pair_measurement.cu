// SPDX-License-Identifier: Apache-2.0
// What is measured of a pair of frames on the device: counts in shared memory, added by integer atomics, and one
// block for each pair that sums up.

#include "kernels/common/flow/pair_measurement.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int threads = 256;
constexpr int most_blocks = 264;  ///< of a pair: two for each processor of the largest devices
constexpr int rows_per_block = 8;

struct differences_of {
  static constexpr int bins = pair_histograms::differences;
  static __device__ int bin(const pair_measurement& m, int n, int x, int y) { return difference_bin(m, n, x, y); }
  static __device__ std::uint32_t* counts(pair_histograms& h) { return h.difference; }
};
struct levels_of {
  static constexpr int bins = pair_histograms::levels;
  static __device__ int bin(const pair_measurement& m, int n, int x, int y) { return level_bin(m, n, x, y); }
  static __device__ std::uint32_t* counts(pair_histograms& h) { return h.level; }
};

template <class What>
__global__ void __launch_bounds__(threads) count_pixels(const __grid_constant__ pair_measurement m) {
  FLUXEL_SHARED(std::uint32_t, counts, [What::bins]);
  const int n = static_cast<int>(blockIdx.z), lane = static_cast<int>(threadIdx.x);
  for (int k = lane; k < What::bins; k += threads) counts[k] = 0;
  __syncthreads();
  for (int y = static_cast<int>(blockIdx.x); y < m.frames.prev.height; y += static_cast<int>(gridDim.x))
    for (int x = lane; x < m.frames.prev.width; x += threads) {
      const int bin = What::bin(m, n, x, y);
      if (bin >= 0) atomicAdd(&counts[bin], 1u);
    }
  __syncthreads();
  std::uint32_t* const sum = What::counts(m.histograms[n]);
  for (int k = lane; k < What::bins; k += threads)
    if (counts[k] != 0) atomicAdd(&sum[k], counts[k]);
}

/// A block of threads for a block of pixels, of both frames in turn.
__global__ void __launch_bounds__(threads) count_seconds(const __grid_constant__ pair_measurement m) {
  FLUXEL_SHARED(std::int32_t, sums, [2]);
  const int n = static_cast<int>(blockIdx.z), frame = static_cast<int>(blockIdx.x % 2);
  const int lane = static_cast<int>(threadIdx.x);
  if (lane < 2) sums[lane] = 0;
  __syncthreads();
  block_sum own;
  add_second(own, frame == 0 ? m.frames.prev : m.frames.next, frame == 0 ? m.frames.prev_mask : m.frames.next_mask, n,
             static_cast<int>(blockIdx.x / 2) * noise_block + lane % noise_block,
             static_cast<int>(blockIdx.y) * noise_block + lane / noise_block);
  if (own.pixels != 0) {
    atomicAdd(&sums[0], own.sum);
    atomicAdd(&sums[1], own.pixels);
  }
  __syncthreads();
  const block_sum block{sums[0], sums[1]};
  if (lane == 0 && block.pixels >= least_block_pixels)
    atomicAdd(&m.histograms[n].second[frame][second_bin(block)], 1u);
}

/// Sums over the bins of one part of a histogram, of which each thread has one: of `value` of every bin.
template <int bins, class Value>
__device__ __forceinline__ std::int64_t part_of(int lane, const Value& value) {
  static_assert(bins % threads == 0);
  std::int64_t sum = 0;
  for (int k = lane * (bins / threads); k < (lane + 1) * (bins / threads); ++k) sum += value(k);
  return sum;
}

__device__ __forceinline__ std::int64_t sum_of(const std::int64_t* parts) {
  std::int64_t sum = 0;
  for (int k = 0; k < threads; ++k) sum += parts[k];
  return sum;
}

/// bin_of_share over the parts first, then inside of one.
template <int bins, class Count>
__device__ __forceinline__ int bin_of_parts(const std::int64_t* parts, int share, const Count& count) {
  constexpr int size = bins / threads;
  const std::int64_t total = sum_of(parts);
  const int part = bin_of_share(bin_counts<std::int64_t>{parts}, 0, threads, total, share);
  if (part < 0) return -1;
  std::int64_t before = 0;
  for (int k = 0; k < part; ++k) before += parts[k];
  return bin_of_share(count, part * size, size, total, share, before);
}

__global__ void __launch_bounds__(threads) find_limits(const __grid_constant__ pair_measurement m) {
  constexpr int differences = pair_histograms::differences, levels = pair_histograms::levels,
                seconds = pair_histograms::seconds;
  enum { known, difference, pixels, level, sizes, prev_second, next_second, kinds };
  FLUXEL_SHARED(std::int64_t, parts, [kinds][threads]);
  FLUXEL_SHARED(std::int32_t, mean, [2]);
  const int n = static_cast<int>(blockIdx.x), lane = static_cast<int>(threadIdx.x);
  const pair_histograms& h = m.histograms[n];
  const magnitude_counts size{h.difference};
  const bin_counts<std::uint32_t> prev{h.second[0]}, next{h.second[1]};
  parts[known][lane] = part_of<differences>(lane, [&](int k) { return h.difference[k]; });
  parts[difference][lane] = part_of<differences>(lane, [&](int k) { return std::int64_t{k} * h.difference[k]; });
  parts[pixels][lane] = part_of<levels>(lane, [&](int k) { return h.level[k]; });
  parts[level][lane] = part_of<levels>(lane, [&](int k) { return std::int64_t{k} * h.level[k]; });
  parts[sizes][lane] = part_of<magnitudes>(lane, size);
  parts[prev_second][lane] = part_of<seconds>(lane, prev);
  parts[next_second][lane] = part_of<seconds>(lane, next);
  __syncthreads();
  if (lane == 0) {
    mean[0] = mean_bin(sum_of(parts[difference]), sum_of(parts[known]));
    mean[1] = mean_bin(sum_of(parts[level]), sum_of(parts[pixels]));
  }
  __syncthreads();
  parts[difference][lane] =
      part_of<differences>(lane, [&](int k) { return std::int64_t{from_mean(k, mean[0])} * h.difference[k]; });
  parts[level][lane] = part_of<levels>(lane, [&](int k) { return std::int64_t{from_mean(k, mean[1])} * h.level[k]; });
  __syncthreads();
  if (lane != 0) return;
  pair_summary s;
  s.known = sum_of(parts[known]);
  s.difference = sum_of(parts[difference]);
  s.pixels = sum_of(parts[pixels]);
  s.deviation = sum_of(parts[level]);
  s.median = bin_of_parts<magnitudes>(parts[sizes], median_share, size);
  s.second[0] = bin_of_parts<seconds>(parts[prev_second], noise_share, prev);
  s.second[1] = bin_of_parts<seconds>(parts[next_second], noise_share, next);
  store_limits(m, n, limits_of(s, m.rule));
}

}  // namespace

status measure_pair(const pair_measurement& m, const launch_options& options) {
  const auto& prev = m.frames.prev;
  const auto bytes = sizeof(pair_histograms) * static_cast<std::size_t>(prev.count);
  status done = status_of(cudaMemsetAsync(m.histograms, 0, bytes, options.stream));
  const int blocks = divide_up(prev.height, rows_per_block);
  const dim3 shares(blocks < most_blocks ? blocks : most_blocks, 1, prev.count);
  if (done == status::ok) done = launch<count_pixels<differences_of>>(shares, dim3(threads), 0, options.stream, m);
  if (done == status::ok) done = launch<count_pixels<levels_of>>(shares, dim3(threads), 0, options.stream, m);
  const dim3 grid(2 * divide_up(prev.width, noise_block), divide_up(prev.height, noise_block), prev.count);
  if (m.for_pixels && done == status::ok) done = launch<count_seconds>(grid, dim3(threads), 0, options.stream, m);
  if (done == status::ok) done = launch<find_limits>(dim3(prev.count), dim3(threads), 0, options.stream, m);
  return done;
}

}  // namespace fluxel::kernels::gpu
