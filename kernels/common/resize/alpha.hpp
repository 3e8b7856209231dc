// SPDX-License-Identifier: Apache-2.0
#pragma once

// Straight alpha: color is weighted by it before a resize and divided by it afterwards. Revision 3.
//
// Products and ratios in f32, one rounding each; those of u8 are exact. Products are not clamped between: a filter
// may carry alpha and color beyond white, and only their ratio counts. Where the resized alpha is not positive, and
// where integers of it round to 0, color is 0.

#include <cstdint>
#include <type_traits>

#include "fluxel/types.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

template <class T>
struct alpha_formula {
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
  static FLUXEL_HD float weigh(T color, T alpha) { return value(color) * value(alpha); }
  static FLUXEL_HD float keep(T alpha) { return value(alpha); }
  static FLUXEL_HD T color(float c, float a, int max_value) {
    constexpr bool integral = std::is_integral_v<T>;
    if (!(integral ? a >= 0.5f : a > 0)) return store(0, max_value);
    const float ratio = c / a;
    if constexpr (integral)
      return store(ratio > 0 ? ratio : 0, max_value);
    else
      return store(ratio, max_value);
  }
  static FLUXEL_HD T alpha(float a, int max_value) {
    if constexpr (std::is_integral_v<T>)
      return store(a > 0 ? a : 0, max_value);
    else
      return store(a, max_value);
  }
};

}  // namespace fluxel::kernels
