#pragma once

#include "kernels/cuda/batch.cuh"

namespace fluxel::kernels::gpu {

/// What the lanes of a warp write of one row, `Words` adjacent words each. Where that is no power of two it goes
/// through shared memory, so that a store of the warp still covers whole sectors.
template <int Words>
struct row_stage {
  static constexpr bool used = (Words & (Words - 1)) != 0;
  uint4 quads[used ? block_lanes * Words / 4 : 1];
};

template <int Words>
struct row_writer {
  row_stage<Words>& stage;
  int segment;  ///< where the warp's bytes start in the row
  int row_bytes;

  /// All lanes of the warp call it. Rows start at multiples of 4 bytes.
  __device__ __forceinline__ void write(u8* row, const std::uint32_t (&words)[Words]) const {
    const int lane = static_cast<int>(threadIdx.x);
    if constexpr (!row_stage<Words>::used) {
      write_words(row, segment + lane * 4 * Words, words);
    } else {
      auto* staged = reinterpret_cast<std::uint32_t*>(stage.quads);
      __syncwarp();
#pragma unroll
      for (int i = 0; i < Words; ++i) staged[lane * Words + i] = words[i];
      __syncwarp();
#pragma unroll
      for (int q = lane; q < block_lanes * Words / 4; q += block_lanes) {
        const uint4 quad = stage.quads[q];
        write_words(row, segment + 16 * q, {quad.x, quad.y, quad.z, quad.w});
      }
    }
  }

 private:
  template <int Count>
  __device__ __forceinline__ void write_words(u8* row, int at, const std::uint32_t (&words)[Count]) const {
    u8* out = row + at;
    if (at + 4 * Count <= row_bytes) {
      if (reinterpret_cast<std::uintptr_t>(out) % (4 * Count) == 0) {
        if constexpr (Count == 4)
          __stcs(reinterpret_cast<uint4*>(out), uint4{words[0], words[1], words[2], words[3]});
        if constexpr (Count == 2) __stcs(reinterpret_cast<uint2*>(out), uint2{words[0], words[1]});
        if constexpr (Count == 1) __stcs(reinterpret_cast<std::uint32_t*>(out), words[0]);
        return;
      }
#pragma unroll
      for (int i = 0; i < Count; ++i) __stcs(reinterpret_cast<std::uint32_t*>(out) + i, words[i]);
      return;
    }
    for (int i = 0; i < 4 * Count; ++i)
      if (at + i < row_bytes) out[i] = static_cast<u8>(words[i / 4] >> (8 * (i % 4)));
  }
};

}  // namespace fluxel::kernels::gpu
