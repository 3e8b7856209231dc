// SPDX-License-Identifier: Apache-2.0
#pragma once

// How pairs of images travel to a kernel: by value, one pair or a chunk of a ragged batch, cut into tiles.
// Blocks find their tile by a linear index, so that no side and no batch meets a limit of the grid.

#include <algorithm>
#include <cstdint>
#include <span>

#include "kernels/cuda/runtime/axis.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int block_lanes = 32;
inline constexpr int block_warps = 8;
inline constexpr int block_threads = block_lanes * block_warps;
inline constexpr int most_rows_per_warp = 8;
inline constexpr int pairs_per_launch = 16;  ///< keeps the parameters below 4 KiB

struct plane_rows {
  std::byte* data = nullptr;
  std::ptrdiff_t pitch = 0;
  std::ptrdiff_t plane_stride = 0;
  std::ptrdiff_t image_stride = 0;
};

/// One pair in the kernel's words. Lengths along a row are elements, from the first pixel.
struct pair_view {
  plane_rows src, dst;
  axis x, y;
  divisor channels;
  divisor planes;
  divisor tiles_per_row;
  divisor tiles_per_plane;
  int row_elements = 0;      ///< of the destination
  int lead = 0;              ///< the first tile of a row starts so many elements before it, where a word is aligned
  bool wide = false;         ///< words of the destination are aligned in every row
  bool src_words = false;    ///< every source row starts at the same offset from an aligned word
  last_rounding rounding{};  ///< bilinear
};

template <int Pairs>
struct batch {
  pair_view pairs[Pairs];
  std::uint32_t first_tile[Pairs];  ///< ascending
  int count = 0;
  int rows_per_warp = 1;
  int shift = 0;  ///< low_zero_bits
};

struct tile {
  const pair_view& pair;
  std::byte* src;  ///< of this block's plane
  std::byte* dst;
  int column;  ///< in tiles
  int row;
  int pair_index;
};

template <int Pairs>
__device__ __forceinline__ int find_pair(const batch<Pairs>& b, std::uint32_t index) {
  int found = 0;
  if constexpr (Pairs > 1) {
    for (int half = Pairs / 2; half > 0; half /= 2)
      if (found + half < b.count && b.first_tile[found + half] <= index) found += half;
  }
  return found;
}

template <int Pairs>
__device__ __forceinline__ tile find_tile(const batch<Pairs>& b) {
  const std::uint32_t index = blockIdx.x;
  const int i = find_pair(b, index);
  const pair_view& p = b.pairs[i];
  std::uint32_t in_plane, column, plane;
  const std::uint32_t nth = p.tiles_per_plane.split(index - b.first_tile[i], in_plane);
  const std::uint32_t row = p.tiles_per_row.split(in_plane, column);
  const std::uint32_t image = p.planes.split(nth, plane);
  return {p,
          p.src.data + image * p.src.image_stride + plane * p.src.plane_stride,
          p.dst.data + image * p.dst.image_stride + plane * p.dst.plane_stride,
          static_cast<int>(column),
          static_cast<int>(row),
          i};
}

/// How a kernel cuts a plane: a tile is `elements` long, and rows * rows_per_warp * block_warps or rows_per_tile
/// high.
struct tiling {
  int elements = 128;
  int rows = 1;
  int rows_per_tile = 0;
  int rows_before = 0;  ///< the first tile starts so many rows before the plane
  int element_bytes = 1;
  int word_bytes = 4;  ///< what a lane stores at once where it can; 0: elements
  int together = 1;    ///< channels that the kernel sees as one
};

inline plane_rows rows_of(const image& im) {
  return {static_cast<std::byte*>(im.data), im.pitch, im.plane_stride, im.stride};
}

/// Whether rows of every plane and image start at the same offset from multiples of `bytes`.
inline bool same_offset(const image& im, int bytes) {
  return (im.height == 1 || im.pitch % bytes == 0) && (im.planes == 1 || im.plane_stride % bytes == 0) &&
         (im.count == 1 || im.stride % bytes == 0);
}

inline int offset_in_word(const void* p, int bytes) {
  return static_cast<int>(reinterpret_cast<std::uintptr_t>(p) % static_cast<std::uintptr_t>(bytes));
}

