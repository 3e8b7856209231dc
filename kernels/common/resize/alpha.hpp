// SPDX-License-Identifier: Apache-2.0
#pragma once

// Straight alpha: color is weighted by it before a resize and divided by it afterwards. Revision 1.
//
// u8: the products c * a and 255 * a are exact in u16; the color is their ratio, rounded half up.
// Others: products and ratios in f32, one rounding each. Where the resized alpha is not positive, color is 0.

#include <cstdint>
#include <type_traits>

#include "fluxel/types.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

template <class T>
struct alpha_formula {
  using product = float;
  static FLUXEL_HD float value(T v) {
    if constexpr (std::is_integral_v<T>)
      return static_cast<float>(v);
    else
      return to_float(v);
  }
  /// Integers: v is not negative; rounded half up.
  static FLUXEL_HD T store(float v, int max_value) {
    if constexpr (std::is_integral_v<T>) {
      const float limit = static_cast<float>(max_value);
      return static_cast<T>((v < limit ? v : limit) + 0.5f);
    } else {
      return from_float<T>(v);
    }
  }
  static FLUXEL_HD product weigh(T color, T alpha) { return value(color) * value(alpha); }
  static FLUXEL_HD product keep(T alpha) { return value(alpha); }
  static FLUXEL_HD T color(product c, product a, int max_value) {
    if (!(a > 0)) return store(0, max_value);
    const float ratio = c / a;
    if constexpr (std::is_integral_v<T>)
      return store(ratio > 0 ? ratio : 0, max_value);
    else
      return store(ratio, max_value);
  }
  static FLUXEL_HD T alpha(product a, int max_value) {
    if constexpr (std::is_integral_v<T>)
      return store(a > 0 ? a : 0, max_value);
    else
      return store(a, max_value);
  }
};

template <>
struct alpha_formula<u8> {
  using product = u16;
  static FLUXEL_HD product weigh(u8 color, u8 alpha) { return static_cast<u16>(color * alpha); }
  static FLUXEL_HD product keep(u8 alpha) { return static_cast<u16>(alpha * 255); }
  static FLUXEL_HD u8 color(product c, product a, int) {
    if (a == 0) return 0;
    const std::uint32_t ratio = (2u * 255u * c + a) / (2u * a);
    return static_cast<u8>(ratio < 255u ? ratio : 255u);
  }
  static FLUXEL_HD u8 alpha(product a, int) {
    const std::uint32_t rounded = (a + 127u) / 255u;
    return static_cast<u8>(rounded < 255u ? rounded : 255u);
  }
};

}  // namespace fluxel::kernels
