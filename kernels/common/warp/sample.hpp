// SPDX-License-Identifier: Apache-2.0
#pragma once

// A pixel between pixels, at a position in 1/256 px. Revision 1 of the bytes of `warp`.
//
// Integers: bilinear weights are exact, and so is the sum, which is rounded half up once. Catmull-Rom weights are
// exact multiples of 2^-25; u8 rounds them to 2^-14 and keeps 6 fraction bits between the passes, u16 keeps 12.
// Floats: fma(f, b - a, a) in each pass; Catmull-Rom adds the weighted differences to the pixel at the position, so
// that a constant stays what it is, and returns that pixel where f == 0, so that an infinity beside it does no harm.

#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/fma.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/warp/position.hpp"

namespace fluxel::kernels {

/// Weights of the four pixels around a position, in 2^-25; they sum to 2^25.
struct cubic_weights {
  std::int32_t w0, w1, w2, w3;
};
inline constexpr int cubic_bits = 25;
FLUXEL_HD cubic_weights catmull_rom(std::int32_t f) {
  const std::int32_t square = f * f, cube = square * f;
  const std::int32_t w0 = 512 * square - cube - 65536 * f;
  const std::int32_t w1 = 3 * cube - 1280 * square + (1 << cubic_bits);
  const std::int32_t w3 = cube - 256 * square;
  return {w0, w1, (1 << cubic_bits) - w0 - w1 - w3, w3};
}

/// Pixels of type T: what is kept between the passes, and the passes of both filters.
template <class T>
struct warp_sample {  // u8 and u16
  using linear_between = std::uint32_t;
  static FLUXEL_HD linear_between linear_across(T a, T b, std::int32_t f) {
    return std::uint32_t{a} * static_cast<std::uint32_t>(warp_one - f) +
           std::uint32_t{b} * static_cast<std::uint32_t>(f);
  }
  static FLUXEL_HD T linear_down(linear_between a, linear_between b, std::int32_t f) {
    const std::uint32_t sum = a * static_cast<std::uint32_t>(warp_one - f) + b * static_cast<std::uint32_t>(f);
    return static_cast<T>((sum + (1u << 15)) >> 16);  // at most 65535 * 2^16 + 2^15
  }

  static constexpr bool is_u8 = sizeof(T) == 1;
  static constexpr int weight_bits = is_u8 ? 14 : cubic_bits;
  static constexpr int kept_bits = is_u8 ? 6 : 12;
  using wide = std::conditional_t<is_u8, std::int32_t, std::int64_t>;
  using cubic_between = std::int32_t;
  static FLUXEL_HD cubic_weights weights(std::int32_t f) {
    const cubic_weights w = catmull_rom(f);
    constexpr int cut = cubic_bits - weight_bits;
    if constexpr (cut == 0) return w;
    const auto rounded = [](std::int32_t exact) { return (exact + (1 << cut >> 1)) >> cut; };
    const std::int32_t w0 = rounded(w.w0), w1 = rounded(w.w1), w3 = rounded(w.w3);
    return {w0, w1, (1 << weight_bits) - w0 - w1 - w3, w3};
  }
  template <class V>
  static FLUXEL_HD wide sum(V a, V b, V c, V d, const cubic_weights& w) {
    return wide{a} * w.w0 + wide{b} * w.w1 + wide{c} * w.w2 + wide{d} * w.w3;
  }
  static FLUXEL_HD cubic_between cubic_across(T a, T b, T c, T d, const cubic_weights& w) {
    constexpr int cut = weight_bits - kept_bits;
    return static_cast<std::int32_t>((sum(a, b, c, d, w) + (wide{1} << (cut - 1))) >> cut);
  }
  static FLUXEL_HD T cubic_down(cubic_between a, cubic_between b, cubic_between c, cubic_between d,
                                const cubic_weights& w, int largest) {
    constexpr int cut = weight_bits + kept_bits;
    const wide value = (sum(a, b, c, d, w) + (wide{1} << (cut - 1))) >> cut;
    const wide most = is_u8 ? 255 : largest;
    return static_cast<T>(value < 0 ? 0 : value > most ? most : value);
  }
};

template <class T>
struct warp_sample_in_f32 {
  using linear_between = float;
  static FLUXEL_HD float between(float a, float b, std::int32_t f) {
    return f == 0 ? a : fused(static_cast<float>(f) * 0x1p-8f, b - a, a);
  }
  static FLUXEL_HD float linear_across(T a, T b, std::int32_t f) { return between(to_float(a), to_float(b), f); }
  static FLUXEL_HD T linear_down(float a, float b, std::int32_t f) { return from_float<T>(between(a, b, f)); }

