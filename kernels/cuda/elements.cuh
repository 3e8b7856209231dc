#pragma once

// A row of pixels as a run of elements, whatever the channels: lanes of a warp write whole 32-bit words side by side
// (elements of 8 bytes: one each), and look up per element where its pixel comes from.

#include "kernels/common/convert.hpp"
#include "kernels/cuda/batch.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int tile_elements = 128;
inline constexpr int elements_per_lane = tile_elements / block_lanes;

template <class T>
inline constexpr int elements_per_word = sizeof(T) < 4 ? 4 / sizeof(T) : 1;

/// Which element of the tile is the lane's k-th.
template <class T>
__device__ __forceinline__ int element_of_lane(int lane, int k) {
  constexpr int per_word = elements_per_word<T>;
  return (k / per_word * block_lanes + lane) * per_word + k % per_word;
}

template <class T>
__device__ __forceinline__ T load(const T* p) {
  return __ldg(p);
}
template <>
__device__ __forceinline__ f16 load(const f16* p) {
  return f16{__ldg(&p->bits)};
}
template <>
__device__ __forceinline__ bf16 load(const bf16* p) {
  return bf16{__ldg(&p->bits)};
}

__device__ __forceinline__ std::uint32_t bits_of(u8 v) { return v; }
__device__ __forceinline__ std::uint32_t bits_of(u16 v) { return v; }
__device__ __forceinline__ std::uint32_t bits_of(std::uint32_t v) { return v; }
__device__ __forceinline__ std::uint32_t bits_of(f16 v) { return v.bits; }
__device__ __forceinline__ std::uint32_t bits_of(bf16 v) { return v.bits; }
__device__ __forceinline__ std::uint32_t bits_of(f32 v) { return bits_of_float(v); }

/// Writes the lane's elements of one row. `first` is the tile's first element in the row.
template <class T>
__device__ __forceinline__ void store_elements(const pair_view& pair, T* row, int first, int lane,
                                               const T (&value)[elements_per_lane]) {
  constexpr int per_word = elements_per_word<T>;
  for (int k = 0; k < elements_per_lane; k += per_word) {
    const int e = first + element_of_lane<T>(lane, k);
    if constexpr (per_word > 1) {
      if (pair.wide && e >= 0 && e + per_word <= pair.row_elements) {
        std::uint32_t word = bits_of(value[k]);
        for (int i = 1; i < per_word; ++i) word |= bits_of(value[k + i]) << (32 / per_word * i);
        __stcs(reinterpret_cast<std::uint32_t*>(row + e), word);
        continue;
      }
    }
    for (int i = 0; i < per_word; ++i)
      if (e + i >= 0 && e + i < pair.row_elements) row[e + i] = value[k + i];
  }
}

}  // namespace fluxel::kernels::gpu
