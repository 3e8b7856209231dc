// SPDX-License-Identifier: Apache-2.0
#pragma once

// Eigenvalues of the structure tensor, the mean over a window of [gx gx, gx gy; gx gy, gy gy]. Part of the bytes of
// `good_features`, `track_points` and of the validity of dense flow.
//
// Intensities are Q8.4, at most 4095: a derivative5 is at most 9 * 4095, its square fits 31 bits, and sums over a
// window are exact in 64. Derivatives and products beyond the border repeat the border's.

#include <cmath>
#include <cstdint>

#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

inline constexpr int most_structure_radius = 15;

/// Sums over a window.
struct tensor_sums {
  std::int64_t xx = 0, xy = 0, yy = 0;
};

FLUXEL_HD void add_gradient(tensor_sums& s, std::int32_t gx, std::int32_t gy) {
  s.xx += std::int64_t{gx} * gx;
  s.xy += std::int64_t{gx} * gy;
  s.yy += std::int64_t{gy} * gy;
}

/// How sums become a mean: shifted until they fit 31 bits again, then multiplied.
struct tensor_scale {
  int shift = 0;
  float unit = 1;  ///< (grey levels / px)^2 of one shifted unit
};
/// @param gradient_unit  derivative units per grey level and pixel
inline tensor_scale mean_tensor(int pixels, int gradient_unit) {
  tensor_scale s;
  while ((std::int64_t{1} << s.shift) < pixels) ++s.shift;
  const double squared = static_cast<double>(gradient_unit) * gradient_unit;
  s.unit = static_cast<float>(static_cast<double>(std::int64_t{1} << s.shift) / pixels / squared);
  return s;
}
inline tensor_scale structure_scale(int radius) {
  const int side = 2 * radius + 1;
  return mean_tensor(side * side, 12 * intensity_one);
}

/// Towards zero, so that a mirrored image has the mirrored tensor.
FLUXEL_HD std::int32_t shifted_sum(std::int64_t sum, int shift) {
  const std::int64_t size = sum < 0 ? -sum : sum;
  return static_cast<std::int32_t>(static_cast<std::uint64_t>(size) >> shift);
}

/// x, or 0 when its sign bit is set. In integers: nvcc turns a float select against a constant into max.
FLUXEL_HD float at_least_zero(float x) {
  const auto bits = static_cast<std::int32_t>(bits_of_float(x));
  return float_from_bits(static_cast<std::uint32_t>(bits & ~(bits >> 31)));
}

struct eigenvalues {
  float smaller, larger;
};
/// Of shifted sums; the sign of xy does not matter.
FLUXEL_HD eigenvalues tensor_eigenvalues(std::int32_t xx, std::int32_t xy, std::int32_t yy, float unit) {
  const float a = static_cast<float>(xx), b = static_cast<float>(xy), c = static_cast<float>(yy);
  const float mean = (a + c) * 0.5f, half = (a - c) * 0.5f;
  const float root = std::sqrt(fused(half, half, b * b));
  return {at_least_zero((mean - root) * unit), (mean + root) * unit};
}
FLUXEL_HD eigenvalues tensor_eigenvalues(const tensor_sums& s, const tensor_scale& scale) {
  return tensor_eigenvalues(shifted_sum(s.xx, scale.shift), shifted_sum(s.xy, scale.shift),
                            shifted_sum(s.yy, scale.shift), scale.unit);
}

}  // namespace fluxel::kernels
