// SPDX-License-Identifier: Apache-2.0
#pragma once

// Instructions on the bytes and 16-bit halves of a word that CUDA's headers lack or dress up.

#include <cstdint>

#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

#if defined(__CUDACC__)

/// As __byte_perm for selectors without sign bits, which it would mask in every row.
__device__ __forceinline__ std::uint32_t permute_bytes(std::uint32_t a, std::uint32_t b, std::uint32_t selector) {
  std::uint32_t result;
  asm("prmt.b32 %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(selector));
  return result;
}
/// Bytes 0 and 1 (low) or 2 and 3 (high) of `pixels` times two signed weights, added to `sum`.
__device__ __forceinline__ std::int32_t add_products_low(std::uint32_t weights, std::uint32_t pixels,
                                                         std::int32_t sum) {
  std::int32_t result;
  asm("dp2a.lo.s32.u32 %0, %1, %2, %3;" : "=r"(result) : "r"(weights), "r"(pixels), "r"(sum));
  return result;
}
__device__ __forceinline__ std::int32_t add_products_high(std::uint32_t weights, std::uint32_t pixels,
                                                          std::int32_t sum) {
  std::int32_t result;
  asm("dp2a.hi.s32.u32 %0, %1, %2, %3;" : "=r"(result) : "r"(weights), "r"(pixels), "r"(sum));
  return result;
}
/// |a - b| of each of the four bytes.
__device__ __forceinline__ std::uint32_t byte_differences(std::uint32_t a, std::uint32_t b) {
  std::uint32_t result;
  asm("vabsdiff4.u32.u32.u32 %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(0));
  return result;
}
/// The same, added to `sum`.
__device__ __forceinline__ std::uint32_t add_differences(std::uint32_t a, std::uint32_t b, std::uint32_t sum) {
  std::uint32_t result;
  asm("vabsdiff4.u32.u32.u32.add %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}
/// Four values, each clamped to a byte; `v0` in the lowest.
__device__ __forceinline__ std::uint32_t pack_clamped(std::int32_t v0, std::int32_t v1, std::int32_t v2,
                                                      std::int32_t v3) {
  std::uint32_t upper, word;
  asm("cvt.pack.sat.u8.s32.b32 %0, %1, %2, %3;" : "=r"(upper) : "r"(v3), "r"(v2), "r"(0));
  asm("cvt.pack.sat.u8.s32.b32 %0, %1, %2, %3;" : "=r"(word) : "r"(v1), "r"(v0), "r"(upper));
  return word;
}
/// Keeps a value in its register: the compiler would otherwise compute selectors again in every row.
__device__ __forceinline__ void keep_in_register(std::uint32_t& value) { asm volatile("" : "+r"(value)); }

#else

inline std::uint32_t permute_bytes(std::uint32_t a, std::uint32_t b, std::uint32_t selector) {
  return __byte_perm(a, b, selector);
}
inline std::int32_t add_products_low(std::uint32_t weights, std::uint32_t pixels, std::int32_t sum) {
  return sum + static_cast<std::int16_t>(weights) * static_cast<std::int32_t>(pixels & 255) +
         static_cast<std::int16_t>(weights >> 16) * static_cast<std::int32_t>(pixels >> 8 & 255);
}
inline std::int32_t add_products_high(std::uint32_t weights, std::uint32_t pixels, std::int32_t sum) {
  return add_products_low(weights, pixels >> 16, sum);
}
inline std::uint32_t byte_differences(std::uint32_t a, std::uint32_t b) { return __vabsdiffu4(a, b); }
inline std::uint32_t add_differences(std::uint32_t a, std::uint32_t b, std::uint32_t sum) {
  return __dp4a(__vabsdiffu4(a, b), 0x01010101u, sum);
}
inline std::uint32_t pack_clamped(std::int32_t v0, std::int32_t v1, std::int32_t v2, std::int32_t v3) {
  auto byte = [](std::int32_t v) { return static_cast<std::uint32_t>(v < 0 ? 0 : v > 255 ? 255 : v); };
  return byte(v0) | byte(v1) << 8 | byte(v2) << 16 | byte(v3) << 24;
}
inline void keep_in_register(std::uint32_t&) {}

#endif

}  // namespace fluxel::kernels::gpu
