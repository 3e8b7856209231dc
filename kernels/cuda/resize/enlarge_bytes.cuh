// SPDX-License-Identifier: Apache-2.0
#pragma once

// Filtered enlargement of u8 by few taps: what the host prepares for the kernel in enlarge_bytes.cu.

#include <vector>

#include "kernels/cuda/resize/filter_batch.cuh"
#include "kernels/cuda/resize/filtered.cuh"
#include "kernels/cuda/runtime/device_array.cuh"
#include "kernels/cuda/runtime/staging.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int byte_warps = 4;
/// Neighbouring pixels of a lane.
FLUXEL_HD constexpr int byte_pixels(int channels) { return channels == 4 ? 2 : 4; }
FLUXEL_HD constexpr int byte_tile(int channels) { return block_lanes * byte_pixels(channels); }

/// Tables and numbers of one resize, by value.
struct byte_filter {
  const std::int32_t* first_x = nullptr;  ///< whole tiles of columns, here and in `weights_x`
  const std::int32_t* begin_x = nullptr;  ///< the smallest `first` of each tile's columns
  const uint2* weights_x = nullptr;       ///< of every column, four taps of 16 bits in each
  const int4* rows_y = nullptr;           ///< two for every output row: see `byte_row`
  int rows_of_warp = 0;
  int drop = 0;        ///< bits that the first pass drops
  int last_bits = 0;   ///< and the second
  staged_shape shape;  ///< of a tile's source
  int tile_pixels(int channels) const { return byte_tile(channels); }
  int tile_rows() const { return byte_warps * rows_of_warp; }
};

/// Of an output row: the weights of the source rows that end with `last`, which never falls from row to row.
struct byte_row {
  static constexpr int most_taps = 6;
  std::int32_t weight[most_taps];
  std::int32_t last;
};

/// Pairs of any sizes, with these channels, in one launch for every `pairs_per_launch` of them.
/// @param taps  4 or 6: source rows of an output row; columns have up to 4 or 8
status enlarge_bytes(std::span<const filtered_pair<byte_filter>> pairs, int channels, int taps,
                     const launch_options& options);

class byte_filter_tables {
 public:
  byte_filter_tables(element_type type, int channels, const filtered_recipe& recipe, const table_allocator& memory);
  bool usable() const { return !sizes_.empty(); }
  bool failed() const;
  int taps() const { return taps_; }  ///< of the kernel
  /// The pair with its filter: high tiles where there are enough of them in the launch, of which this pair is one
  /// part in `parts`.
  filtered_pair<byte_filter> with_filter(const image_pair& pair, double parts) const;

 private:
  int channels_ = 0;
  int taps_ = 0;                    ///< of the kernel, 4 or 6
  std::vector<byte_filter> sizes_;  ///< of tiles, the highest first
  device_table<std::int32_t> first_x_, begin_x_;
  device_table<uint2> weights_x_;
  device_table<int4> rows_y_;
};

}  // namespace fluxel::kernels::gpu
