// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pixels to the intensities of the flow solvers: unsigned Q8.4 on [0, 255].

#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

inline constexpr u16 mid_grey = 128 * intensity_one;
inline constexpr int luma_bits = 14;

/// White is 255 grey levels whatever the depth: v * 4080 / white, rounded half up.
FLUXEL_HD u16 scale_intensity(std::int64_t value, std::int64_t white) {
  return static_cast<u16>((value * (255 * intensity_one) + white / 2) / white);
}

/// Integer pixels: the values of black and white.
struct integer_range {
  std::int64_t low, white;  ///< white counts from low
};
FLUXEL_HD integer_range range_of(const intensity_scale& scale, int bytes) {
  if (scale.high > scale.low) return {scale.low, std::int64_t{scale.high} - scale.low};
  return {0, bytes == 1 ? 255 : (std::int64_t{1} << scale.bit_depth) - 1};
}
/// What is beyond the range is cut off.
FLUXEL_HD std::int64_t within_range(std::int64_t value, std::int64_t white) {
  return value < 0 ? 0 : value > white ? white : value;
}

/// `known` turns false at a pixel with NaN, and the result is mid-grey wherever it is false.
template <class T>
FLUXEL_HD u16 flow_intensity(const T* p, int channels, const intensity_scale& scale, bool& known) {
  const integer_range range = range_of(scale, sizeof(T));
  const bool cut = scale.high > scale.low;
  if (channels >= 3) {
    const std::int64_t luma =
        std::int64_t{scale.red} * p[0] + std::int64_t{scale.green} * p[1] + std::int64_t{scale.blue} * p[2];
    const std::int64_t white = range.white << luma_bits, from_black = luma - (range.low << luma_bits);
    const u16 value = scale_intensity(cut ? within_range(from_black, white) : from_black, white);
    return known ? value : mid_grey;
  }
  const std::int64_t from_black = p[0] - range.low;
  return known ? scale_intensity(cut ? within_range(from_black, range.white) : from_black, range.white) : mid_grey;
}

template <>
FLUXEL_HD u16 flow_intensity<f32>(const f32* p, int channels, const intensity_scale& scale, bool& known) {
  constexpr float one = 1.0f / (1 << luma_bits);
  float v = p[0];
  if (channels >= 3) {
    const float red = static_cast<float>(scale.red) * one, green = static_cast<float>(scale.green) * one;
    const float blue = static_cast<float>(scale.blue) * one;
    v = fused(blue, p[2], fused(green, p[1], red * p[0]));
  }
  known = known && v == v;
  if (!known) return mid_grey;
  const float units = (v - scale.low_value) * scale.scale;
  constexpr int high = 255 * intensity_one;
  if (!(units > 0)) return 0;
  if (units >= static_cast<float>(high)) return high;
#if defined(__CUDA_ARCH__)
  return static_cast<u16>(__float2int_rn(units));
#else
  return static_cast<u16>(__builtin_nearbyintf(units));
#endif
}

}  // namespace fluxel::kernels
