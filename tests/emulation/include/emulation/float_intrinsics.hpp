// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>

static_assert(FLT_EVAL_METHOD == 0, "parity needs float expressions evaluated in float");

namespace emulation {

/// PTX cvt to an integer of an already rounded value: out of range saturates; NaN is 0 for f32 to 32 bits and
/// narrower, else the value with only the top bit set.
template <class To, class From>
To saturated(From rounded) {
  using limits = std::numeric_limits<To>;
  if (rounded != rounded) {
    if (sizeof(From) == 4 && sizeof(To) <= 4) return 0;
    return static_cast<To>(std::uint64_t{1} << (8 * sizeof(To) - 1));
  }
  const From top = std::ldexp(From{1}, limits::digits);  // one past the largest value
  if (rounded >= top) return limits::max();
  if (rounded < static_cast<From>(limits::min())) return limits::min();
  return static_cast<To>(rounded);
}

}  // namespace emulation

inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return std::sqrt(a); }
inline double __fma_rn(double a, double b, double c) { return std::fma(a, b, c); }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dsub_rn(double a, double b) { return a - b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __ddiv_rn(double a, double b) { return a / b; }
inline double __drcp_rn(double a) { return 1.0 / a; }
inline double __dsqrt_rn(double a) { return std::sqrt(a); }
inline float __saturatef(float a) { return a > 0.0f ? (a < 1.0f ? a : 1.0f) : 0.0f; }

#define EMULATION_TO_INTEGER(from, from_name, to, to_name)                                                 \
  inline to __##from_name##2##to_name##_rn(from a) { return emulation::saturated<to>(std::nearbyint(a)); } \
  inline to __##from_name##2##to_name##_rz(from a) { return emulation::saturated<to>(std::trunc(a)); }     \
  inline to __##from_name##2##to_name##_rd(from a) { return emulation::saturated<to>(std::floor(a)); }     \
  inline to __##from_name##2##to_name##_ru(from a) { return emulation::saturated<to>(std::ceil(a)); }
EMULATION_TO_INTEGER(float, float, int, int)
EMULATION_TO_INTEGER(float, float, unsigned, uint)
EMULATION_TO_INTEGER(float, float, long long, ll)
EMULATION_TO_INTEGER(float, float, unsigned long long, ull)
EMULATION_TO_INTEGER(double, double, int, int)
EMULATION_TO_INTEGER(double, double, unsigned, uint)
EMULATION_TO_INTEGER(double, double, long long, ll)
EMULATION_TO_INTEGER(double, double, unsigned long long, ull)
#undef EMULATION_TO_INTEGER

inline float __int2float_rn(int a) { return static_cast<float>(a); }
inline float __uint2float_rn(unsigned a) { return static_cast<float>(a); }
inline float __ll2float_rn(long long a) { return static_cast<float>(a); }
inline float __ull2float_rn(unsigned long long a) { return static_cast<float>(a); }
inline double __int2double_rn(int a) { return a; }
inline double __uint2double_rn(unsigned a) { return a; }
inline double __ll2double_rn(long long a) { return static_cast<double>(a); }
inline double __ull2double_rn(unsigned long long a) { return static_cast<double>(a); }
inline float __double2float_rn(double a) { return static_cast<float>(a); }

inline int __float_as_int(float a) { return std::bit_cast<int>(a); }
inline unsigned __float_as_uint(float a) { return std::bit_cast<unsigned>(a); }
inline float __int_as_float(int a) { return std::bit_cast<float>(a); }
inline float __uint_as_float(unsigned a) { return std::bit_cast<float>(a); }
inline long long __double_as_longlong(double a) { return std::bit_cast<long long>(a); }
inline double __longlong_as_double(long long a) { return std::bit_cast<double>(a); }
inline int __double2hiint(double a) { return static_cast<int>(std::bit_cast<std::uint64_t>(a) >> 32); }
inline int __double2loint(double a) { return static_cast<int>(std::bit_cast<std::uint64_t>(a)); }
inline double __hiloint2double(int high, int low) {
  return std::bit_cast<double>(std::uint64_t{static_cast<unsigned>(high)} << 32 | static_cast<unsigned>(low));
}
