// SPDX-License-Identifier: Apache-2.0
// Bilinear rows by the formulas themselves, for processors without a SIMD target and for sides beyond its tables.

#include <bit>

#include "kernels/common/resize/lerp.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cpu/resize/linear_rows.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
void scalar_row(const linear_tables& t, const row_step& s) {
  using L = lerp<T>;
  auto lowered = [&](T v) {
    if constexpr (std::is_same_v<T, u16>) return static_cast<T>(v >> t.low_zero_bits);
    return v;
  };
  const auto rounding = t.biased ? last_rounding::half_up_biased : last_rounding::half_up;
  const auto weight = L::from_fraction(std::bit_cast<std::uint32_t>(s.weight));
  auto* out = static_cast<T*>(s.out);
  const std::ptrdiff_t pixels = t.dst_elements / t.channels;
  for (std::ptrdiff_t x = 0; x < pixels; ++x) {
    const auto w = L::from_fraction(t.weight[x]);
    const std::ptrdiff_t left = std::ptrdiff_t{t.left[x]} * t.channels;
    const std::ptrdiff_t right = left + t.channels < t.src_elements ? left + t.channels : left;
    auto value = [&](const void* row, int c) {
      const T* src = static_cast<const T*>(row);
      return L::horizontal(lowered(src[left + c]), lowered(src[right + c]), w);
    };
    for (int c = 0; c < t.channels; ++c) {
      const T v = L::vertical(value(s.upper, c), value(s.lower, c), weight, rounding);
      if constexpr (std::is_same_v<T, u16>)
        *out++ = static_cast<T>(v << t.low_zero_bits);
      else
        *out++ = v;
    }
  }
}

template <class T>
void scalar_rows(const linear_tables& t, const row_step* steps, int count) {
  for (int i = 0; i < count; ++i) scalar_row<T>(t, steps[i]);
}

}  // namespace

row_walk scalar_walk(element_type type) {
  return visit_pixel_type(every_pixel_type, type, row_walk{},
                          []<class T>(std::type_identity<T>) -> row_walk { return scalar_rows<T>; });
}

}  // namespace fluxel::kernels
