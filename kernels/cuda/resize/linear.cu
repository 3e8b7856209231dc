// SPDX-License-Identifier: Apache-2.0
// Bilinear, any type and any channels: a row is a run of elements.

#include "kernels/common/resize/lerp.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/gaps.cuh"
#include "kernels/cuda/resize/linear_exact_u8.cuh"
#include "kernels/cuda/resize/linear_tiles_u8.cuh"
#include "kernels/cuda/resize/linear_u8.cuh"
#include "kernels/cuda/runtime/elements.cuh"
#include "kernels/cuda/runtime/widen.cuh"

namespace fluxel::kernels::gpu {

/// Where an element comes from: offsets of its taps in the source row, in elements.
template <class Weight>
struct element_taps {
  int left;
  int right;
  Weight weight;
};
template <class Weight>
struct row_taps {
  int upper;
  Weight weight;
};

template <class T>
__device__ __forceinline__ element_taps<typename lerp<T>::weight> taps_of(const pair_view& pair, int element) {
  const int e = min(max(element, 0), pair.row_elements - 1);
  std::uint32_t channel;
  const std::uint32_t x = pair.channels.split(static_cast<std::uint32_t>(e), channel);
  const position p = linear_position(pair.x, static_cast<int>(x));
  const int channels = static_cast<int>(pair.channels.value);
  const int left = p.index * channels + static_cast<int>(channel);
  return {left, p.index + 1 < pair.x.src_size ? left + channels : left, lerp<T>::from_fraction(p.fraction)};
}

template <class T>
__device__ __forceinline__ T load_value(const T* p, int shift) {
  if constexpr (sizeof(T) == 2 && std::is_integral_v<T>)
    return static_cast<T>(load(p) >> shift);
  else
    return load(p);
}
template <class T>
__device__ __forceinline__ T stored_value(T v, int shift) {
  if constexpr (sizeof(T) == 2 && std::is_integral_v<T>)
    return static_cast<T>(v << shift);
  else
    return v;
}

/// lerp<T>, which for 16-bit floats is lerp<f32> between conversions: those of the device.
template <class T>
__device__ __forceinline__ typename lerp<T>::between horizontal(T a, T b, typename lerp<T>::weight w) {
  if constexpr (std::is_integral_v<T>)
    return lerp<T>::horizontal(a, b, w);
  else
    return lerp<f32>::horizontal(widen(a), widen(b), w);
}
template <class T, class Between>
__device__ __forceinline__ T vertical(Between a, Between b, typename lerp<T>::weight w, last_rounding rounding) {
  if constexpr (std::is_integral_v<T>)
    return lerp<T>::vertical(a, b, w, rounding);
  else
    return narrow<T>(lerp<f32>::vertical(a, b, w, rounding));
}

template <class T>
struct filtered_row {
  int index = -1;
  typename lerp<T>::between value[elements_per_lane] = {};
};

template <class T>
__device__ __forceinline__ void filter_row(filtered_row<T>& out, const tile& t, int index, int shift,
                                           const element_taps<typename lerp<T>::weight> (&taps)[elements_per_lane]) {
  const T* row = reinterpret_cast<const T*>(t.src + index * t.pair.src.pitch);
  T left[elements_per_lane], right[elements_per_lane];
  for (int k = 0; k < elements_per_lane; ++k) {
    left[k] = load_value(row + taps[k].left, shift);
    right[k] = load_value(row + taps[k].right, shift);
  }
  for (int k = 0; k < elements_per_lane; ++k) out.value[k] = horizontal<T>(left[k], right[k], taps[k].weight);
  out.index = index;
}

template <class T, int Pairs>
__global__ void __launch_bounds__(block_threads) linear_elements_kernel(const __grid_constant__ batch<Pairs> b) {
  using weight = typename lerp<T>::weight;
  FLUXEL_SHARED(element_taps<weight>, columns, [tile_elements]);
  FLUXEL_SHARED(row_taps<weight>, rows, [block_warps * most_rows_per_warp]);
  const element_work work = find_work(b);
  const pair_view& pair = work.at.pair;
  const int nth_row = work.thread - tile_elements;
  if (nth_row < 0) {
    columns[work.thread] = taps_of<T>(pair, work.first + work.thread);
  } else if (nth_row < work.rows_per_tile) {
    const position p = linear_position(pair.y, min(work.top + nth_row, pair.y.dst_size - 1));
    rows[nth_row] = {p.index, lerp<T>::from_fraction(p.fraction)};
  }
  __syncthreads();
  element_taps<weight> taps[elements_per_lane];
  for (int k = 0; k < elements_per_lane; ++k) taps[k] = columns[element_of_lane<T>(work.lane, k)];
  filtered_row<T> upper, lower;
  for (int r = 0; r < b.rows_per_warp; ++r) {
    const int in_tile = work.warp * b.rows_per_warp + r;
    const int y = work.top + in_tile;
    if (y >= pair.y.dst_size) break;
    const row_taps<weight> at = rows[in_tile];
    if (upper.index != at.upper) {
      if (lower.index == at.upper)
        upper = lower;
      else
        filter_row<T>(upper, work.at, at.upper, b.shift, taps);
    }
    T value[elements_per_lane];
    if (at.weight != 0) {
      if (lower.index != at.upper + 1) filter_row<T>(lower, work.at, at.upper + 1, b.shift, taps);
      for (int k = 0; k < elements_per_lane; ++k)
        value[k] = stored_value(vertical<T>(upper.value[k], lower.value[k], at.weight, pair.rounding), b.shift);
    } else {  // the second row may not exist
      for (int k = 0; k < elements_per_lane; ++k)
        value[k] = stored_value(vertical<T>(upper.value[k], upper.value[k], at.weight, pair.rounding), b.shift);
    }
    store_elements(pair, reinterpret_cast<T*>(work.at.dst + y * pair.dst.pitch), work.first, work.whole, value);
  }
}

namespace {

template <class T>
status linear_of(std::span<const image_pair> pairs, int low_zero_bits, const axis_source& axes,
                 const launch_options& options) {
  return launch_in_chunks(
      pairs, {.element_bytes = sizeof(T)}, axes, [&]<int Pairs>(batch<Pairs>& b, unsigned blocks) {
        b.shift = low_zero_bits;
        return launch<linear_elements_kernel<T, Pairs>>(blocks, dim3(block_lanes, block_warps), 0, options.stream, b);
      });
}

status linear_bytes(std::span<const image_pair> pairs, const axis_source& axes, const launch_options& options) {
  if (const exact_ratio ratio = axes.exact(pairs); fits_exact_u8(pairs, ratio))
    return resize_exact_u8(pairs, ratio, options);
  if (fits_linear_staged_u8(pairs, axes)) return resize_linear_staged_u8(pairs, axes, options);
  if (fits_linear_u8(pairs)) return resize_linear_u8(pairs, axes, options);
  return linear_of<u8>(pairs, 0, axes, options);
}

status linear(std::span<const image_pair> pairs, element_type type, int low_zero_bits, const axis_source& axes,
              const launch_options& options) {
  if (pairs.size() == 1 && axes.exact(pairs) == exact_ratio::doubled && fits_gaps(pairs[0], type, 2))
    return enlarge_by_gaps(pairs[0], type, 2, beyond_border::edge_pixel, options);
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_same_v<T, u8>)
      return linear_bytes(pairs, axes, options);
    else
      return linear_of<T>(pairs, low_zero_bits, axes, options);
  });
}

}  // namespace

status resize_linear(std::span<const image_pair> pairs, element_type type, coordinates rule,
                     const launch_options& options) {
  return linear(pairs, type, 0, {.rule = rule}, options);
}

status resize_linear_tables(std::span<const image_pair> pairs, element_type type, const linear_tables& tables,
                            const launch_options& options) {
  return linear(pairs, type, tables.low_zero_bits, {.tables = &tables}, options);
}

}  // namespace fluxel::kernels::gpu
