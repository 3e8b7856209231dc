// SPDX-License-Identifier: Apache-2.0
#pragma once

// PTX cvt.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "emulation/float_intrinsics.hpp"
#include "replay/machine.hpp"

namespace ptx {

template <class T>
T rni(T a) {
  return std::nearbyint(a);
}
template <class T>
T rzi(T a) {
  return std::trunc(a);
}
template <class T>
T rmi(T a) {
  return std::floor(a);
}
template <class T>
T rpi(T a) {
  return std::ceil(a);
}

inline float widened(bf16 a) { return std::bit_cast<float>(std::uint32_t{a.bits} << 16); }
inline float widened(f16 a) {
  const int exponent = a.bits >> 10 & 31, fraction = a.bits & 1023;
  const float sign = a.bits & 0x8000 ? -1.0f : 1.0f;
  if (exponent == 31)
    return fraction ? std::numeric_limits<float>::quiet_NaN() : sign * std::numeric_limits<float>::infinity();
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}
inline f16 narrowed_f16(float a) {
  const auto sign = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(a) >> 16 & 0x8000);
  const double magnitude = std::fabs(double{a});
  if (a != a) return {0x7fff};
  if (magnitude >= 65520) return {static_cast<std::uint16_t>(sign | 0x7c00)};
  if (magnitude < 0x1p-14) return {static_cast<std::uint16_t>(sign | int(std::nearbyint(magnitude * 0x1p24)))};
  const int exponent = std::ilogb(magnitude);
  const int fraction = static_cast<int>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));  // may carry to 2048
  return {static_cast<std::uint16_t>(sign | (((exponent + 15) << 10) + fraction - 1024))};
}
inline bf16 narrowed_bf16(float a) {
  const auto bits = std::bit_cast<std::uint32_t>(a);
  if (a != a) return {0x7fff};
  return {static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}

template <class To, class From>
To convert(From a) {
  if constexpr (std::is_same_v<To, From>)
    return a;
  else if constexpr (std::is_same_v<From, f16> || std::is_same_v<From, bf16>)
    return convert<To>(widened(a));
  else if constexpr (std::is_same_v<To, f16>)
    return narrowed_f16(a);
  else if constexpr (std::is_same_v<To, bf16>)
    return narrowed_bf16(a);
  else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>)
    return emulation::saturated<To>(a);
  else
    return static_cast<To>(a);
}

/// .sat: integers clamp to the target's range, floats to [0, 1] with NaN to 0.
template <class To, class From>
To convert_saturated(From a) {
  if constexpr (std::is_floating_point_v<To>) {
    const To v = convert<To>(a);
    return v > 0 ? (v < 1 ? v : To{1}) : To{0};
  } else if constexpr (std::is_integral_v<From>) {
    using limits = std::numeric_limits<To>;
    if (std::cmp_less(a, limits::min())) return limits::min();
    if (std::cmp_greater(a, limits::max())) return limits::max();
    return static_cast<To>(a);
  } else {
    return convert<To>(a);
  }
}

/// cvt.pack.sat: a and b, saturated, enter the low lanes of c from the right: b lowest.
template <class To>
std::uint32_t pack_saturated(std::int32_t a, std::int32_t b, std::uint32_t c) {
  constexpr int bits = 8 * sizeof(To);
  auto lane = [](std::int32_t v) {
    return std::uint32_t{static_cast<std::make_unsigned_t<To>>(convert_saturated<To>(v))};
  };
  const std::uint32_t pair = lane(b) | lane(a) << bits;
  return bits == 16 ? pair : (c << 16) | pair;
}

}  // namespace ptx
