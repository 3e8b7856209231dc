// SPDX-License-Identifier: Apache-2.0
#pragma once

// Colors of flow vectors, and the bins of their lengths. Revision 1 of the bytes of `flow_color`.
//
// The wheel has 55 colors (Baker et al. 2011); a turn goes from the first, red, to the last, and between two colors a
// channel rises or falls in a straight line. Only the slope of a vector and its length are floats: each is rounded to
// an integer once, and colors are integers.

#include <cmath>
#include <cstdint>

#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/flow_color.hpp"

namespace fluxel::kernels {

inline constexpr std::int32_t wheel_one = 1 << 12;  ///< units from a color of the wheel to the next
inline constexpr std::int32_t wheel_turn = 54 * wheel_one;
inline constexpr std::int32_t level_one = 64;  ///< units of a level of brightness
inline constexpr std::int32_t full_level = 255 * level_one;
inline constexpr int length_bits = 12;  ///< a length of 1 << 12 has the full color

/// Coefficients of atan(t) in colors of the wheel, t in [0, 1]: t (c0 + c1 t^2 + ... + c4 t^8), within 1e-4.
struct wheel_polynomial {
  static constexpr float c0 = 8.593218113357151f;
  static constexpr float c1 = -2.8387605245309144f;
  static constexpr float c2 = 1.548355083930591f;
  static constexpr float c3 = -0.7318649257545728f;
  static constexpr float c4 = 0.17915056002123064f;
};

/// From 0 to the full level over `steps` colors of the wheel: level = place * slope >> 16.
FLUXEL_HD constexpr std::int32_t ramp_slope(int steps) {
  return static_cast<std::int32_t>((std::int64_t{full_level} * 65536 + steps * wheel_one / 2) / (steps * wheel_one));
}
FLUXEL_HD std::int32_t ramp(std::int32_t place, int steps, std::int32_t slope) {
  const std::int32_t end = steps * wheel_one;
  const std::int32_t inside = place < 0 ? 0 : place > end ? end : place;
  return (inside * slope + 32768) >> 16;
}

/// Brightness of the channels at a place of the wheel.
struct wheel_color {
  std::int32_t red, green, blue;
};
FLUXEL_HD wheel_color color_at(std::int32_t place) {
  constexpr std::int32_t one = wheel_one;
  const std::int32_t red_falls = ramp(21 * one - place, 6, ramp_slope(6));
  const std::int32_t red_rises = ramp(place - 36 * one, 13, ramp_slope(13));
  const std::int32_t green_rises = ramp(place, 15, ramp_slope(15));
  const std::int32_t green_falls = ramp(36 * one - place, 11, ramp_slope(11));
  const std::int32_t blue_rises = ramp(place - 21 * one, 4, ramp_slope(4));
  const std::int32_t blue_falls = ramp(55 * one - place, 6, ramp_slope(6));
  return {red_falls < red_rises ? red_rises : red_falls, green_rises < green_falls ? green_rises : green_falls,
          blue_rises < blue_falls ? blue_rises : blue_falls};
}

/// Half to even; |value| is below 2^31.
FLUXEL_HD std::int32_t nearest_integer(float value) {
#if defined(__CUDA_ARCH__)
  return __float2int_rn(value);
#else
  return static_cast<std::int32_t>(__builtin_nearbyintf(value));
#endif
}

inline constexpr std::uint32_t without_sign = 0x7fffffff;
inline constexpr std::uint32_t largest_known = 0x4e6e6b28;  ///< bits of 1e9f

/// NaN has larger bits than every number.
FLUXEL_HD bool is_known_flow(std::uint32_t u_bits, std::uint32_t v_bits) {
  return (u_bits & without_sign) <= largest_known && (v_bits & without_sign) <= largest_known;
}

/// Where the direction of a vector lies on the wheel, for components that are known. Magnitudes are compared by their
/// bits: nvcc would turn a select between floats into a minimum, which parity leaves out.
FLUXEL_HD std::int32_t place_on_wheel(float u, float v) {
  const std::uint32_t across = bits_of_float(u) & without_sign, along = bits_of_float(v) & without_sign;
  const bool steep = along > across;
  const std::uint32_t smaller = steep ? across : along, larger = steep ? along : across;
  if (larger == 0) return 0;
  const float t = float_from_bits(smaller) / float_from_bits(larger);
  const float t2 = t * t;
  using c = wheel_polynomial;
  const float sum = fused(fused(fused(fused(c::c4, t2, c::c3), t2, c::c2), t2, c::c1), t2, c::c0);
  std::int32_t place = nearest_integer(sum * t * static_cast<float>(wheel_one));
  place = steep ? wheel_turn / 4 - place : place;
  place = u < 0 ? wheel_turn / 2 - place : place;
  return v < 0 ? wheel_turn - place : place;
}

FLUXEL_HD float squared_flow(float u, float v) { return fused(u, u, v * v); }

struct flow_rgb {
  u8 red, green, blue;
};

/// Between white and the full color, or three quarters of it for a vector that is longer.
FLUXEL_HD u8 shown_level(std::int32_t level, std::int32_t length, bool longer) {
  const std::int32_t pale = full_level - ((length * (full_level - level)) >> length_bits);
  return static_cast<u8>(((longer ? 3 * level >> 2 : pale) + level_one / 2) / level_one);
}

/// @param inverse_length  1 / the length of the full color, at most 1e6
FLUXEL_HD flow_rgb flow_color(float u, float v, float inverse_length) {
  if (!is_known_flow(bits_of_float(u), bits_of_float(v))) return {0, 0, 0};
  const wheel_color full = color_at(place_on_wheel(u, v));
  const float length = std::sqrt(squared_flow(u * inverse_length, v * inverse_length));
  const bool longer = length > 1;
  const std::int32_t rounded = longer ? 0 : nearest_integer(length * static_cast<float>(1 << length_bits));
  return {shown_level(full.red, rounded, longer), shown_level(full.green, rounded, longer),
          shown_level(full.blue, rounded, longer)};
}

/// The bin of a squared length, by the bits of the float.
inline constexpr int length_shift = 15;                        ///< 8 bits of the mantissa stay
inline constexpr std::int32_t first_length = (127 - 12) << 8;  ///< of 2^-12
FLUXEL_HD std::int32_t length_bin(std::uint32_t squared_bits) {
  const std::int32_t bin = static_cast<std::int32_t>(squared_bits >> length_shift) - first_length;
  return bin < 0 ? 0 : bin >= flow_lengths::bins ? flow_lengths::bins - 1 : bin;
}

}  // namespace fluxel::kernels