inline pair_view view_of(const image_pair& pair, const tiling& cut, int rows_per_tile) {
  const auto& [src, dst] = pair;
  pair_view v{.src = rows_of(src), .dst = rows_of(dst)};
  const int channels = dst.channels / cut.together;
  v.channels = divisor(channels);
  v.planes = divisor(dst.planes);
  v.row_elements = dst.width * channels;
  v.wide = cut.word_bytes != 0 && same_offset(dst, cut.word_bytes);
  v.lead = v.wide ? offset_in_word(dst.data, cut.word_bytes) / cut.element_bytes : 0;
  v.src_words = same_offset(src, 4);
  const int columns = (v.row_elements - 1 + v.lead) / cut.elements + 1;
  v.tiles_per_row = divisor(columns);
  v.tiles_per_plane = divisor(columns * divide_up(dst.height + cut.rows_before, rows_per_tile));
  return v;
}

/// Enough rows per warp to reuse filtered rows, few enough to fill the device with small images.
inline int choose_rows_per_warp(std::span<const image_pair> pairs, const tiling& cut) {
  constexpr double enough_blocks = 500;  // about one wave of the largest GPUs
  double one_row_blocks = 0;
  for (const auto& [src, dst] : pairs)
    one_row_blocks += static_cast<double>(dst.width) * dst.channels / cut.elements * dst.height /
                      (cut.rows * block_warps) * dst.planes * dst.count;
  int rows = most_rows_per_warp;
  while (rows > 1 && one_row_blocks < enough_blocks * rows) rows /= 2;
  return rows;
}

inline bool fits(const image_pair& pair, const tiling& cut) {
  constexpr double limit = 0x7fffffff - 1024;
  const auto& [src, dst] = pair;
  const double widest = static_cast<double>(std::max(src.width, dst.width)) * dst.channels;
  const double tiles = (static_cast<double>(dst.width) * dst.channels / cut.elements + 2) *
                       (static_cast<double>(dst.height) / (cut.rows_per_tile ? cut.rows_per_tile : block_warps) + 1) *
                       dst.planes * dst.count;
  return widest < limit && tiles < limit;
}

/// Cuts pairs into launches: `set_axes(view, pair)` fills the axes, `start(batch, blocks)` launches.
template <int Pairs, class SetAxes, class Start>
status launch_chunk(std::span<const image_pair> pairs, const tiling& cut, SetAxes&& set_axes, Start&& start) {
  batch<Pairs> b{};
  b.rows_per_warp = choose_rows_per_warp(pairs, cut);
  const int rows_per_tile = cut.rows_per_tile ? cut.rows_per_tile : cut.rows * b.rows_per_warp * block_warps;
  std::uint64_t tiles = 0;
  for (const auto& pair : pairs) {
    if (!fits(pair, cut)) return status::unsupported;
    if (pair.dst.count == 0 || pair.dst.planes == 0) continue;
    pair_view& v = b.pairs[b.count] = view_of(pair, cut, rows_per_tile);
    set_axes(v, pair);
    b.first_tile[b.count++] = static_cast<std::uint32_t>(tiles);
    tiles += std::uint64_t{v.tiles_per_plane.value} * pair.dst.planes * pair.dst.count;
  }
  if (tiles == 0) return status::ok;
  if (tiles > 0x7fffffff) return status::unsupported;
  return start(b, static_cast<unsigned>(tiles));
}

template <class SetAxes, class Start>
status launch_in_large_chunks(std::span<const image_pair> pairs, const tiling& cut, SetAxes&& set_axes,
                              Start&& start) {
  while (!pairs.empty()) {
    const auto chunk = pairs.first(std::min<std::size_t>(pairs.size(), pairs_per_launch));
    if (const status s = launch_chunk<pairs_per_launch>(chunk, cut, set_axes, start); s != status::ok) return s;
    pairs = pairs.subspan(chunk.size());
  }
  return status::ok;
}

template <class SetAxes, class Start>
status launch_in_chunks(std::span<const image_pair> pairs, const tiling& cut, SetAxes&& set_axes, Start&& start) {
  if (pairs.size() == 1) return launch_chunk<1>(pairs, cut, set_axes, start);
  return launch_in_large_chunks(pairs, cut, set_axes, start);
}

}  // namespace fluxel::kernels::gpu
