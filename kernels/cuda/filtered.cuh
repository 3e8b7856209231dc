#pragma once

// Tables of a filtered resize in device memory, and the sums over them.

#include <type_traits>

#include "kernels/common/filter.hpp"
#include "kernels/cuda/elements.cuh"

namespace fluxel::kernels::gpu {

/// filter_axis in device memory. `weight` holds floats for float pixels.
struct filter_view {
  const std::int32_t* first = nullptr;
  const std::int32_t* integer = nullptr;
  const float* weight = nullptr;
  int taps = 0;
  int bits = 0;
};

struct filter_pass {
  filter_view x, y;
  int kept_bits = 0;
  int max_value = 0;
  int shift = 0;  ///< low_zero_bits
};

/// The running sum of one output in one pass. Integer sums are exact in `Sum`; float chains go by ascending taps.
template <class T, class Sum>
struct tap_sum {
  Sum sum = 0;
  template <class Pixel>
  __device__ __forceinline__ void add(const filter_view& f, int entry, Pixel pixel) {
    sum += static_cast<Sum>(__ldg(f.integer + entry)) * static_cast<Sum>(pixel);
  }
};
template <class T>
struct tap_sum<T, float> {
  float sum = empty_sum;
  __device__ __forceinline__ void add(const filter_view& f, int entry, float pixel) {
    sum = add_tap(sum, __ldg(f.weight + entry), pixel);
  }
};

template <class T>
inline constexpr bool is_integer = std::is_integral_v<T>;
template <class T>
using between_of = std::conditional_t<is_integer<T>, std::int32_t, float>;

template <class T>
__device__ __forceinline__ between_of<T> pixel_value(const T* p, int shift) {
  if constexpr (is_integer<T>)
    return load(p) >> shift;
  else
    return to_float(load(p));
}

/// First pass: sum -> what is kept. Second pass: sum -> pixel.
template <class T, class Sum>
__device__ __forceinline__ between_of<T> keep(const tap_sum<T, Sum>& s, int weight_bits, int kept_bits) {
  if constexpr (is_integer<T>)
    return keep_between(s.sum, weight_bits, kept_bits);
  else
    return s.sum;
}
template <class T, class Sum>
__device__ __forceinline__ T finish(const tap_sum<T, Sum>& s, int weight_bits, const filter_pass& p) {
  if constexpr (is_integer<T>)
    return static_cast<T>(finish_sum(s.sum, weight_bits + p.kept_bits, p.max_value) << p.shift);
  else
    return from_float<T>(s.sum);
}

}  // namespace fluxel::kernels::gpu
