// SPDX-License-Identifier: Apache-2.0
#pragma once

// PTX arithmetic. Integers wrap; floats are rounded once, to nearest even.

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

#include "emulation/integer_intrinsics.hpp"
#include "replay/machine.hpp"

namespace ptx {

template <std::integral T>
using wrapping = std::make_unsigned_t<T>;

template <class T>
T add(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(wrapping<T>(a) + wrapping<T>(b));
  else
    return a + b;
}
template <class T>
T sub(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(wrapping<T>(a) - wrapping<T>(b));
  else
    return a - b;
}
template <std::floating_point T>
T mul(T a, T b) {
  return a * b;
}
template <std::integral T>
T mul_lo(T a, T b) {
  return static_cast<T>(std::uint64_t(a) * std::uint64_t(b));
}
template <std::integral T>
auto mul_wide(T a, T b) {
  using wide = std::conditional_t<std::is_signed_v<T>, std::make_signed_t<word<2 * sizeof(T)>>, word<2 * sizeof(T)>>;
  return static_cast<wide>(wide{a} * wide{b});
}
template <std::integral T>
T mul_hi(T a, T b) {
  if constexpr (std::is_same_v<T, std::int64_t>)
    return emulation::high_product_signed(a, b);
  else if constexpr (sizeof(T) == 8)
    return emulation::high_product(a, b);
  else
    return static_cast<T>(mul_wide(a, b) >> (8 * sizeof(T)));
}
/// Integer division by zero is unspecified in PTX; hardware gives all ones.
template <class T>
T div(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) return static_cast<T>(-1);
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return sub(T{0}, a);
  }
  return static_cast<T>(a / b);
}
template <std::integral T>
T rem(T a, T b) {
  if (b == 0) return a;
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
  return static_cast<T>(a % b);
}
template <std::floating_point T>
T fma(T a, T b, T c) {
  return std::fma(a, b, c);
}
template <std::floating_point T>
T sqrt(T a) {
  return std::sqrt(a);
}
template <std::floating_point T>
T rcp(T a) {
  return T{1} / a;
}
/// copysign.f32 d, a, b: the sign of a on the magnitude of b.
template <std::floating_point T>
T copysign(T a, T b) {
  return std::copysign(b, a);
}

/// For floats a NaN gives the other operand, and -0 is below +0: what nvcc makes of a select against a constant.
template <class T>
T min(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a) return b;
    if (a == b) return std::signbit(a) ? a : b;
  }
  return b < a ? b : a;
}
template <class T>
T max(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a) return b;
    if (a == b) return std::signbit(a) ? b : a;
  }
  return a < b ? b : a;
}
template <std::integral T>
T min_relu(T a, T b) {
  return max(min(a, b), T{0});
}
template <std::integral T>
T max_relu(T a, T b) {
  return max(max(a, b), T{0});
}
template <class T>
T neg(T a) {
  if constexpr (std::is_integral_v<T>)
    return sub(T{0}, a);
  else
    return -a;
}
template <class T>
T abs(T a) {
  if constexpr (std::is_integral_v<T>)
    return a < 0 ? sub(T{0}, a) : a;
  else
    return std::fabs(a);
}
template <std::integral T>
T sad(T a, T b, T c) {
  return add(c, a < b ? sub(b, a) : sub(a, b));
}

template <class T>
T and_(T a, T b) {
  return static_cast<T>(a & b);
}
template <class T>
T or_(T a, T b) {
  return static_cast<T>(a | b);
}
template <class T>
T xor_(T a, T b) {
  return static_cast<T>(a ^ b);
}
template <class T>
T not_(T a) {
  if constexpr (std::is_same_v<T, bool>)
    return !a;
  else
    return static_cast<T>(~a);
}
template <std::integral T>
T cnot(T a) {
  return a == 0;
}

/// Two 16-bit lanes of a word.
template <class Lane, class F>
std::uint32_t in_halves(std::uint32_t a, std::uint32_t b, F&& f) {
  const auto low = f(static_cast<Lane>(a), static_cast<Lane>(b));
  const auto high = f(static_cast<Lane>(a >> 16), static_cast<Lane>(b >> 16));
  return static_cast<std::uint16_t>(low) | std::uint32_t{static_cast<std::uint16_t>(high)} << 16;
}
template <class Lane>
std::uint32_t packed_add(std::uint32_t a, std::uint32_t b) {
  return in_halves<Lane>(a, b, add<Lane>);
}
template <class Lane>
std::uint32_t packed_min(std::uint32_t a, std::uint32_t b) {
  return in_halves<Lane>(a, b, min<Lane>);
}
template <class Lane>
std::uint32_t packed_max(std::uint32_t a, std::uint32_t b) {
  return in_halves<Lane>(a, b, max<Lane>);
}
template <class Lane>
std::uint32_t packed_min_relu(std::uint32_t a, std::uint32_t b) {
  return in_halves<Lane>(a, b, min_relu<Lane>);
}
template <class Lane>
std::uint32_t packed_max_relu(std::uint32_t a, std::uint32_t b) {
  return in_halves<Lane>(a, b, max_relu<Lane>);
}

}  // namespace ptx
