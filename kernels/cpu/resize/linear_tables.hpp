// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables of the horizontal pass. A block of outputs is filtered from a window of the source row: the window is
// loaded and permuted, which is several times faster than fetching each tap.

#include "kernels/cpu/resize/linear_rows.hpp"

namespace fluxel::kernels {

/// How a target permutes bytes. Two vectors of i16 make a block; lane l of the first holds elements 16 l to
/// 16 l + 7 of the block and lane l of the second the next 8, so that packing them to bytes restores the order.
struct byte_layout {
  int lanes = 1;            ///< 128-bit lanes of a vector
  bool one_window = false;  ///< one window for the block, else one of 16 bytes for every lane of both vectors
};

/// Bytes: taps, side and weight of each output in the order of the layout.
///
/// With w in 1/2^15, the value is a + (b - a) w for w < 1/2 and b + (b - a) (w - 1) otherwise: then twice the
/// weight fits i16, and the wrapped product is exact.
struct byte_tables {
  int window = 0;              ///< bytes; 0: taps are fetched one by one
  const std::int32_t* start;   ///< of each window, in the source row
  const std::uint8_t* taps;    ///< a, b of each output, in the window modulo 128
  const std::uint8_t* side;    ///< byte shuffle that leaves the nearer of a, b in each i16
  const std::int16_t* weight;  ///< 2 w, wrapped
  const std::uint64_t* mask;   ///< windows above 128: for each block, 128 bytes and vector, the taps inside them
  const std::int32_t* left;    ///< window 0: elements of the source row
  const std::int32_t* right;
};

/// Owns what the pointers of `byte_tables` show. Sources compiled per target see only the pointers, so that no
/// inline function of the standard library is compiled for a target.
struct byte_tables_storage {
  int window = 0;
  aligned_vector<std::int32_t> start, left, right;
  aligned_vector<std::uint8_t> taps, side;
  aligned_vector<std::int16_t> weight;
  aligned_vector<std::uint64_t> mask;

  byte_tables tables() const {
    return {window, start.data(), taps.data(), side.data(), weight.data(), mask.data(), left.data(), right.data()};
  }
};

inline constexpr int largest_window = 2048;  ///< bytes

byte_tables_storage make_byte_tables(const row_geometry& geometry, const byte_layout& layout);

/// Types computed in 32-bit lanes: the left tap of each output in its window, and the weight's bits. The right
/// tap is `channels` further unless the weight is 0.
struct word_tables {
  int window = 0;  ///< elements; 0: `index` counts from the start of the row
  int channels = 1;
  int low_zero_bits = 0;
  int rounding = 0;                 ///< u16: what the last rounding adds
  std::ptrdiff_t src_elements = 0;  ///< of a row
  int whole = 0;                    ///< so many outputs come before the first whose right tap does not exist
  const std::int32_t* start;        ///< of each block's window
  const std::int32_t* index;
  const std::uint32_t* weight;
};

struct word_tables_storage {
  word_tables shape;
  aligned_vector<std::int32_t> start, index;
  aligned_vector<std::uint32_t> weight;

  word_tables tables() const {
    word_tables t = shape;
    t.start = start.data(), t.index = index.data(), t.weight = weight.data();
    return t;
  }
};

/// @param lanes         outputs of a block.
/// @param most_windows  the longest window that the target permutes, in blocks.
word_tables_storage make_word_tables(const row_geometry& geometry, element_type type, int lanes, int most_windows);

}  // namespace fluxel::kernels
