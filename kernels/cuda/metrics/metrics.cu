// SPDX-License-Identifier: Apache-2.0
// Image comparison in three launches, the same ones for every image: rows of squares, tiles of windows, and one block
// for each channel that adds them. There are no atomics, and no order but that of common/metrics/metrics.hpp.
//
// CUB is not used: each pixel is read once and its squares are summed where they are made, whereas a device-wide
// reduction over a pitched, interleaved image would go through an iterator that emulation and replay could not run.

#include <limits>

#include "kernels/common/metrics/metrics.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/metrics/metrics.cuh"

namespace fluxel::kernels::gpu {

namespace {

static_assert(sum_lanes == tile_x * tile_y);

/// Integers as they are, doubles by their bits.
__device__ __forceinline__ std::uint64_t kept(std::uint64_t sum) { return sum; }
__device__ __forceinline__ std::uint64_t kept(double sum) {
  return static_cast<std::uint64_t>(__double_as_longlong(sum));
}
template <class Sum>
__device__ __forceinline__ Sum taken(std::uint64_t bits) {
  if constexpr (std::is_integral_v<Sum>)
    return bits;
  else
    return __longlong_as_double(static_cast<long long>(bits));
}

/// A block for each row of each entry, a lane for each thread.
template <class T>
__global__ void __launch_bounds__(sum_lanes) sum_rows(const __grid_constant__ comparison_work w) {
  using sum = square_sum<T>;
  FLUXEL_SHARED(sum, errors, [sum_lanes]);
  FLUXEL_SHARED(sum, signals, [sum_lanes]);
  const image& im = w.c.judged;
  const int lane = static_cast<int>(threadIdx.x);
  const auto at = channel_of(blockIdx.x / im.height, im);
  const int y = static_cast<int>(blockIdx.x % im.height);
  const T* a = channel_row<T>(im, at, y);
  const T* b = channel_row<T>(w.c.reference, at, y);
  sum error = 0, signal = 0;
  for (int x = lane; x < im.width; x += sum_lanes) {
    const std::ptrdiff_t i = std::ptrdiff_t{x} * im.channels;
    add_squares(a[i], b[i], w.c.low_zero_bits, error, signal);
  }
  errors[lane] = error;
  signals[lane] = signal;
  add_lanes(errors, lane, sum_lanes);
  add_lanes(signals, lane, sum_lanes);
  if (lane == 0) {
    w.error[blockIdx.x] = kept(errors[0]);
    w.signal[blockIdx.x] = kept(signals[0]);
  }
}

/// A block for each entry.
template <class Sum>
__global__ void __launch_bounds__(sum_lanes) add_parts(const __grid_constant__ comparison_work w) {
  FLUXEL_SHARED(Sum, errors, [sum_lanes]);
  FLUXEL_SHARED(Sum, signals, [sum_lanes]);
  FLUXEL_SHARED(std::int64_t, similar, [sum_lanes]);
  const image& im = w.c.judged;
  const int lane = static_cast<int>(threadIdx.x);
  const std::int64_t entry = blockIdx.x;
  Sum error = 0, signal = 0;
  for (int y = lane; y < im.height; y += sum_lanes) {
    error = error + taken<Sum>(w.error[entry * im.height + y]);
    signal = signal + taken<Sum>(w.signal[entry * im.height + y]);
  }
  std::int64_t windows = 0;
  for (int t = lane; t < w.tiles; t += sum_lanes) windows += w.similar[entry * w.tiles + t];
  errors[lane] = error;
  signals[lane] = signal;
  similar[lane] = windows;
  add_lanes(errors, lane, sum_lanes);
  add_lanes(signals, lane, sum_lanes);
  add_lanes(similar, lane, sum_lanes);
  if (lane == 0)
    w.c.sums[entry] = {std::int64_t{im.width} * im.height, finished_sum(errors[0]), finished_sum(signals[0]),
                       std::int64_t{w.across} * w.down, similar[0]};
}

comparison_work parts_of(const comparison& c, void* workspace) {
  comparison_work w{.c = c};
  w.across = window_count(c.judged.width, c.similarity);
  w.down = window_count(c.judged.height, c.similarity);
  if (w.across == 0 || w.down == 0) w.across = w.down = 0;
  w.tiles_across = divide_up(w.across, tile_x);
  w.tiles = w.tiles_across * divide_up(w.down, tile_y);
  const std::int64_t rows = entry_count(c.judged) * c.judged.height;
  w.error = static_cast<std::uint64_t*>(workspace);
  w.signal = w.error + rows;
  w.similar = reinterpret_cast<std::int64_t*>(w.signal + rows);
  return w;
}

std::size_t workspace(const comparison& c) {
  const auto entries = static_cast<std::size_t>(entry_count(c.judged));
  return 8 * entries * (2 * static_cast<std::size_t>(c.judged.height) + parts_of(c, nullptr).tiles);
}

template <class T>
status compare_type(const comparison_work& w, CUstream_st* stream) {
  const std::int64_t entries = entry_count(w.c.judged), rows = entries * w.c.judged.height;
  if (std::max(rows, entries * w.tiles) > std::numeric_limits<std::int32_t>::max()) return status::unsupported;
  const status s = launch<sum_rows<T>>(dim3(static_cast<unsigned>(rows)), dim3(sum_lanes), 0, stream, w);
  if (s != status::ok) return s;
  if (const status windows = sum_windows(w, stream); windows != status::ok) return windows;
  return launch<add_parts<square_sum<T>>>(dim3(static_cast<unsigned>(entries)), dim3(sum_lanes), 0, stream, w);
}

status compare(const comparison& c, void* workspace, const launch_options& options) {
  const comparison_work w = parts_of(c, workspace);
  return visit_pixel_type(every_pixel_type, c.type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return compare_type<T>(w, options.stream); });
}

}  // namespace

}  // namespace fluxel::kernels::gpu

namespace fluxel::kernels {
const metrics_functions cuda_metrics_functions{gpu::workspace, gpu::compare};
}
