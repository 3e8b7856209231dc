// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two pixels weighed by a byte. Revision 1 of the bytes of `blend`: integers are rounded half up once; floats are
// fma(weight / 255, b - a, a), and a or b itself where the weight is 0 or 255.

#include <cstdint>

#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

template <class T>
FLUXEL_HD T blend_pixel(T a, T b, u8 weight, int low_zero_bits) {
  if constexpr (sizeof(T) <= 2 && requires { T{} + 1; }) {
    const std::uint32_t sum = std::uint32_t{a} * (255u - weight) + std::uint32_t{b} * weight;
    if constexpr (sizeof(T) == 1) return static_cast<T>((sum + 127u) / 255u);
    const std::uint32_t unit = 255u << low_zero_bits;
    return static_cast<T>((sum + unit / 2) / unit << low_zero_bits);
  } else {
    if (weight == 0) return a;
    if (weight == 255) return b;
    const float low = to_float(a);
    return from_float<T>(fused(static_cast<float>(weight) / 255.0f, to_float(b) - low, low));
  }
}

}  // namespace fluxel::kernels
