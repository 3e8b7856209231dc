// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using f32 = float;

/// IEEE 754 binary16 as storage; layout-compatible with CUDA's `__half`. `float(h)` is exact; `f16::from(x)` rounds
/// to nearest, half to even, keeps subnormals and goes to infinity beyond 65504.
struct FLUXEL_API f16 {
  std::uint16_t bits;
  bool operator==(const f16&) const = default;

  explicit operator float() const {
    const std::uint32_t sign = (bits & 0x8000u) << 16, rest = bits & 0x7fffu;
    if (rest >= 0x7c00u) return std::bit_cast<float>(sign | 0x7f800000u | (rest & 0x3ffu) << 13);
    if (rest >= 0x0400u) return std::bit_cast<float>(sign | ((rest << 13) + 0x38000000u));
    const float subnormal = static_cast<float>(rest) * 0x1p-24f;
    return sign != 0 ? -subnormal : subnormal;
  }
  static f16 from(float x) {
    const auto u = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t sign = u >> 16 & 0x8000u, rest = u & 0x7fffffffu;
    if (rest > 0x7f800000u) return {static_cast<std::uint16_t>(sign | 0x7e00u)};   // NaN
    if (rest >= 0x477ff000u) return {static_cast<std::uint16_t>(sign | 0x7c00u)};  // 65520 and above
    // Of subnormals the unit is 2^-24: adding 0.5 leaves them, rounded, in the lowest bits.
    const std::uint32_t rounded = rest < 0x38800000u
                                      ? std::bit_cast<std::uint32_t>(std::bit_cast<float>(rest) + 0.5f) - 0x3f000000u
                                      : (rest - 0x38000000u + 0xfffu + (rest >> 13 & 1u)) >> 13;
    return {static_cast<std::uint16_t>(sign | rounded)};
  }
};

/// bfloat16 as storage; layout-compatible with CUDA's `__nv_bfloat16`. `float(h)` is exact; `bf16::from(x)` rounds to
/// nearest, half to even.
struct FLUXEL_API bf16 {
  std::uint16_t bits;
  bool operator==(const bf16&) const = default;

  explicit operator float() const { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
  static bf16 from(float x) {
    const auto u = std::bit_cast<std::uint32_t>(x);
    if ((u & 0x7fffffffu) > 0x7f800000u) return {static_cast<std::uint16_t>(u >> 16 | 0x40u)};  // NaN
    return {static_cast<std::uint16_t>((u + 0x7fffu + (u >> 16 & 1u)) >> 16)};
  }
};

enum class element_type : int { u8 = 1, u16 = 2, f16 = 3, bf16 = 4, f32 = 5 };

template <class T>
struct element_traits;
template <>
struct element_traits<u8> {
  static constexpr element_type type = element_type::u8;
};
template <>
struct element_traits<u16> {
  static constexpr element_type type = element_type::u16;
};
template <>
struct element_traits<f16> {
  static constexpr element_type type = element_type::f16;
};
template <>
struct element_traits<bf16> {
  static constexpr element_type type = element_type::bf16;
};
template <>
struct element_traits<f32> {
  static constexpr element_type type = element_type::f32;
};

constexpr int element_size(element_type type) {
  return type == element_type::u8 ? 1 : type == element_type::f32 ? 4 : 2;
}

/// Width and height in pixels.
struct size {
  int width = 0;
  int height = 0;
  bool operator==(const size&) const = default;
};

/// A position in an image. Pixel centres are whole numbers: (0, 0) is the centre of the first.
struct point {
  float x = 0;
  float y = 0;
  bool operator==(const point&) const = default;
};

/// A rectangle in pixel coordinates: pixel (i, j) covers [i, i + 1) x [j, j + 1). Edges may be fractional.
struct rect {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  bool operator==(const rect&) const = default;
};

}  // namespace v0
}  // namespace fluxel
