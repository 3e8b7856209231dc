// SPDX-License-Identifier: Apache-2.0
#pragma once

// A row of pixels as a run of elements, whatever the channels: lanes of a warp write whole 32-bit words side by side
// (elements of 8 bytes: one each), and look up per element where its pixel comes from.

#include "kernels/common/runtime/convert.hpp"
#include "kernels/cuda/runtime/batch.cuh"

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
__device__ __forceinline__ std::uint32_t bits_of(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
__device__ __forceinline__ std::uint32_t bits_of(f16 v) { return v.bits; }
__device__ __forceinline__ std::uint32_t bits_of(bf16 v) { return v.bits; }
__device__ __forceinline__ std::uint32_t bits_of(f32 v) { return bits_of_float(v); }

/// The elements of one aligned word.
template <class T>
struct word_elements {
  std::uint32_t bits;
  __device__ __forceinline__ explicit word_elements(const T* p)
      : bits(__ldg(reinterpret_cast<const std::uint32_t*>(p))) {}
  __device__ __forceinline__ T at(int i) const {
    if constexpr (sizeof(T) == 4)
      return float_from_bits(bits);
    else if constexpr (std::is_integral_v<T>)
      return static_cast<T>(bits >> (8 * sizeof(T) * i));
    else
      return T{static_cast<std::uint16_t>(bits >> (16 * i))};
  }
};

/// The lane's elements from k on, as one word.
template <class T>
__device__ __forceinline__ std::uint32_t packed_word(const T (&value)[elements_per_lane], int k) {
  constexpr int per_word = elements_per_word<T>;
  std::uint32_t word = bits_of(value[k]);
  for (int i = 1; i < per_word; ++i) word |= bits_of(value[k + i]) << (32 / per_word * i);
  return word;
}

/// Writes the lane's elements of one row. `first` is the tile's first element in the row; `whole`: every element of
/// the tile is in the row and words are aligned.
template <class T>
__device__ __forceinline__ void store_elements(const pair_view& pair, T* row, int first, bool whole,
                                               const T (&value)[elements_per_lane]) {
  constexpr int per_word = elements_per_word<T>;
  const int lane = static_cast<int>(threadIdx.x);
  if (whole) {
    T* out = row + (first + lane * per_word);
    for (int k = 0; k < elements_per_lane; k += per_word) {
      if constexpr (sizeof(T) == 8)
        __stcs(reinterpret_cast<unsigned long long*>(out + k * block_lanes), value[k]);
      else
        __stcs(reinterpret_cast<std::uint32_t*>(out + k * block_lanes), packed_word(value, k));
    }
    return;
  }
  for (int k = 0; k < elements_per_lane; k += per_word) {
    const int e = first + element_of_lane<T>(lane, k);
    if constexpr (per_word > 1) {
      if (pair.wide && e >= 0 && e + per_word <= pair.row_elements) {
        __stcs(reinterpret_cast<std::uint32_t*>(row + e), packed_word(value, k));
        continue;
      }
    }
    for (int i = 0; i < per_word; ++i)
      if (e + i >= 0 && e + i < pair.row_elements) row[e + i] = value[k + i];
  }
}

/// What one block does, in the words of its tile.
struct element_work {
  tile at;
  int lane;
  int warp;
  int thread;
  int first;  ///< element of the row; negative where the tile starts before it
  int top;    ///< row of the plane
  int rows_per_tile;
  bool whole;
};

template <int Pairs>
__device__ __forceinline__ element_work find_work(const batch<Pairs>& b) {
  const tile t = find_tile(b);
  const int lane = static_cast<int>(threadIdx.x);
  const int warp = static_cast<int>(threadIdx.y);
  const int first = t.column * tile_elements - t.pair.lead;
  const int rows_per_tile = b.rows_per_warp * block_warps;
  const bool whole = t.pair.wide && first >= 0 && first + tile_elements <= t.pair.row_elements;
  return {t, lane, warp, warp * block_lanes + lane, first, t.row * rows_per_tile, rows_per_tile, whole};
}

}  // namespace fluxel::kernels::gpu
