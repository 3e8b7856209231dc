// SPDX-License-Identifier: Apache-2.0
#pragma once

// f16 and bf16 are storage: convert, compute in f32, round once, half to even. In integers, so that no hardware
// conversion, flush mode or emulation can differ.

#include <bit>
#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/common/runtime/hd.hpp"

namespace fluxel::kernels {

FLUXEL_HD float float_from_bits(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}
FLUXEL_HD std::uint32_t bits_of_float(float value) {
#if defined(__CUDA_ARCH__)
  return __float_as_uint(value);
#else
  return std::bit_cast<std::uint32_t>(value);
#endif
}

FLUXEL_HD float to_float(float v) { return v; }

FLUXEL_HD float to_float(bf16 v) { return float_from_bits(std::uint32_t{v.bits} << 16); }

FLUXEL_HD float to_float(f16 v) {
  const std::uint32_t sign = (v.bits & 0x8000u) << 16;
  const std::uint32_t magnitude = v.bits & 0x7fffu;
  if (magnitude >= 0x7c00u) return float_from_bits(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
  if (magnitude < 0x400u) {  // subnormal: an exact multiple of 2^-24
    const float value = static_cast<float>(magnitude) * 0x1p-24f;
    return float_from_bits(sign | bits_of_float(value));
  }
  return float_from_bits(sign | ((magnitude << 13) + 0x38000000u));
}

template <class T>
FLUXEL_HD T from_float(float v);

template <>
FLUXEL_HD float from_float<float>(float v) { return v; }

template <>
FLUXEL_HD bf16 from_float<bf16>(float v) {
  const std::uint32_t bits = bits_of_float(v);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return bf16{static_cast<std::uint16_t>(bits >> 16 | 0x40u)};
  return bf16{static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16)};
}

template <>
FLUXEL_HD f16 from_float<f16>(float v) {
  const std::uint32_t bits = bits_of_float(v);
  const std::uint32_t sign = bits >> 16 & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return f16{static_cast<std::uint16_t>(sign | 0x7e00u)};
  if (magnitude >= 0x477ff000u) return f16{static_cast<std::uint16_t>(sign | 0x7c00u)};  // rounds past 65504
  if (magnitude < 0x38800000u) {  // below 2^-14: adding 0.5 leaves the multiple of 2^-24 in the low bits, rounded
    const std::uint32_t rounded = bits_of_float(float_from_bits(magnitude) + 0.5f) - 0x3f000000u;
    return f16{static_cast<std::uint16_t>(sign | rounded)};
  }
  const std::uint32_t even = magnitude >> 13 & 1u;
  return f16{static_cast<std::uint16_t>(sign | (magnitude - 0x38000000u + 0xfffu + even) >> 13)};
}

}  // namespace fluxel::kernels
