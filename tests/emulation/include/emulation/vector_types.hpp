// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace emulation {
/// CUDA aligns vectors of two and four to their size, up to 16 bytes.
constexpr std::size_t vector_alignment(std::size_t bytes) { return bytes > 16 ? 16 : bytes; }
}  // namespace emulation

#define EMULATION_VECTOR_1(type, base) \
  struct base##1 {                     \
    type x;                            \
  };                                   \
  inline base##1 make_##base##1(type x) { return {x}; }
#define EMULATION_VECTOR_3(type, base) \
  struct base##3 {                     \
    type x, y, z;                      \
  };
#define EMULATION_VECTOR(type, base)                                          \
  EMULATION_VECTOR_1(type, base)                                              \
  struct alignas(emulation::vector_alignment(2 * sizeof(type))) base##2 {     \
    type x, y;                                                                \
  };                                                                          \
  struct alignas(emulation::vector_alignment(4 * sizeof(type))) base##4 {     \
    type x, y, z, w;                                                          \
  };                                                                          \
  inline base##2 make_##base##2(type x, type y) { return {x, y}; }            \
  inline base##3 make_##base##3(type x, type y, type z) { return {x, y, z}; } \
  inline base##4 make_##base##4(type x, type y, type z, type w) { return {x, y, z, w}; }

EMULATION_VECTOR_3(signed char, char)
EMULATION_VECTOR_3(unsigned char, uchar)
EMULATION_VECTOR_3(short, short)
EMULATION_VECTOR_3(unsigned short, ushort)
EMULATION_VECTOR_3(int, int)
EMULATION_VECTOR_3(long long, longlong)
EMULATION_VECTOR_3(unsigned long long, ulonglong)
EMULATION_VECTOR_3(float, float)
EMULATION_VECTOR_3(double, double)  // uint3 is in dim.hpp

EMULATION_VECTOR(signed char, char)
EMULATION_VECTOR(unsigned char, uchar)
EMULATION_VECTOR(short, short)
EMULATION_VECTOR(unsigned short, ushort)
EMULATION_VECTOR(int, int)
EMULATION_VECTOR(unsigned, uint)
EMULATION_VECTOR(long long, longlong)
EMULATION_VECTOR(unsigned long long, ulonglong)
EMULATION_VECTOR(float, float)
EMULATION_VECTOR(double, double)

#undef EMULATION_VECTOR
#undef EMULATION_VECTOR_3
#undef EMULATION_VECTOR_1
