// SPDX-License-Identifier: Apache-2.0
#pragma once

// Linear light around a resize. Revision 1 of the bytes of `linear_light`.
//
// A sample is brought to [0, 1] by a matrix (one fma for each column, the constant first), clamped, and put through
// the decoding curve; back the same way in reverse, rounded half up once. Curves are straight pieces over the bits of
// a float: the binades from 2^-42 to 1 in 256 pieces each, and one piece below. They are off by less than 1.1e-5 of
// the value, of PQ and HLG by less than 1e-4. Alpha is linear already.

#include <cstdint>
#include <type_traits>

#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/light.hpp"

namespace fluxel::kernels {

inline constexpr int curve_binades = 42;
inline constexpr int curve_piece_bits = 15;  ///< of the mantissa that lie within a piece
inline constexpr std::uint32_t curve_first = (127u - curve_binades) << (23 - curve_piece_bits);
/// One below the binades, those of the binades, and 1.0 itself.
inline constexpr int curve_pieces = 1 + (curve_binades << (23 - curve_piece_bits)) + 1;

/// NaN is 0.
FLUXEL_HD float clamp_unit(float v) {
  const float positive = v > 0 ? v : 0;
  return positive < 1 ? positive : 1;
}

FLUXEL_HD float on_curve(float v, const light_curve& curve) {
  const float x = clamp_unit(v);
  const std::uint32_t piece = bits_of_float(x) >> curve_piece_bits;
  if (piece < curve_first) return fused(x, curve.slope[0], curve.base[0]);
  const std::uint32_t i = piece - curve_first + 1;
  return fused(x - float_from_bits(piece << curve_piece_bits), curve.slope[i], curve.base[i]);
}

FLUXEL_HD float mixed(const float (&row)[4], float a, float b, float c) {
  return fused(row[2], c, fused(row[1], b, fused(row[0], a, row[3])));
}

template <class T>
FLUXEL_HD const T* sample_at(const light_samples& s, int k, int x, int y) {
  return reinterpret_cast<const T*>(static_cast<const unsigned char*>(s.data[k]) + y * s.pitch[k]) +
         std::ptrdiff_t{x} * s.step[k];
}
template <class T>
FLUXEL_HD float sample_value(const light_samples& s, int k, int x, int y) {
  return static_cast<float>(*sample_at<T>(s, k, x, y) >> s.low_zero_bits);
}
template <class T>
FLUXEL_HD void store_sample(const light_samples& s, int k, int x, int y, float v) {
  const float most = static_cast<float>(s.max_value);
  const float positive = v > 0 ? v : 0;
  const auto value = static_cast<std::uint32_t>((positive < most ? positive : most) + 0.5f);
  *const_cast<T*>(sample_at<T>(s, k, x, y)) = static_cast<T>(value << s.low_zero_bits);
}

/// One pixel to linear light.
template <class T>
FLUXEL_HD void decode_pixel(const light_call& c, int x, int y, float* light) {
  const light_samples& s = c.samples;
  const float first = sample_value<T>(s, 0, x, y);
  if (s.colors == 1) {
    light[0] = on_curve(fused(c.matrix[0][0], first, c.matrix[0][3]), c.curve);
  } else {
    const float second = sample_value<T>(s, 1, x, y), third = sample_value<T>(s, 2, x, y);
    for (int k = 0; k < 3; ++k) light[k] = on_curve(mixed(c.matrix[k], first, second, third), c.curve);
  }
  if (s.alpha) light[s.colors] = sample_value<T>(s, s.colors, x, y) / static_cast<float>(s.max_value);
}

/// And back.
template <class T>
FLUXEL_HD void encode_pixel(const light_call& c, int x, int y, const float* light) {
  const light_samples& s = c.samples;
  if (s.colors == 1) {
    store_sample<T>(s, 0, x, y, fused(c.matrix[0][0], on_curve(light[0], c.curve), c.matrix[0][3]));
  } else {
    const float red = on_curve(light[0], c.curve), green = on_curve(light[1], c.curve),
                blue = on_curve(light[2], c.curve);
    for (int k = 0; k < 3; ++k) store_sample<T>(s, k, x, y, mixed(c.matrix[k], red, green, blue));
  }
  if (s.alpha) store_sample<T>(s, s.colors, x, y, light[s.colors] * static_cast<float>(s.max_value));
}

}  // namespace fluxel::kernels
