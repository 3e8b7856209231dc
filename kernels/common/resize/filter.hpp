// SPDX-License-Identifier: Apache-2.0
#pragma once

// Separable filters given as tables (kernels/contract/resize.hpp: filter_axis). Revision 1 of the bytes of `resize`.
//
// Integer pixels: exact integer sums in both passes. The first pass keeps `intermediate_bits` fraction bits, rounded
// half up; the second rounds half up once and clamps. Float pixels: one chain of fma per output, taps ascending, that
// starts from -0 (x + -0 is x for every x); a tap of weight 0 is skipped, so that padding a table never touches a
// pixel.

#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

inline constexpr float empty_sum = -0.0f;

/// One step of the float sum.
FLUXEL_HD float add_tap(float sum, float weight, float pixel) {
  return weight == 0 ? sum : fused(weight, pixel, sum);
}

/// Sum of weight x pixel with `weight_bits` fraction bits -> `intermediate_bits` of them, at most as many.
FLUXEL_HD std::int32_t keep_between(std::int64_t sum, int weight_bits, int intermediate_bits) {
  const int drop = weight_bits - intermediate_bits;
  return static_cast<std::int32_t>((sum + ((std::int64_t{1} << drop) >> 1)) >> drop);
}

/// Sum with `fraction_bits` fraction bits -> pixel.
FLUXEL_HD std::int32_t finish_sum(std::int64_t sum, int fraction_bits, int max_value) {
  const std::int64_t value = (sum + (std::int64_t{1} << (fraction_bits - 1))) >> fraction_bits;
  return static_cast<std::int32_t>(value < 0 ? 0 : value > max_value ? max_value : value);
}

}  // namespace fluxel::kernels
