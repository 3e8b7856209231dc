// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/runtime/batch.cuh"

namespace fluxel::kernels::gpu {

/// What the lanes of a warp write of one row, `Words` adjacent words each. Where that is no power of two it goes
/// through shared memory, so that a store of the warp still covers whole sectors.
template <int Words>
struct row_stage {
  static constexpr bool used = (Words & (Words - 1)) != 0;
  uint4 quads[used ? block_lanes * Words / 4 : 1];
};

template <int Words>
class row_writer {
 public:
  /// @param segment  where the warp's bytes start in the row
  __device__ __forceinline__ row_writer(row_stage<Words>& stage, int segment, const tile& t)
      : stage_(stage), segment_(segment), row_bytes_(t.pair.row_elements) {
    const auto alignment = reinterpret_cast<std::uintptr_t>(t.dst) | static_cast<std::uintptr_t>(t.pair.dst.pitch);
    whole_ = alignment % 16 == 0 && segment + block_lanes * 4 * Words <= row_bytes_;
  }

  /// All lanes of the warp call it. Rows start at multiples of 4 bytes.
  __device__ __forceinline__ void write(u8* row, const std::uint32_t (&words)[Words]) const {
    const int lane = static_cast<int>(threadIdx.x);
    if constexpr (!row_stage<Words>::used) {
      const int at = segment_ + lane * 4 * Words;
      if (whole_)
        store_vector(row + at, words);
      else
        store_what_fits(row, at, words);
    } else {
      auto* staged = reinterpret_cast<std::uint32_t*>(stage_.quads);
      __syncwarp();
#pragma unroll
      for (int i = 0; i < Words; ++i) staged[lane * Words + i] = words[i];
      __syncwarp();
      for (int q = lane; q < block_lanes * Words / 4; q += block_lanes) {
        const uint4 quad = stage_.quads[q];
        const int at = segment_ + 16 * q;
        if (whole_)
          __stcs(reinterpret_cast<uint4*>(row + at), quad);
        else
          store_what_fits(row, at, {quad.x, quad.y, quad.z, quad.w});
      }
    }
  }

 private:
  template <int Count>
  static __device__ __forceinline__ void store_vector(u8* out, const std::uint32_t (&words)[Count]) {
    if constexpr (Count == 4) __stcs(reinterpret_cast<uint4*>(out), uint4{words[0], words[1], words[2], words[3]});
    if constexpr (Count == 2) __stcs(reinterpret_cast<uint2*>(out), uint2{words[0], words[1]});
    if constexpr (Count == 1) __stcs(reinterpret_cast<std::uint32_t*>(out), words[0]);
  }
  template <int Count>
  __device__ __forceinline__ void store_what_fits(u8* row, int at, const std::uint32_t (&words)[Count]) const {
#pragma unroll
    for (int i = 0; i < Count; ++i) {
      const int first = at + 4 * i;
      if (first + 4 <= row_bytes_) {
        __stcs(reinterpret_cast<std::uint32_t*>(row + first), words[i]);
        continue;
      }
      for (int j = 0; j < 4; ++j)
        if (first + j < row_bytes_) row[first + j] = static_cast<u8>(words[i] >> (8 * j));
    }
  }

  row_stage<Words>& stage_;
  int segment_;
  int row_bytes_;
  bool whole_;
};

}  // namespace fluxel::kernels::gpu
