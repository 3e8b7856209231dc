// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two 16-bit or four 8-bit integers in one word, and the fused minima and maxima of three.

#include <algorithm>
#include <cstdint>

namespace emulation {

template <class Lane, class F>
unsigned lanes(unsigned a, unsigned b, F&& f) {
  constexpr int bits = 8 * sizeof(Lane);
  unsigned result = 0;
  for (int i = 0; i < 32; i += bits) {
    const int value = f(int{static_cast<Lane>(a >> i)}, int{static_cast<Lane>(b >> i)});
    result |= (static_cast<unsigned>(value) & (~0u >> (32 - bits))) << i;
  }
  return result;
}

inline int smaller(int a, int b) { return a < b ? a : b; }
inline int larger(int a, int b) { return a > b ? a : b; }
inline int difference(int a, int b) { return a > b ? a - b : b - a; }
template <int low, int high>
int clamped(int v) {
  return v < low ? low : v > high ? high : v;
}

}  // namespace emulation

#define EMULATION_PACKED(name, lane, expression)                                    \
  inline unsigned name(unsigned a_, unsigned b_) {                                  \
    return emulation::lanes<lane>(a_, b_, [](int a, int b) { return expression; }); \
  }
EMULATION_PACKED(__vadd2, std::uint16_t, a + b)
EMULATION_PACKED(__vadd4, std::uint8_t, a + b)
EMULATION_PACKED(__vsub2, std::uint16_t, a - b)
EMULATION_PACKED(__vsub4, std::uint8_t, a - b)
EMULATION_PACKED(__vaddus2, std::uint16_t, (emulation::clamped<0, 65535>(a + b)))
EMULATION_PACKED(__vaddus4, std::uint8_t, (emulation::clamped<0, 255>(a + b)))
EMULATION_PACKED(__vsubus2, std::uint16_t, (emulation::clamped<0, 65535>(a - b)))
EMULATION_PACKED(__vsubus4, std::uint8_t, (emulation::clamped<0, 255>(a - b)))
EMULATION_PACKED(__vaddss2, std::int16_t, (emulation::clamped<-32768, 32767>(a + b)))
EMULATION_PACKED(__vsubss2, std::int16_t, (emulation::clamped<-32768, 32767>(a - b)))
EMULATION_PACKED(__vaddss4, std::int8_t, (emulation::clamped<-128, 127>(a + b)))
EMULATION_PACKED(__vsubss4, std::int8_t, (emulation::clamped<-128, 127>(a - b)))
EMULATION_PACKED(__vmins2, std::int16_t, emulation::smaller(a, b))
EMULATION_PACKED(__vmaxs2, std::int16_t, emulation::larger(a, b))
EMULATION_PACKED(__vminu2, std::uint16_t, emulation::smaller(a, b))
EMULATION_PACKED(__vmaxu2, std::uint16_t, emulation::larger(a, b))
EMULATION_PACKED(__vmins4, std::int8_t, emulation::smaller(a, b))
EMULATION_PACKED(__vmaxs4, std::int8_t, emulation::larger(a, b))
EMULATION_PACKED(__vminu4, std::uint8_t, emulation::smaller(a, b))
EMULATION_PACKED(__vmaxu4, std::uint8_t, emulation::larger(a, b))
EMULATION_PACKED(__vavgu2, std::uint16_t, (a + b + 1) >> 1)
EMULATION_PACKED(__vavgu4, std::uint8_t, (a + b + 1) >> 1)
EMULATION_PACKED(__vhaddu2, std::uint16_t, (a + b) >> 1)
EMULATION_PACKED(__vhaddu4, std::uint8_t, (a + b) >> 1)
EMULATION_PACKED(__vabsdiffu2, std::uint16_t, emulation::difference(a, b))
EMULATION_PACKED(__vabsdiffu4, std::uint8_t, emulation::difference(a, b))
EMULATION_PACKED(__vimax_s16x2_relu, std::int16_t, emulation::larger(emulation::larger(a, b), 0))
EMULATION_PACKED(__vimin_s16x2_relu, std::int16_t, emulation::larger(emulation::smaller(a, b), 0))
#undef EMULATION_PACKED

inline unsigned __vimax3_s16x2(unsigned a, unsigned b, unsigned c) { return __vmaxs2(__vmaxs2(a, b), c); }
inline unsigned __vimin3_s16x2(unsigned a, unsigned b, unsigned c) { return __vmins2(__vmins2(a, b), c); }
inline unsigned __vimax3_u16x2(unsigned a, unsigned b, unsigned c) { return __vmaxu2(__vmaxu2(a, b), c); }
inline unsigned __vimin3_u16x2(unsigned a, unsigned b, unsigned c) { return __vminu2(__vminu2(a, b), c); }
inline unsigned __vimax3_s16x2_relu(unsigned a, unsigned b, unsigned c) {
  return __vimax_s16x2_relu(__vmaxs2(a, b), c);
}
inline unsigned __vimin3_s16x2_relu(unsigned a, unsigned b, unsigned c) {
  return __vimin_s16x2_relu(__vmins2(a, b), c);
}
inline int __vimax3_s32(int a, int b, int c) { return std::max({a, b, c}); }
inline int __vimin3_s32(int a, int b, int c) { return std::min({a, b, c}); }
inline unsigned __vimax3_u32(unsigned a, unsigned b, unsigned c) { return std::max({a, b, c}); }
inline unsigned __vimin3_u32(unsigned a, unsigned b, unsigned c) { return std::min({a, b, c}); }
inline int __vimax_s32_relu(int a, int b) { return std::max({a, b, 0}); }
inline int __vimin_s32_relu(int a, int b) { return std::max(std::min(a, b), 0); }
