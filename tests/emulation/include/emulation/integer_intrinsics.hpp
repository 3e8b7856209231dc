// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

namespace emulation {

/// The high half of a 64 x 64 product, from four 32 x 32 ones.
constexpr std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t a0 = a & 0xffffffffu, a1 = a >> 32, b0 = b & 0xffffffffu, b1 = b >> 32;
  const std::uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (middle & 0xffffffffu);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}
constexpr std::int64_t high_product_signed(std::int64_t a, std::int64_t b) {
  std::uint64_t high = high_product(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b));
  if (a < 0) high -= static_cast<std::uint64_t>(b);
  if (b < 0) high -= static_cast<std::uint64_t>(a);
  return static_cast<std::int64_t>(high);
}

/// PTX prmt: four bytes chosen from the eight of b:a; selector bit 3 replicates the sign.
constexpr unsigned permute(unsigned a, unsigned b, unsigned selector) {
  const std::uint64_t bytes = std::uint64_t{b} << 32 | a;
  unsigned result = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned nibble = selector >> (4 * i) & 15;
    const unsigned byte = static_cast<unsigned>(bytes >> (8 * (nibble & 7))) & 255;
    result |= (nibble & 8 ? (byte & 128 ? 255u : 0u) : byte) << (8 * i);
  }
  return result;
}

template <class T>
T byte_of(unsigned word, int i) {
  return static_cast<T>(word >> (8 * i));
}
template <class T>
T half_of(unsigned word, int i) {
  return static_cast<T>(word >> (16 * i));
}

template <class A, class B>
unsigned dot4(unsigned a, unsigned b, unsigned c) {
  for (int i = 0; i < 4; ++i) c += static_cast<unsigned>(int{byte_of<A>(a, i)} * int{byte_of<B>(b, i)});
  return c;
}
/// Two halves of a with the low (first = 0) or high (first = 2) bytes of b.
template <class A, class B>
unsigned dot2(unsigned a, unsigned b, unsigned c, int first) {
  for (int i = 0; i < 2; ++i)
    c += static_cast<unsigned>(int{half_of<A>(a, i)}) * static_cast<unsigned>(int{byte_of<B>(b, first + i)});
  return c;
}

}  // namespace emulation

template <std::integral T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <std::integral T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}
constexpr unsigned min(int a, unsigned b) { return min(static_cast<unsigned>(a), b); }
constexpr unsigned min(unsigned a, int b) { return min(a, static_cast<unsigned>(b)); }
constexpr unsigned max(int a, unsigned b) { return max(static_cast<unsigned>(a), b); }
constexpr unsigned max(unsigned a, int b) { return max(a, static_cast<unsigned>(b)); }
inline unsigned umin(unsigned a, unsigned b) { return min(a, b); }
inline unsigned umax(unsigned a, unsigned b) { return max(a, b); }

inline int __mulhi(int a, int b) { return static_cast<int>(std::int64_t{a} * b >> 32); }
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>(std::uint64_t{a} * b >> 32); }
inline long long __mul64hi(long long a, long long b) { return emulation::high_product_signed(a, b); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return emulation::high_product(a, b);
}
inline int __mul24(int a, int b) {
  return static_cast<int>(static_cast<unsigned>(a << 8 >> 8) * static_cast<unsigned>(b << 8 >> 8));
}
inline unsigned __umul24(unsigned a, unsigned b) { return (a & 0xffffffu) * (b & 0xffffffu); }
inline unsigned __sad(int a, int b, unsigned c) {
  return c + (a > b ? unsigned(a) - unsigned(b) : unsigned(b) - unsigned(a));
}
inline unsigned __usad(unsigned a, unsigned b, unsigned c) { return c + (a > b ? a - b : b - a); }

inline int __popc(unsigned a) { return std::popcount(a); }
inline int __popcll(unsigned long long a) { return std::popcount(a); }
inline int __clz(int a) { return std::countl_zero(static_cast<unsigned>(a)); }
inline int __clzll(long long a) { return std::countl_zero(static_cast<unsigned long long>(a)); }
inline int __ffs(int a) { return a == 0 ? 0 : std::countr_zero(static_cast<unsigned>(a)) + 1; }
inline int __ffsll(long long a) { return a == 0 ? 0 : std::countr_zero(static_cast<unsigned long long>(a)) + 1; }
inline unsigned __brev(unsigned a) {
  unsigned result = 0;
  for (int i = 0; i < 32; ++i) result |= (a >> i & 1) << (31 - i);
  return result;
}
inline unsigned long long __brevll(unsigned long long a) {
  return std::uint64_t{__brev(static_cast<unsigned>(a))} << 32 | __brev(static_cast<unsigned>(a >> 32));
}

inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
  return emulation::permute(a, b, selector & 0x7777u);
}
inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
  return static_cast<unsigned>((std::uint64_t{high} << 32 | low) << (shift & 31) >> 32);
}
inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
  return static_cast<unsigned>((std::uint64_t{high} << 32 | low) >> (shift & 31));
}
inline unsigned __funnelshift_lc(unsigned low, unsigned high, unsigned shift) {
  return shift >= 32 ? low : __funnelshift_l(low, high, shift);
}
inline unsigned __funnelshift_rc(unsigned low, unsigned high, unsigned shift) {
  return shift >= 32 ? high : __funnelshift_r(low, high, shift);
}

inline int __dp4a(int a, int b, int c) {
  return static_cast<int>(emulation::dot4<std::int8_t, std::int8_t>(a, b, c));
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c) {
  return emulation::dot4<std::uint8_t, std::uint8_t>(a, b, c);
}
inline int __dp2a_lo(int a, int b, int c) {
  return static_cast<int>(emulation::dot2<std::int16_t, std::int8_t>(a, b, c, 0));
}
inline unsigned __dp2a_lo(unsigned a, unsigned b, unsigned c) {
  return emulation::dot2<std::uint16_t, std::uint8_t>(a, b, c, 0);
}
inline int __dp2a_hi(int a, int b, int c) {
  return static_cast<int>(emulation::dot2<std::int16_t, std::int8_t>(a, b, c, 2));
}
inline unsigned __dp2a_hi(unsigned a, unsigned b, unsigned c) {
  return emulation::dot2<std::uint16_t, std::uint8_t>(a, b, c, 2);
}
