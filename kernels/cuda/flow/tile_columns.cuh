// SPDX-License-Identifier: Apache-2.0
#pragma once

// The pixels of a tile, shared out so that a thread stays in a column: what depends on the column alone is found
// once.

#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

__host__ __device__ constexpr int whole_log2(unsigned n) { return n < 2 ? 0 : 1 + whole_log2(n / 2); }

/// column(x)(y) for each pixel of a tile, by the threads of a block: the columns of whole warps first, then the
/// border that is left.
template <int wide, int high, int threads, class Column>
__device__ __forceinline__ void for_columns(unsigned thread, const Column& column) {
  constexpr unsigned border = wide % 32, inner = wide - border;
  constexpr int inner_bits = whole_log2(inner), border_bits = whole_log2(border);
  static_assert(inner == 1u << inner_bits && border == 1u << border_bits);
#pragma unroll 1
  for (int part = 0; part < 2; ++part) {
    const unsigned x = part == 0 ? thread % inner : inner + thread % border;
    const unsigned first = thread >> (part == 0 ? inner_bits : border_bits);
    const unsigned step = part == 0 ? threads / inner : threads / border;
    const auto pixel_of_column = column(static_cast<int>(x));
#pragma unroll 1  // or the compiler divides to know how often
    for (unsigned y = first; y < high; y += step) pixel_of_column(static_cast<int>(y));
  }
}

}  // namespace fluxel::kernels::gpu
