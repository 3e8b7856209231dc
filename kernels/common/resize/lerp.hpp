// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bilinear interpolation, horizontally first, then vertically. Revision 2 of the bytes of `resize_bilinear`.
//
// u8: 15-bit weights; 7 fraction bits are kept between the passes, so that rows fit in signed 16-bit lanes.
// u16: 24-bit weights, 12 fraction bits kept: every product stays below 2^53.
// The horizontal pass rounds half up; the vertical sum is exact and rounded half up once.
//
// Rounded weights make the sum miss its exact value a little. Of exact ties (one random pixel in six when a single axis
// grows by 3/2) half would then round to the wrong side. So where ties are frequent (`rounding_of` in position.hpp) the
// sum is biased upwards by about its own error: by 1/2 of the last intermediate bit for u8, by 6 for u16. At least
// 99.5 % of random pixels are rounded correctly at every ratio; without the bias, 94 % at some.
//
// Floats: fma(f, b - a, a) in each pass; f == 0 returns a, which keeps an infinity beside it from becoming NaN.

#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

template <class T>
struct lerp;

template <>
struct lerp<u8> {
  using weight = std::int32_t;   ///< in [0, 2^15]
  using between = std::int32_t;  ///< in [0, 255 * 2^7]
  static FLUXEL_HD weight from_fraction(std::uint32_t fraction) {
    return static_cast<weight>(((fraction >> 16) + 1) >> 1);
  }
  static FLUXEL_HD between horizontal(u8 a, u8 b, weight w) { return (a << 7) + (((b - a) * w + 128) >> 8); }
  /// What the last rounding adds, in 1/2^22.
  static FLUXEL_HD std::int32_t last_addend(last_rounding rounding) {
    return (1 << 21) + (rounding == last_rounding::half_up ? 0 : 1 << 14);
  }
  static FLUXEL_HD u8 vertical(between a, between b, weight w, last_rounding rounding) {
    return static_cast<u8>(((a << 15) + (b - a) * w + last_addend(rounding)) >> 22);
  }
};

template <>
struct lerp<u16> {
  using weight = std::int32_t;   ///< in [0, 2^24]
  using between = std::int32_t;  ///< in [0, 65535 * 2^12]
  static FLUXEL_HD weight from_fraction(std::uint32_t fraction) {
    return static_cast<weight>(((fraction >> 7) + 1) >> 1);
  }
  static FLUXEL_HD between horizontal(u16 a, u16 b, weight w) {
    return (std::int32_t{a} << 12) + static_cast<between>((std::int64_t{b - a} * w + (1 << 11)) >> 12);
  }
  /// What the last rounding adds, in 1/2^12.
  static FLUXEL_HD std::int32_t last_addend(last_rounding rounding) {
    return (1 << 11) + (rounding == last_rounding::half_up ? 0 : 6);
  }
  static FLUXEL_HD u16 vertical(between a, between b, weight w, last_rounding rounding) {
    return static_cast<u16>(
        (a + static_cast<std::int32_t>((std::int64_t{b - a} * w) >> 24) + last_addend(rounding)) >> 12);
  }
};

template <>
struct lerp<f32> {
  using weight = float;  ///< in [0, 1]
  using between = float;
  static FLUXEL_HD weight from_fraction(std::uint32_t fraction) { return static_cast<float>(fraction) * 0x1p-32f; }
  static FLUXEL_HD between horizontal(f32 a, f32 b, weight w) { return w == 0 ? a : fused(w, b - a, a); }
  static FLUXEL_HD f32 vertical(between a, between b, weight w, last_rounding) {
    return w == 0 ? a : fused(w, b - a, a);
  }
};

template <class Half>
struct lerp_in_f32 {
  using weight = float;
  using between = float;
  static FLUXEL_HD weight from_fraction(std::uint32_t fraction) { return lerp<f32>::from_fraction(fraction); }
  static FLUXEL_HD between horizontal(Half a, Half b, weight w) {
    return lerp<f32>::horizontal(to_float(a), to_float(b), w);
  }
  static FLUXEL_HD Half vertical(between a, between b, weight w, last_rounding rounding) {
    return from_float<Half>(lerp<f32>::vertical(a, b, w, rounding));
  }
};
template <>
struct lerp<f16> : lerp_in_f32<f16> {};
template <>
struct lerp<bf16> : lerp_in_f32<bf16> {};

}  // namespace fluxel::kernels
