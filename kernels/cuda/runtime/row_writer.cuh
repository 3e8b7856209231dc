// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/runtime/batch.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

/// Where a lane's words lie among the 32 * Words that a warp writes of one row.
enum class lane_words {
  adjacent,    ///< word i of a lane at lane * Words + i
  interleaved  ///< at i * 32 + lane
};

/// What the lanes of a warp write of one row goes through shared memory where it cannot be stored as it lies, so that
/// a store of the warp still covers whole sectors.
template <int Words>
struct row_stage {
  uint4 quads[block_lanes * Words / 4 + 1];  // one more: rows at odd addresses read a word past the end
};

template <int Words, lane_words Order = lane_words::adjacent>
class row_writer {
 public:
  /// @param segment  where the warp's bytes start in the row
  __device__ __forceinline__ row_writer(row_stage<Words>& stage, int segment, const tile& t)
      : stage_(stage), segment_(segment), bytes_(t.pair.row_elements - segment) {
    const auto alignment = reinterpret_cast<std::uintptr_t>(t.dst) | static_cast<std::uintptr_t>(t.pair.dst.pitch);
    whole_ = bytes_ >= segment_bytes && alignment % (as_it_lies ? direct_bytes : 16) == 0;
  }

  /// All lanes of the warp call it.
  __device__ __forceinline__ void write(u8* row, const std::uint32_t (&words)[Words]) const {
    const int lane = static_cast<int>(threadIdx.x);
    u8* const out = row + segment_;
    if constexpr (as_it_lies)
      if (whole_) return store_words(out, words, lane);
    auto* staged = reinterpret_cast<std::uint32_t*>(stage_.quads);
    __syncwarp();
#pragma unroll
    for (int i = 0; i < Words; ++i)
      staged[Order == lane_words::adjacent ? lane * Words + i : i * block_lanes + lane] = words[i];
    __syncwarp();
    if (!as_it_lies && whole_) {
#pragma unroll
      for (int first = 0; first < quad_count; first += block_lanes)
        if (const int q = first + lane; q < quad_count) __stcs(reinterpret_cast<uint4*>(out) + q, stage_.quads[q]);
      return;
    }
    store_part(out, lane);
  }

 private:
  static constexpr int segment_bytes = block_lanes * 4 * Words;
  static constexpr int quad_count = segment_bytes / 16;
  static constexpr bool as_it_lies = Order == lane_words::interleaved || Words == 1 || Words == 2 || Words == 4;
  static constexpr int direct_bytes = Order == lane_words::interleaved ? 4 : 4 * Words;

  static __device__ __forceinline__ void store_words(u8* out, const std::uint32_t (&words)[Words], int lane) {
    if constexpr (Order == lane_words::interleaved) {
#pragma unroll
      for (int i = 0; i < Words; ++i)
        __stcs(reinterpret_cast<std::uint32_t*>(out) + i * block_lanes + lane, words[i]);
    } else if constexpr (Words == 4) {
      __stcs(reinterpret_cast<uint4*>(out) + lane, uint4{words[0], words[1], words[2], words[3]});
    } else if constexpr (Words == 2) {
      __stcs(reinterpret_cast<uint2*>(out) + lane, uint2{words[0], words[1]});
    } else if constexpr (Words == 1) {
      __stcs(reinterpret_cast<std::uint32_t*>(out) + lane, words[0]);
    }
  }

  /// The end of a row, or a row that starts anywhere: whole words where the row has them, then single bytes.
  __device__ __forceinline__ void store_part(u8* out, int lane) const {
    auto opaque = static_cast<std::uint32_t>(bytes_);
    keep_in_register(opaque);  // nothing of this path is computed ahead, where it would cost registers
    const int bytes = min(segment_bytes, static_cast<int>(opaque));
    const auto* words = reinterpret_cast<const std::uint32_t*>(stage_.quads);
    const int head = static_cast<int>(-reinterpret_cast<std::uintptr_t>(out) & 3);
    const int count = (bytes - head) / 4;
#pragma unroll 1
    for (int w = lane; w < count; w += block_lanes)
      __stcs(reinterpret_cast<std::uint32_t*>(out + head) + w,
             __funnelshift_r(words[w], words[w + 1], static_cast<unsigned>(8 * head)));
    const auto* staged = reinterpret_cast<const u8*>(stage_.quads);
    if (lane < min(head, bytes)) out[lane] = staged[lane];
    const int done = head + 4 * max(count, 0);
    if (done + lane < bytes) out[done + lane] = staged[done + lane];
  }

  row_stage<Words>& stage_;
  int segment_;
  int bytes_;  ///< of the row, from the segment's start on; may be negative
  bool whole_;
};

}  // namespace fluxel::kernels::gpu
