// SPDX-License-Identifier: Apache-2.0
#pragma once

// Filtered resizes by tiles: what the host prepares for the two kernels, reducing (vertical pass first) and enlarging
// (horizontal pass first), and what they share. Each runs both passes with what lies between them in shared memory.

#include <map>
#include <vector>

#include "kernels/cuda/resize/filter_batch.cuh"
#include "kernels/cuda/resize/filtered.cuh"
#include "kernels/cuda/runtime/device_array.cuh"
#include "kernels/cuda/runtime/staging.cuh"

namespace fluxel::kernels::gpu {

/// Tables and numbers of one resize, by value. Weights are integers, or the bits of floats.
struct tiled_filter {
  const std::int32_t* first_x = nullptr;
  const std::int32_t* begin_x = nullptr;  ///< the smallest `first` of each tile's columns
  /// Tap after tap, each for all outputs, so that neighbours read neighbours; reducing: for the outputs of each tile.
  const std::int32_t* weights_x = nullptr;
  const std::int32_t* first_y = nullptr;
  const std::int32_t* begin_y = nullptr;    ///< enlarging: of each tile's rows
  const std::int32_t* weights_y = nullptr;  ///< reducing: row after row; u8: two taps in one word
  const int2* blends_y = nullptr;           ///< enlarging: weights of two output rows for each source row they read
  int taps_x = 0, taps_y = 0;
  int words_y = 0;      ///< words of a row's weights
  int blends = 0;       ///< most source rows of two output rows
  int pixels_log2 = 0;  ///< of a tile
  int rows = 0;         ///< of a tile
  int drop = 0;         ///< bits that the first pass drops
  int last_bits = 0;    ///< and the second
  int max_value = 0;
  int shift = 0;       ///< low_zero_bits
  staged_shape shape;  ///< of a tile's source, in chunks of 16 bytes; enlarging: and rows
  FLUXEL_HD int pixels() const { return 1 << pixels_log2; }
  int tile_pixels(int) const { return pixels(); }
  int tile_rows() const { return rows; }
};

template <class T>
inline constexpr int tile_threads = is_integer<T> ? 128 : 256;
template <class T>
inline constexpr int chunk_elements = 16 / static_cast<int>(sizeof(T));

/// What lies between the passes of a reduction.
template <class T>
using kept_of = std::conditional_t<sizeof(T) == 1, std::int16_t, between_of<T>>;
/// What the second pass sums in.
template <class T>
using last_sum_of =
    std::conditional_t<sizeof(T) == 1, std::int32_t, std::conditional_t<is_integer<T>, std::int64_t, float>>;

template <class T>
__device__ __forceinline__ between_of<T> weight_from_bits(std::int32_t bits) {
  if constexpr (is_integer<T>)
    return bits;
  else
    return float_from_bits(static_cast<std::uint32_t>(bits));
}

template <class Sum, class Value>
__device__ __forceinline__ void add_product(Sum& sum, Value weight, Value value) {
  if constexpr (std::is_same_v<Sum, float>)
    sum = add_tap(sum, weight, value);
  else
    sum += static_cast<Sum>(weight) * value;
}
template <class T, class Sum>
__device__ __forceinline__ T finish_tile_sum(Sum sum, const tiled_filter& f) {
  if constexpr (is_integer<T>) {
    const auto value = static_cast<std::int32_t>(sum >> f.last_bits);  // far from 2^31: weights sum to one
    return static_cast<T>(min(max(value, 0), f.max_value) << f.shift);
  } else {
    return narrow<T>(sum);
  }
}

/// A filter cut into tiles of one size.
struct sized_filter {
  tiled_filter filter;
  std::size_t shared = 0;  ///< bytes
};

/// The tables of a resize on the device.
class filter_tile_tables {
 public:
  filter_tile_tables(element_type type, int channels, const filtered_recipe& recipe, const table_allocator& memory);
  bool usable() const { return !sizes_.empty(); }
  bool failed() const;
  /// The pair with its filter: large tiles where there are enough of them in all planes and images of the launch, of
  /// which this pair is one part in `parts`.
  filtered_pair<tiled_filter> with_filter(const image_pair& pair, double parts) const;
  bool narrow_first_pass() const { return narrow_; }

 private:
  std::vector<sized_filter> sizes_;  ///< the largest first
  bool narrow_ = false;              ///< sums of the first pass fit 32 bits
  struct column_tables {
    explicit column_tables(const table_allocator& memory) : begin(memory), weights(memory) {}
    device_table<std::int32_t> begin, weights;
  };
  device_table<std::int32_t> first_x_, first_y_, begin_y_, weights_y_;
  std::map<int, column_tables> columns_;  ///< by the pixels of a tile
  device_table<int2> blends_y_;
};

/// Where the parts of a tile lie in shared memory.
struct reduce_layout {
  int weights_x, weights_y, top, out, kept, end;
  FLUXEL_HD reduce_layout(const tiled_filter& f, int channels, int element_bytes, int kept_bytes) {
    auto after = [](int at, int bytes) { return at + (bytes + 15) / 16 * 16; };
    weights_x = 4 * f.pixels();
    weights_y = after(weights_x, 4 * f.pixels() * f.taps_x);
    top = after(weights_y, 4 * f.rows * f.words_y);
    out = after(top, 4 * f.rows);
    kept = after(out, f.rows * f.pixels() * channels * element_bytes);
    end = kept + f.rows * f.shape.pitch() / element_bytes * kept_bytes;
  }
};
struct enlarge_layout {
  static constexpr int pixels = 128;
  int weights_x, blends, ranges, staged, kept, end;
  FLUXEL_HD enlarge_layout(const tiled_filter& f, int channels) {
    auto after = [](int at, int bytes) { return at + (bytes + 15) / 16 * 16; };
    weights_x = 4 * pixels;
    blends = after(weights_x, 4 * pixels * ((f.taps_x + 3) / 4 * 4));
    ranges = after(blends, 8 * f.rows / 2 * f.blends);
    staged = after(ranges, 8 * f.rows / 2);
    kept = after(staged, f.shape.rows * f.shape.pitch() + 32);
    end = kept + f.shape.rows * pixels * channels * 4;
  }
};

/// Pairs of any sizes, of this type and with these channels, in one launch for every `pairs_per_launch` of them.
/// @param narrow  sums of the first pass fit 32 bits, for every pair
status reduce_filtered(std::span<const filtered_pair<tiled_filter>> pairs, element_type type, int channels,
                       bool narrow, const launch_options& options);
status enlarge_filtered(std::span<const filtered_pair<tiled_filter>> pairs, element_type type, int channels,
                        const launch_options& options);

}  // namespace fluxel::kernels::gpu
