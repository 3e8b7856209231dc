// SPDX-License-Identifier: Apache-2.0
// Bilinear upsampling with zeros beyond the border: the tiles of the bilinear resize, between source rows that are
// framed with zeros. Positions count from the frame.

#include "kernels/common/resize/lerp.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"
#include "kernels/cuda/resize/gaps.cuh"

namespace fluxel::kernels::gpu {

/// Where an element comes from: the offset of its left tap in the source row; either tap may not exist.
template <class T>
struct framed_taps {
  int left;
  bool has_left;
  bool has_right;
  typename lerp<T>::weight weight;
};

/// As `upsample_position`: the axis carries its ratio, moved by one pixel so that nothing is negative.
__device__ __forceinline__ position framed_position(const axis& a, int i) {
  std::uint64_t rest, unused;
  const std::uint64_t index =
      split(static_cast<std::uint64_t>(a.first + i * a.step), a.denominator, a.reciprocal, rest);
  const std::uint64_t fraction = split(rest << 32, a.denominator, a.reciprocal, unused);
  return {static_cast<std::int32_t>(index) - 1, static_cast<std::uint32_t>(fraction)};
}

template <class T>
__device__ __forceinline__ framed_taps<T> framed_taps_of(const pair_view& pair, int element) {
  const int e = min(max(element, 0), pair.row_elements - 1);
  std::uint32_t channel;
  const int x = static_cast<int>(pair.channels.split(static_cast<std::uint32_t>(e), channel));
  const position p = framed_position(pair.x, x);
  const int channels = static_cast<int>(pair.channels.value);
  return {p.index * channels + static_cast<int>(channel), p.index >= 0, p.index + 1 < pair.x.src_size,
          lerp<T>::from_fraction(p.fraction)};
}

template <class T>
struct framed_row {
  int index = -2;
  typename lerp<T>::between value[elements_per_lane] = {};
};

template <class T>
__device__ __forceinline__ void filter_framed_row(framed_row<T>& out, const tile& t, int index,
                                                  const framed_taps<T> (&taps)[elements_per_lane]) {
  const bool exists = index >= 0 && index < t.pair.y.src_size;
  const T* row = reinterpret_cast<const T*>(t.src + (exists ? index : 0) * t.pair.src.pitch);
  const int channels = static_cast<int>(t.pair.channels.value);
  T left[elements_per_lane], right[elements_per_lane];
  for (int k = 0; k < elements_per_lane; ++k) {
    left[k] = exists && taps[k].has_left ? load(row + taps[k].left) : T{};
    right[k] = exists && taps[k].has_right ? load(row + taps[k].left + channels) : T{};
  }
  for (int k = 0; k < elements_per_lane; ++k) out.value[k] = lerp<T>::horizontal(left[k], right[k], taps[k].weight);
  out.index = index;
}

template <class T>
__global__ void __launch_bounds__(block_threads) upsample_zero_kernel(const __grid_constant__ batch<1> b) {
  FLUXEL_SHARED(framed_taps<T>, columns, [tile_elements]);
  const element_work work = find_work(b);
  const tile& t = work.at;
  const pair_view& pair = t.pair;
  if (work.thread < tile_elements) columns[work.thread] = framed_taps_of<T>(pair, work.first + work.thread);
  __syncthreads();
  framed_taps<T> taps[elements_per_lane];
  for (int k = 0; k < elements_per_lane; ++k) taps[k] = columns[element_of_lane<T>(work.lane, k)];
  framed_row<T> upper, lower;
  for (int r = 0; r < b.rows_per_warp; ++r) {
    const int y = work.top + work.warp * b.rows_per_warp + r;
    if (y >= pair.y.dst_size) break;
    const position at = framed_position(pair.y, y);
    const auto weight = lerp<T>::from_fraction(at.fraction);
    if (upper.index != at.index) {
      if (lower.index == at.index)
        upper = lower;
      else
        filter_framed_row<T>(upper, t, at.index, taps);
    }
    if (lower.index != at.index + 1) filter_framed_row<T>(lower, t, at.index + 1, taps);
    T value[elements_per_lane];
    for (int k = 0; k < elements_per_lane; ++k)
      value[k] = lerp<T>::vertical(upper.value[k], lower.value[k], weight, pair.rounding);
    store_elements(pair, reinterpret_cast<T*>(t.dst + y * pair.dst.pitch), work.first, work.whole, value);
  }
}

namespace {

axis framed_axis(int src_size, int factor) {
  const std::int64_t d = 2 * std::int64_t{factor};
  return {.first = factor + 1,
          .step = 2,
          .reciprocal = ~std::uint64_t{0} / static_cast<std::uint64_t>(d),
          .denominator = static_cast<std::uint32_t>(d),
          .src_size = src_size,
          .dst_size = src_size * factor};
}

template <class T>
status upsample(const image_pair& pair, int factor, const launch_options& options) {
  return launch_chunk<1>(
      std::span(&pair, 1), {.element_bytes = sizeof(T)},
      [&](pair_view& v, const image_pair& p) {
        v.x = framed_axis(p.src.width, factor);
        v.y = framed_axis(p.src.height, factor);
        v.rounding = rounding_of_upsampling(factor);
      },
      [&](const batch<1>& b, unsigned blocks) {
        return launch<upsample_zero_kernel<T>>(blocks, dim3(block_lanes, block_warps), 0, options.stream, b);
      });
}

}  // namespace

status upsample_zero(const image_pair& pair, element_type type, int factor, const launch_options& options) {
  if (fits_gaps(pair, type, factor)) return enlarge_by_gaps(pair, type, factor, beyond_border::zero, options);
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return upsample<T>(pair, factor, options); });
}

}  // namespace fluxel::kernels::gpu
