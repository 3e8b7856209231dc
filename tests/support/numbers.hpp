// SPDX-License-Identifier: Apache-2.0
#pragma once

// Element types as doubles, from the definition of their formats; shares nothing with the library.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "fluxel/types.hpp"

namespace fluxel::test {

struct half_format {
  int exponent_bits;
  int fraction_bits;
  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
};
template <class T>
constexpr half_format format_of() {
  return std::is_same_v<T, f16> ? half_format{5, 10} : half_format{8, 7};
}

inline double decode(std::uint16_t bits, half_format f) {
  const int exponent = bits >> f.fraction_bits & ((1 << f.exponent_bits) - 1);
  const int fraction = bits & ((1 << f.fraction_bits) - 1);
  const double sign = bits >> 15 ? -1.0 : 1.0;
  if (exponent == (1 << f.exponent_bits) - 1)
    return fraction ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - f.bias() - f.fraction_bits);
  return sign * std::ldexp((1 << f.fraction_bits) + fraction, exponent - f.bias() - f.fraction_bits);
}

/// Finite values only; to nearest, ties to even.
inline std::uint16_t encode(double v, half_format f) {
  const int sign = std::signbit(v) ? 0x8000 : 0;
  v = std::fabs(v);
  if (v == 0) return static_cast<std::uint16_t>(sign);
  const int exponent = std::max(std::ilogb(v), 1 - f.bias());
  const auto units = static_cast<std::int64_t>(std::nearbyint(std::ldexp(v, f.fraction_bits - exponent)));
  // A carry into the next power of two moves into the exponent by itself.
  const auto bits = ((std::int64_t{exponent} + f.bias() - 1) << f.fraction_bits) + units;
  const std::int64_t infinity = std::int64_t{(1 << f.exponent_bits) - 1} << f.fraction_bits;
  return static_cast<std::uint16_t>(sign | std::min(bits, infinity));
}

template <class T>
double to_double(T v) {
  if constexpr (std::is_same_v<T, f16> || std::is_same_v<T, bf16>)
    return decode(v.bits, format_of<T>());
  else
    return static_cast<double>(v);
}

template <class T>
T from_double(double v) {
  if constexpr (std::is_same_v<T, f16> || std::is_same_v<T, bf16>)
    return T{encode(v, format_of<T>())};
  else
    return static_cast<T>(v);
}

/// Half a unit in the last place of T at `magnitude`, for rounding bounds; 0 where a float result needs none.
template <class T>
double half_ulp(double magnitude) {
  if constexpr (std::is_same_v<T, f16> || std::is_same_v<T, bf16>) {
    const half_format f = format_of<T>();
    const int exponent = magnitude == 0 ? 1 - f.bias() : std::max(std::ilogb(magnitude), 1 - f.bias());
    return std::ldexp(1.0, exponent - f.fraction_bits - 1);
  } else {
    return 0;
  }
}

}  // namespace fluxel::test
