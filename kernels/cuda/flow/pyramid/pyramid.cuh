// SPDX-License-Identifier: Apache-2.0
#pragma once

// One reduction of an image pyramid on the device: both frames and all images of a batch in one launch.

#include <memory>
#include <span>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/pyramid.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int most_pyramid_frames = 2;

/// What a warp reads of a row, four pixels to a lane.
inline constexpr int reduce_span = 128;

/// Windows of a row's outputs: `taps` weights, those beyond the filter's own 0.
struct reduce_columns {
  const std::int32_t* first;
  const std::uint32_t* weight;  ///< [taps][outputs]: lanes read neighbouring words
};
/// For a row of outputs: where its window begins, its weights, and zeros up to a multiple of 4.
__host__ __device__ constexpr int reduce_row_words(int taps) { return (taps + 4) / 4 * 4; }

/// What the first reduction is of: bytes whose whole range is black to white, bytes of which a part is, intensities.
enum class reduce_source { whole_bytes, part_of_bytes, grey };

/// Bytes to intensities: the high word of (the byte, cut to black and white, * 4080 + begin) * reciprocal.
struct byte_range {
  int black, white;
  std::uint32_t begin, reciprocal;
};

/// Blocks of `reduce_frames`: warps, and how many a multiprocessor has at a time.
inline constexpr int reduce_warps = 4;
constexpr int reduce_blocks(int taps) { return taps <= 6 ? 6 : 4; }

struct reduce_job {
  plane<const u8> pixels[most_pyramid_frames];  ///< the source of the kernels of bytes,
  plane<const u16> grey[most_pyramid_frames];   ///< and of the others
  plane<u16> to[most_pyramid_frames];
  plane<u16> copy[most_pyramid_frames];  ///< bytes: where the intensities go as well; may be absent (data is null)
  std::ptrdiff_t kept_at[most_pyramid_frames];  ///< see pyramid_frame
  byte_range range;                             ///< of a part of bytes
  reduce_columns x;
  const uint4* rows_y;        ///< reduce_row_words
  const std::int32_t* begin;  ///< the column where each tile of outputs begins to read, a multiple of 4
  int frames;
  int src_width, src_height;
  int tile;      ///< outputs of a warp's row
  int rows;      ///< output rows of a warp
  bool aligned;  ///< bytes: rows can be read by words
};

/// @param taps  one of 3, 4, 6 and 8
status reduce_frames(const reduce_job& job, reduce_source source, int taps, const launch_options& options);

/// Small levels, each from the one before it, in one launch.
inline constexpr int most_tail_levels = 16;
inline constexpr int most_tail_pixels = 1536;  ///< of a level
struct reduce_tail_level {
  plane<u16> to[most_pyramid_frames];
  reduce_columns x;
  const uint4* rows_y;
  int taps, src_width, src_height;
};
struct reduce_tail_job {
  plane<const u16> from[most_pyramid_frames];
  reduce_tail_level level[most_tail_levels];
  std::ptrdiff_t kept_at[most_pyramid_frames];
  int levels, frames;
};
status reduce_tail(const reduce_tail_job& job, const launch_options& options);

/// Two levels from the one before them, in one launch. Both have `taps` alike, windows of which one begins where or
/// after another does, and no gap between them.
inline constexpr int reduce_two_source = 128, reduce_two_columns = 64, reduce_two_rows = 16;  ///< of a tile at most
struct reduce_two_job {
  plane<const u16> from[most_pyramid_frames];
  reduce_tail_level level[2];
  std::ptrdiff_t kept_at[most_pyramid_frames];
  int frames;
  int tile_width, tile_height;  ///< outputs of the second level, so that what they are made from has the size above
};
status reduce_two(const reduce_two_job& job, const launch_options& options);

/// Outputs of a warp's row at most.
int reduce_outputs(int taps);

std::unique_ptr<prepared_pyramid> prepare_pyramid(std::span<const resize_recipe> reductions,
                                                  const table_allocator& memory);

}  // namespace fluxel::kernels::gpu
