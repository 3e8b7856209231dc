// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sums of a reduction. Intensities are below 2^12 and weights sum to 2^14: sums down fit 32 bits with nothing
// dropped, and sums across are rounded once.

#include <cstdint>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/cuda/flow/pyramid/pyramid.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int reduce_weight_bits = 14;  // of each axis

/// sum + a * b. In a loop nvcc would widen the factors before it, and multiply all of their 64 bits.
__device__ __forceinline__ std::uint64_t add_wide_product(unsigned a, unsigned b, std::uint64_t sum) {
#if defined(__CUDACC__)
  std::uint64_t result;
  asm("mad.wide.u32 %0, %1, %2, %3;" : "=l"(result) : "r"(a), "r"(b), "l"(sum));
  return result;
#else
  return sum + std::uint64_t{a} * b;
#endif
}

/// Where an output row's window begins, and its weights.
template <int taps>
struct row_window {
  unsigned words[reduce_row_words(taps)];

  __device__ __forceinline__ row_window(const uint4* rows, int y) {
    const uint4* const from = rows + y * (reduce_row_words(taps) / 4);
#pragma unroll
    for (int i = 0; i < reduce_row_words(taps) / 4; ++i) {
      const uint4 v = __ldg(from + i);
      words[4 * i] = v.x, words[4 * i + 1] = v.y, words[4 * i + 2] = v.z, words[4 * i + 3] = v.w;
    }
  }
  __device__ __forceinline__ int first() const { return static_cast<int>(words[0]); }
  __device__ __forceinline__ unsigned weight(int k) const { return words[1 + k]; }
};

}  // namespace fluxel::kernels::gpu
