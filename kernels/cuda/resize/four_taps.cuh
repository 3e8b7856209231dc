// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

/// Four taps of one pixel: C words of bytes, from its first channel on.
template <int C>
__device__ __forceinline__ void add_four_taps(std::int32_t (&sum)[C], const std::uint32_t (&v)[C],
                                              const uint2& weights) {
  if constexpr (C == 1) {
    sum[0] = add_products_high(weights.y, v[0], add_products_low(weights.x, v[0], sum[0]));
  } else if constexpr (C == 2) {
    const std::uint32_t even = __byte_perm(v[0], v[1], 0x6420), odd = __byte_perm(v[0], v[1], 0x7531);
    sum[0] = add_products_high(weights.y, even, add_products_low(weights.x, even, sum[0]));
    sum[1] = add_products_high(weights.y, odd, add_products_low(weights.x, odd, sum[1]));
  } else if constexpr (C == 3) {
    const std::uint32_t first = __byte_perm(v[0], v[1], 0x4130), second = __byte_perm(v[1], v[2], 0x6352);
    const std::uint32_t third = __byte_perm(__byte_perm(v[0], v[1], 0x0052), v[2], 0x7410);
    sum[0] = add_products_low(weights.y, second, add_products_low(weights.x, first, sum[0]));
    sum[1] = add_products_high(weights.y, second, add_products_high(weights.x, first, sum[1]));
    sum[2] = add_products_high(weights.y, third, add_products_low(weights.x, third, sum[2]));
  } else {
    const std::uint32_t first01 = __byte_perm(v[0], v[1], 0x5140), first23 = __byte_perm(v[0], v[1], 0x7362);
    const std::uint32_t second01 = __byte_perm(v[2], v[3], 0x5140), second23 = __byte_perm(v[2], v[3], 0x7362);
    sum[0] = add_products_low(weights.y, second01, add_products_low(weights.x, first01, sum[0]));
    sum[1] = add_products_high(weights.y, second01, add_products_high(weights.x, first01, sum[1]));
    sum[2] = add_products_low(weights.y, second23, add_products_low(weights.x, first23, sum[2]));
    sum[3] = add_products_high(weights.y, second23, add_products_high(weights.x, first23, sum[3]));
  }
}

}  // namespace fluxel::kernels::gpu
