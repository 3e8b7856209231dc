// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using f32 = float;

/// IEEE 754 binary16 as storage; layout-compatible with CUDA's `__half`.
struct FLUXEL_API f16 {
  std::uint16_t bits;
  bool operator==(const f16&) const = default;
};

/// bfloat16 as storage; layout-compatible with CUDA's `__nv_bfloat16`.
struct FLUXEL_API bf16 {
  std::uint16_t bits;
  bool operator==(const bf16&) const = default;
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