  using cubic_between = float;
  static FLUXEL_HD cubic_weights weights(std::int32_t f) { return catmull_rom(f); }
  static FLUXEL_HD float around(float a, float b, float c, float d, const cubic_weights& w) {
    if (w.w1 == 1 << cubic_bits) return b;
    const float w0 = static_cast<float>(w.w0) * 0x1p-25f, w2 = static_cast<float>(w.w2) * 0x1p-25f;
    return fused(static_cast<float>(w.w3) * 0x1p-25f, d - b, fused(w2, c - b, fused(w0, a - b, b)));
  }
  static FLUXEL_HD float cubic_across(T a, T b, T c, T d, const cubic_weights& w) {
    return around(to_float(a), to_float(b), to_float(c), to_float(d), w);
  }
  static FLUXEL_HD T cubic_down(float a, float b, float c, float d, const cubic_weights& w, int) {
    return from_float<T>(around(a, b, c, d, w));
  }
};
template <>
struct warp_sample<f16> : warp_sample_in_f32<f16> {};
template <>
struct warp_sample<bf16> : warp_sample_in_f32<bf16> {};
template <>
struct warp_sample<f32> : warp_sample_in_f32<f32> {};

/// Rows are found by `row(y)`, the first element of a row of `src`.
template <class T, class Row>
FLUXEL_HD void sample_linear(const image& src, const Row& row, const warp_target& at, T* to) {
  const std::ptrdiff_t left = std::ptrdiff_t{clamp_position(at.x.first, src.width)} * src.channels;
  const std::ptrdiff_t right = std::ptrdiff_t{clamp_position(at.x.first + 1, src.width)} * src.channels;
  const T* above = row(clamp_position(at.y.first, src.height));
  const T* below = row(clamp_position(at.y.first + 1, src.height));
  for (int c = 0; c < src.channels; ++c)
    to[c] = warp_sample<T>::linear_down(
        warp_sample<T>::linear_across(above[left + c], above[right + c], at.x.fraction),
        warp_sample<T>::linear_across(below[left + c], below[right + c], at.x.fraction), at.y.fraction);
}

template <class T, class Row>
FLUXEL_HD void sample_cubic(const image& src, const Row& row, const warp_target& at, int largest, T* to) {
  using sample = warp_sample<T>;
  const cubic_weights across = sample::weights(at.x.fraction), down = sample::weights(at.y.fraction);
  std::ptrdiff_t column[4];
  const T* line[4];
  for (int k = 0; k < 4; ++k) {
    column[k] = std::ptrdiff_t{clamp_position(at.x.first + k - 1, src.width)} * src.channels;
    line[k] = row(clamp_position(at.y.first + k - 1, src.height));
  }
  for (int c = 0; c < src.channels; ++c) {
    typename sample::cubic_between kept[4];
    for (int k = 0; k < 4; ++k)
      kept[k] = sample::cubic_across(line[k][column[0] + c], line[k][column[1] + c], line[k][column[2] + c],
                                     line[k][column[3] + c], across);
    to[c] = sample::cubic_down(kept[0], kept[1], kept[2], kept[3], down, largest);
  }
}

}  // namespace fluxel::kernels
