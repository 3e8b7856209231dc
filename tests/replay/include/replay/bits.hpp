// SPDX-License-Identifier: Apache-2.0
#pragma once

// PTX shifts, bit fields and counts.

#include <bit>
#include <concepts>
#include <cstdint>

#include "emulation/integer_intrinsics.hpp"
#include "replay/arithmetic.hpp"

namespace ptx {

/// Shifts by the width and more give zero, or the sign.
template <std::integral T>
T shl(T a, std::uint32_t by) {
  return by >= 8 * sizeof(T) ? T{0} : static_cast<T>(wrapping<T>(a) << by);
}
template <std::integral T>
T shr(T a, std::uint32_t by) {
  if (by >= 8 * sizeof(T)) return a < 0 ? static_cast<T>(-1) : T{0};
  return static_cast<T>(a >> by);
}
inline std::uint32_t shf_l_wrap(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return __funnelshift_l(a, b, c);
}
inline std::uint32_t shf_r_wrap(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return __funnelshift_r(a, b, c);
}
inline std::uint32_t shf_l_clamp(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return __funnelshift_lc(a, b, c);
}
inline std::uint32_t shf_r_clamp(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return __funnelshift_rc(a, b, c);
}

/// Bit i of the result is bit (4 a_i + 2 b_i + c_i) of the table.
inline std::uint32_t lop3(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t table) {
  std::uint32_t result = 0;
  for (int row = 0; row < 8; ++row)
    if (table >> row & 1) result |= (row & 4 ? a : ~a) & (row & 2 ? b : ~b) & (row & 1 ? c : ~c);
  return result;
}
template <std::integral T>
T bfe(T a, std::uint32_t position, std::uint32_t length) {
  const int bits = 8 * sizeof(T), p = position & 255, n = length & 255;
  if (n == 0) return 0;
  const int top = p + n - 1 < bits - 1 ? p + n - 1 : bits - 1;
  const bool sign = std::is_signed_v<T> && (wrapping<T>(a) >> top & 1);
  wrapping<T> result = 0;
  for (int i = 0; i < bits; ++i) {
    const bool inside = i < n && p + i < bits;
    if (inside ? (wrapping<T>(a) >> (p + i) & 1) : sign) result |= wrapping<T>{1} << i;
  }
  return static_cast<T>(result);
}
template <std::integral T>
T bfi(T a, T into, std::uint32_t position, std::uint32_t length) {
  const unsigned bits = 8 * sizeof(T), p = position & 255, n = length & 255;
  T result = into;
  for (unsigned i = 0; i < n && p + i < bits; ++i) {
    const T bit = T{1} << (p + i);
    result = (a >> i & 1) ? (result | bit) : (result & ~bit);
  }
  return result;
}
template <std::integral T>
std::uint32_t popc(T a) {
  return std::popcount(wrapping<T>(a));
}
template <std::integral T>
std::uint32_t clz(T a) {
  return std::countl_zero(wrapping<T>(a));
}
template <std::integral T>
std::uint32_t bfind(T a) {
  const wrapping<T> bits = a < 0 ? static_cast<wrapping<T>>(~a) : static_cast<wrapping<T>>(a);
  return bits == 0 ? ~0u : 8 * sizeof(T) - 1 - std::countl_zero(bits);
}
/// How far left the bit that bfind names must be shifted to become the highest.
template <std::integral T>
std::uint32_t bfind_shift(T a) {
  const std::uint32_t found = bfind(a);
  return found == ~0u ? found : 8 * sizeof(T) - 1 - found;
}
template <std::integral T>
T brev(T a) {
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__brevll(a));
  else
    return static_cast<T>(__brev(a));
}

}  // namespace ptx
