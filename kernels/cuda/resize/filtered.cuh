// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables of a filtered resize in device memory, and the sums over them.

#include <span>
#include <type_traits>

#include "kernels/common/resize/filter.hpp"
#include "kernels/cuda/runtime/device_array.cuh"
#include "kernels/cuda/runtime/elements.cuh"
#include "kernels/cuda/runtime/widen.cuh"

namespace fluxel::kernels::gpu {

/// filter_axis in device memory. `weight` holds floats for float pixels.
struct filter_view {
  const std::int32_t* first = nullptr;
  const std::int32_t* begin = nullptr;  ///< of a tile's outputs, the smallest `first`
  const std::int32_t* integer = nullptr;
  const float* weight = nullptr;
  int taps = 0;
  int bits = 0;
};

/// How the tiled kernels cut the destination, and what a block keeps in shared memory: the weights of the tile's
/// columns, tap after tap, then what is kept between the passes.
struct filter_tiles {
  int pixels = 0;  ///< 0: no tile fits
  int rows = 0;
  int span = 0;  ///< the most source columns (vertical first) or source rows that a tile needs
  int kept = 0;  ///< words kept between the passes, once

  static constexpr int most_weights = 4096;
  static constexpr int most_kept = 4096;
  FLUXEL_HD int weights(const filter_view& x) const { return x.taps * pixels; }
};

struct filter_pass {
  filter_view x, y;
  filter_tiles tiles;
  int intermediate_bits = 0;
  int max_value = 0;
  int shift = 0;  ///< low_zero_bits
};

/// A resize that no special kernel takes: many channels, footprints that no tile of theirs holds.
class general_filter {
 public:
  general_filter(element_type type, int channels, const filtered_recipe& recipe, const table_allocator& memory);
  bool failed() const;
  status run(std::span<const image_pair> pairs, const launch_options& options) const;

 private:
  template <class T, class Sum>
  status run_as(std::span<const image_pair> pairs, const launch_options& options) const;
  template <class T, class Sum, bool VerticalFirst>
  status run_tiles(std::span<const image_pair> pairs, const launch_options& options) const;
  template <class T, bool VerticalFirst>
  status run_plain(std::span<const image_pair> pairs, const launch_options& options) const;

  element_type type_;
  bool vertical_first_;
  filter_engine engine_;
  int channels_;
  filter_tiles tiles_;
  device_table<std::int32_t> first_x_, first_y_, begin_x_, begin_y_, integer_x_, integer_y_;
  device_table<float> weight_x_, weight_y_;
  filter_pass pass_;
};

/// The running sum of one output in one pass. Integer sums are exact in `Sum`; float chains go by ascending taps.
template <class T, class Sum>
struct tap_sum {
  Sum sum = 0;
  __device__ __forceinline__ void add(std::int32_t weight, std::int32_t pixel) {
    sum += static_cast<Sum>(weight) * static_cast<Sum>(pixel);
  }
};
template <class T>
struct tap_sum<T, float> {
  float sum = empty_sum;
  __device__ __forceinline__ void add(float weight, float pixel) { sum = add_tap(sum, weight, pixel); }
};

template <class T>
inline constexpr bool is_integer = std::is_integral_v<T>;
/// What is kept between the passes; weights have the same type.
template <class T>
using between_of = std::conditional_t<is_integer<T>, std::int32_t, float>;

template <class T>
__device__ __forceinline__ between_of<T> weight_at(const filter_view& f, int entry) {
  if constexpr (is_integer<T>)
    return __ldg(f.integer + entry);
  else
    return __ldg(f.weight + entry);
}

template <class T>
__device__ __forceinline__ between_of<T> value_of(T v, int shift) {
  if constexpr (is_integer<T>)
    return v >> shift;
  else
    return widen(v);
}
template <class T>
__device__ __forceinline__ between_of<T> pixel_value(const T* p, int shift) {
  return value_of(load(p), shift);
}

/// First pass: sum -> what is kept. Second pass: sum -> pixel.
template <class T, class Sum>
__device__ __forceinline__ between_of<T> keep(const tap_sum<T, Sum>& s, int weight_bits, int intermediate_bits) {
  if constexpr (is_integer<T>)
    return keep_between(s.sum, weight_bits, intermediate_bits);
  else
    return s.sum;
}
template <class T, class Sum>
__device__ __forceinline__ T finish(const tap_sum<T, Sum>& s, int weight_bits, const filter_pass& p) {
  if constexpr (is_integer<T>)
    return static_cast<T>(finish_sum(s.sum, weight_bits + p.intermediate_bits, p.max_value) << p.shift);
  else
    return narrow<T>(s.sum);
}

/// What an integer sum starts from, so that dropping `bits` rounds half up; float chains start from -0.
template <class Sum>
__device__ __forceinline__ Sum start_of_sum(int bits) {
  if constexpr (std::is_same_v<Sum, float>)
    return empty_sum;
  else
    return (Sum{1} << bits) >> 1;
}

}  // namespace fluxel::kernels::gpu
