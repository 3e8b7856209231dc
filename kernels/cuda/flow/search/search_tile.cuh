// SPDX-License-Identifier: Apache-2.0
#pragma once

// Differences of windows over a row of displacements, out of words of four pixels in shared memory. A thread has
// `strip` pixels side by side, on two rows, and their displacements one after the other: what it reads of the other
// frame moves on by a column each time, so all but a column of it is in registers already.

#include "kernels/common/flow/matching.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu::block_search {

using word = std::uint32_t;

inline constexpr int strip = 8;
inline constexpr int side = 2 * block_radius + 1;
inline constexpr int columns = strip + side - 1;  ///< of the windows of a strip
static_assert(side == 5);                         // four rows in a word, and one on either side of them

// Differences are compared as difference * place_unit + place among the displacements of the row. What lies outside
// the frame adds `outside` to the difference of each window with such a column; a displacement that is not to be
// tried has the place not_tried.
inline constexpr word place_unit = 128;
inline constexpr word most_found = side * side * 255 * place_unit + place_unit - 1;
inline constexpr word outside = word{1} << 16;
inline constexpr word not_tried = word{1} << 28;
inline constexpr word none = ~word{0};
static_assert(outside * place_unit > most_found && not_tried > most_found);

/// Words of four pixels, one below the other, the first of them in the lowest byte.
struct word_tile {
  word* words;
  int width;

  __device__ word* row(int y) const { return words + y * width; }

  /// Those that begin at (left, top) and after; the border repeats.
  __device__ void load(const plane<const u8>& p, int n, int left, int top, int height, int thread,
                       int threads) const {
    for (int c = thread; c < width; c += threads) {
      const u8* const column = p.data + n * p.stride + clamp_index(left + c, p.width);
      auto pixel_of = [&](int y) { return word{column[clamp_index(top + y, p.height) * p.pitch]}; };
      word w = pixel_of(0) << 8 | pixel_of(1) << 16 | pixel_of(2) << 24;
      for (int y = 0; y < height; ++y) {
        w = w >> 8 | pixel_of(y + 3) << 24;
        row(y)[c] = w;
      }
    }
  }
};

/// A column of a pair of windows, one below the other: the four rows that they share, and either one's own.
struct window_column {
  word shared, above, below;

  /// From the row `y` of the tile on.
  __device__ __forceinline__ static window_column at(const word_tile& tile, int y, int x) {
    return {tile.row(y + 1)[x], tile.row(y)[x] & 255, tile.row(y + 2)[x] >> 24};
  }
};

/// The windows of a strip in its own frame.
struct strip_windows {
  word shared[columns], above[columns / 4], below[columns / 4];

  __device__ __forceinline__ void load(const word_tile& tile, int y, int x) {
#pragma unroll
    for (int i = 0; i < columns; ++i) {
      const auto c = window_column::at(tile, y, x + i);
      shared[i] = c.shared;
      above[i / 4] = i % 4 == 0 ? c.above : above[i / 4] | c.above << 8 * (i % 4);
      below[i / 4] = i % 4 == 0 ? c.below : below[i / 4] | c.below << 8 * (i % 4);
    }
  }
};

/// What they are compared with, moving to the right. After `turn` steps column i is at place (i + turn) % columns:
/// with `turn` known at compile time nothing moves between registers.
struct moving_windows {
  word shared[columns], added[columns];  ///< by the column being outside
  word above[columns], below[columns];   ///< four pixels from the column on

  __device__ __forceinline__ void take(const window_column& c, word outside_adds, int last) {
    const int word_at = (last + columns - 3) % columns, before = (last + columns - 4) % columns;
    shared[last % columns] = c.shared;
    added[last % columns] = outside_adds;
    above[word_at] = above[before] >> 8 | c.above << 24;
    below[word_at] = below[before] >> 8 | c.below << 24;
  }
};

/// difference * place_unit + place of the pixels of a strip, those above and those below.
struct found_words {
  word above[strip], below[strip];

  __device__ __forceinline__ void compare(const strip_windows& own, const moving_windows& other, int turn,
                                          word place) {
    word of_column[columns];
#pragma unroll
    for (int i = 0; i < columns; ++i) {
      const int at = (i + turn) % columns;
      of_column[i] = add_differences(own.shared[i], other.shared[at], other.added[at]);
    }
    word own_above[columns / 4], own_below[columns / 4];
#pragma unroll
    for (int i = 0; i < columns / 4; ++i) {
      own_above[i] = byte_differences(own.above[i], other.above[(4 * i + turn) % columns]);
      own_below[i] = byte_differences(own.below[i], other.below[(4 * i + turn) % columns]);
    }
    word sum = 0;
#pragma unroll
    for (int i = 0; i < side; ++i) sum += of_column[i];
#pragma unroll
    for (int i = 0; i < strip; ++i) {
      if (i > 0) sum += of_column[i + side - 1] - of_column[i - 1];
      constexpr word units = place_unit * 0x01010101u;
      const word first = units << 8 * (i % 4), second = units >> 8 * (3 - i % 4);
      const word shared = sum * place_unit + place;
      above[i] = __dp4a(own_above[i / 4 + 1], second, __dp4a(own_above[i / 4], first, shared));
      below[i] = __dp4a(own_below[i / 4 + 1], second, __dp4a(own_below[i / 4], first, shared));
    }
  }
};

__device__ __forceinline__ word least(word a, word b) { return b < a ? b : a; }

/// The best of a row of pixels, and of where they go: as moving_windows, for each displacement a column further. A
/// pixel of the other frame is done with a strip when it is left of it; then the strip to the left goes on with it.
struct best_words {
  word own[strip], other[columns];

  __device__ __forceinline__ best_words() {
#pragma unroll
    for (int i = 0; i < strip; ++i) own[i] = none;
#pragma unroll
    for (int i = 0; i < columns; ++i) other[i] = none;
  }
  /// Two displacements, the first at an even `turn`; put(i, word): what is done with after either. `last_strip`:
  /// there is none to the right.
  template <class Put>
  __device__ __forceinline__ void take(const word (&a)[strip], const word (&b)[strip], int turn, int strips,
                                       bool last_strip, Put&& put) {
    auto pass = [&](int i, word done) {
      put(i, done);
      const word from_right = __shfl_down_sync(0xffffffffu, done, 1, strips);
      return last_strip ? none : from_right;
    };
    auto at = [&](int i) -> word& { return other[(turn + i) % columns]; };
#pragma unroll
    for (int i = 0; i < strip; ++i) own[i] = least(least(own[i], a[i]), b[i]);
#pragma unroll
    for (int i = 1; i < strip; ++i) at(i) = least(least(at(i), a[i]), b[i - 1]);
    at(strip) = least(pass(0, least(at(0), a[0])), b[strip - 1]);
    at(strip + 1) = pass(1, at(1));
  }
};

}  // namespace fluxel::kernels::gpu::block_search
