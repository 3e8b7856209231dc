// SPDX-License-Identifier: Apache-2.0
#pragma once

// Division by a number that the host knows: a multiply-high by its reciprocal and one correction.
//
// With r = floor((2^64 - 1) / d) the estimate floor(n * r / 2^64) is the quotient or one less for every n below
// 2^64, because n / d - n * r / 2^64 < 1. The same holds with 32 in place of 64.

#include <cstdint>

#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

struct divisor {
  std::uint32_t value = 1;
  std::uint32_t reciprocal = 0xffffffffu;

  divisor() = default;
  explicit divisor(int d) : value(static_cast<std::uint32_t>(d)), reciprocal(0xffffffffu / value) {}

  /// n = quotient * value + rest.
  __device__ std::uint32_t split(std::uint32_t n, std::uint32_t& rest) const {
    std::uint32_t quotient = __umulhi(n, reciprocal);
    rest = n - quotient * value;
    if (rest >= value) {
      rest -= value;
      ++quotient;
    }
    return quotient;
  }
};

/// The same for 64-bit numerators and denominators below 2^32.
__device__ __forceinline__ std::uint64_t split(std::uint64_t n, std::uint32_t d, std::uint64_t reciprocal,
                                               std::uint64_t& rest) {
  std::uint64_t quotient = __umul64hi(n, reciprocal);
  rest = n - quotient * d;
  if (rest >= d) {
    rest -= d;
    ++quotient;
  }
  return quotient;
}

}  // namespace fluxel::kernels::gpu
