// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

/// Bytes 0 and 2, or 1 and 3, of a word in halves of 16 bits.
__device__ __forceinline__ std::uint32_t even_bytes(std::uint32_t word) { return word & 0x00ff00ffu; }
__device__ __forceinline__ std::uint32_t odd_bytes(std::uint32_t word) { return __byte_perm(word, 0, 0x4341); }

/// The bytes of some words in halves of 16 bits, to be paired anew.
template <int Words>
struct byte_lanes {
  std::uint32_t even[Words];
  std::uint32_t odd[Words];

  __device__ __forceinline__ void set(int i, std::uint32_t word) {
    even[i] = even_bytes(word);
    odd[i] = odd_bytes(word);
  }
  /// Bytes i and j side by side.
  __device__ __forceinline__ std::uint32_t pair(int i, int j) const {
    const std::uint32_t from_i = (i & 1) ? odd[i / 4] : even[i / 4];
    const std::uint32_t from_j = (j & 1) ? odd[j / 4] : even[j / 4];
    const bool together = i / 4 == j / 4 && (i & 1) == (j & 1) && i % 4 < 2 && j % 4 >= 2;
    return together ? from_i
                    : __byte_perm(from_i, from_j, (i % 4 < 2 ? 0x10u : 0x32u) | (j % 4 < 2 ? 0x5400u : 0x7600u));
  }
};

}  // namespace fluxel::kernels::gpu
