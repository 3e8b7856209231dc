// SPDX-License-Identifier: Apache-2.0
#pragma once

// A box of source rows brought into shared memory: asynchronously where rows start at multiples of 4 bytes, else
// through registers, which shift the bytes into place. In shared memory every row starts at a multiple of 16.

#include <cuda_pipeline.h>

#include "kernels/cuda/runtime/batch.cuh"

namespace fluxel::kernels::gpu {

/// The room that a launch gives its boxes.
struct staged_shape {
  divisor chunks;  ///< of 16 bytes in a row
  int rows = 0;    ///< the most that a tile needs

  staged_shape() = default;
  staged_shape(int row_bytes, int rows) : chunks(divide_up(row_bytes, 16)), rows(rows) {}
  __host__ __device__ int pitch() const { return static_cast<int>(chunks.value) * 16; }
  int bytes() const { return pitch() * rows + 16; }  ///< lanes read whole words past the last pixel
};

/// Rows of the source, and which bytes of them a tile needs: from `begin`, a multiple of 16, on.
struct source_box {
  const std::byte* top;  ///< first byte of the first row
  std::ptrdiff_t pitch;
  int row_bytes;
  int begin;
  int rows;
};

template <int Unit>
__device__ __forceinline__ void stage_units(unsigned char* staged, const staged_shape& shape, const source_box& box,
                                            int thread, int threads) {
  constexpr std::uint32_t per_chunk = 16 / Unit;
  const std::uint32_t count = static_cast<std::uint32_t>(box.rows) * shape.chunks.value * per_chunk;
  for (auto i = static_cast<std::uint32_t>(thread); i < count; i += static_cast<std::uint32_t>(threads)) {
    std::uint32_t column;
    const std::uint32_t row = shape.chunks.split(i / per_chunk, column);
    const int at = box.begin + static_cast<int>(column * 16 + i % per_chunk * Unit);
    const std::byte* from = box.top + static_cast<int>(row) * box.pitch + at;
    unsigned char* to = staged + i * Unit;
    if (at + Unit <= box.row_bytes) {
      __pipeline_memcpy_async(to, from, Unit);
      continue;
    }
#pragma unroll 1
    for (int j = 0; j < Unit; ++j)  // zeros beyond the row, where weights are 0 too
      to[j] = j < box.row_bytes - at ? __ldg(reinterpret_cast<const unsigned char*>(from) + j) : 0;
  }
}

/// Rows that start anywhere: a word is cut out of the two aligned words that hold it.
__device__ __forceinline__ void stage_bytes(unsigned char* staged, const staged_shape& shape, const source_box& box,
                                            int thread, int threads) {
  const std::uint32_t count = static_cast<std::uint32_t>(box.rows) * shape.chunks.value * 4;
  for (auto i = static_cast<std::uint32_t>(thread); i < count; i += static_cast<std::uint32_t>(threads)) {
    std::uint32_t column;
    const std::uint32_t row = shape.chunks.split(i / 4, column);
    const int at = box.begin + static_cast<int>(column * 16 + i % 4 * 4);
    const auto* from = reinterpret_cast<const unsigned char*>(box.top + static_cast<int>(row) * box.pitch + at);
    const int offset = static_cast<int>(reinterpret_cast<std::uintptr_t>(from) & 3);
    std::uint32_t word = 0;
    if (at >= offset && at - offset + 8 <= box.row_bytes) {
      const auto* words = reinterpret_cast<const std::uint32_t*>(from - offset);
      word = __funnelshift_r(__ldg(words), __ldg(words + 1), static_cast<unsigned>(8 * offset));
    } else {
#pragma unroll 1
      for (int j = 0; j < min(4, box.row_bytes - at); ++j) word |= std::uint32_t{__ldg(from + j)} << (8 * j);
    }
    reinterpret_cast<std::uint32_t*>(staged)[i] = word;
  }
}

/// All threads of the block call it, then `wait_for_staged`.
__device__ __forceinline__ void stage_rows(unsigned char* staged, const staged_shape& shape, const source_box& box,
                                           int thread, int threads) {
  const auto alignment = reinterpret_cast<std::uintptr_t>(box.top) | static_cast<std::uintptr_t>(box.pitch);
  if (alignment % 16 == 0)
    stage_units<16>(staged, shape, box, thread, threads);
  else if (alignment % 4 == 0)
    stage_units<4>(staged, shape, box, thread, threads);
  else
    stage_bytes(staged, shape, box, thread, threads);
  __pipeline_commit();
}

__device__ __forceinline__ void wait_for_staged() {
  __pipeline_wait_prior(0);
  __syncthreads();
}

}  // namespace fluxel::kernels::gpu
