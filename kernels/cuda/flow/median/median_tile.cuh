// SPDX-License-Identifier: Apache-2.0
#pragma once

// Medians of the 7 x 7 windows of a tile in shared memory, for 2 x 2 windows at a time. These share a core of 6 x 6
// pixels. With 13 more values to come, only its 14 middle ones can be a median. Each window then adds one column of 6
// and one row of 7. Columns and pairs of columns are sorted once per tile.

#include "kernels/cuda/flow/median/sorted_lists.cuh"

namespace fluxel::kernels::gpu::medians {

using lists::list;
using lists::value;

inline constexpr int radius = 3;
inline constexpr int core_side = 6;

/// The medians of a tile, an even number along each side, and the threads that find them.
template <int Width, int Height, int Threads>
struct fixed_shape {
  static constexpr int width = Width, height = Height, threads = Threads;
  static_assert(Width % 2 == 0 && Height % 2 == 0);
};
struct chosen_shape {
  int width, height, threads;
};

/// Shared memory for medians of width x height pixels: vectors, sorted columns, and sorted pairs of columns.
__host__ __device__ constexpr int with_border(int side) { return side + 2 * radius; }
__host__ __device__ constexpr int column_words(int width, int height) {
  return height / 2 * core_side * with_border(width);
}
__host__ __device__ constexpr int pair_words(int width, int height) {
  return height / 2 * 2 * core_side * (with_border(width) / 2 - 1);
}

template <class Shape>
struct tile {
  Shape shape;
  const value* vectors;  ///< with the border
  value *columns, *paired;

  __device__ __forceinline__ int wide() const { return with_border(shape.width); }
  __device__ __forceinline__ int half() const { return wide() / 2; }         ///< columns of either kind, even and odd
  __device__ __forceinline__ int pairs() const { return half() - 1; }        ///< of columns: 2 x + 1 and 2 x + 2
  __device__ __forceinline__ int bands() const { return shape.height / 2; }  ///< of two rows of medians

  /// Column 2 i + odd of a band, without its first and last row: 6 values.
  __device__ __forceinline__ value& column_at(int band, int k, int odd, int i) const {
    return columns[(band * core_side + k) * wide() + odd * half() + i];
  }
  __device__ __forceinline__ value& pair_at(int band, int k, int i) const {
    return paired[(band * 2 * core_side + k) * pairs() + i];
  }
  __device__ __forceinline__ list<core_side> column(int band, int odd, int i) const {
    list<core_side> c;
    for (int k = 0; k < core_side; ++k) c.at[k] = column_at(band, k, odd, i);
    return c;
  }
  __device__ __forceinline__ list<2 * core_side> pair(int band, int i) const {
    list<2 * core_side> p;
    for (int k = 0; k < 2 * core_side; ++k) p.at[k] = pair_at(band, k, i);
    return p;
  }

  __device__ __forceinline__ void sort_columns(int thread) const {
    for (int i = thread; i < wide() * bands(); i += shape.threads) {
      const int x = i % wide(), band = i / wide();
      list<core_side> c;
      for (int k = 0; k < core_side; ++k) c.at[k] = vectors[(2 * band + 1 + k) * wide() + x];
      c = lists::sort(c);
      for (int k = 0; k < core_side; ++k) column_at(band, k, x & 1, x / 2) = c.at[k];
    }
  }
  __device__ __forceinline__ void merge_pairs(int thread) const {
    for (int i = thread; i < pairs() * bands(); i += shape.threads) {
      const int x = i % pairs(), band = i / pairs();
      const auto p = lists::merge(column(band, 1, x), column(band, 0, x + 1));
      for (int k = 0; k < 2 * core_side; ++k) pair_at(band, k, x) = p.at[k];
    }
  }

  /// Vectors of a row of windows' pixels from column 2 x on.
  __device__ __forceinline__ const uint2* row_at(int band, int row, int x) const {
    return reinterpret_cast<const uint2*>(vectors + (2 * band + row * (core_side + 1)) * wide() + 2 * x);
  }
  __device__ __forceinline__ static list<2> sorted(value a, value b) {
    return lists::merge(list<1>{{a}}, list<1>{{b}});
  }

  /// The four medians at (2 x, 2 band), from two of the three pairs of columns that they share, merged, the `other`
  /// one, and of each of their own rows the pixels that two windows have.
  __device__ __forceinline__ void find(int band, int x, const list<4 * core_side>& pairs,
                                       const list<2 * core_side>& other, const list<core_side> (&rows)[2],
                                       value (&median)[2][2]) const {
    const auto core = lists::some_of<11, 14>(pairs, other);
    const auto left = lists::some_of<6, 8>(core, column(band, 0, x));
    const auto right = lists::some_of<6, 8>(core, column(band, 1, x + 3));
    for (int row = 0; row < 2; ++row) {
      const uint2* const from = row_at(band, row, x);
      median[row][0] = with_corner(lists::some_of<6, 2>(left, rows[row]), from[0].x);
      median[row][1] = with_corner(lists::some_of<6, 2>(right, rows[row]), from[3].y);
    }
  }
  /// The last value lies between the two middle ones of the others, or the nearer of them is the median.
  __device__ __forceinline__ static value with_corner(const list<2>& middle, value corner) {
    return lists::larger(middle.at[0], lists::smaller(middle.at[1], corner));
  }

  /// Every thread of the block calls it, after a barrier; put(x, y, medians) for even x and y.
  template <class Put>
  __device__ __forceinline__ void run(int thread, const Put& put) const {
    sort_columns(thread);
    __syncthreads();
    merge_pairs(thread);
    __syncthreads();
    for (int i = thread; i < shape.width / 2 * bands(); i += shape.threads) {
      const int x = i % (shape.width / 2), band = i / (shape.width / 2);
      value median[2][2];
      list<core_side> rows[2];
      for (int row = 0; row < 2; ++row) {
        const uint2* const from = row_at(band, row, x);
        const uint2 a = from[0], b = from[1], c = from[2], d = from[3];
        rows[row] = lists::merge(lists::merge(sorted(a.y, b.x), sorted(b.y, c.x)), sorted(c.y, d.x));
      }
      find(band, x, lists::merge(pair(band, x), pair(band, x + 1)), pair(band, x + 2), rows, median);
      put(2 * x, 2 * band, median);
    }
  }
  /// The same for a width that is a multiple of 4: eight medians at a time, which share the columns in the middle.
  template <class Put>
  __device__ __forceinline__ void run_in_eights(int thread, const Put& put) const {
    sort_columns(thread);
    __syncthreads();
    merge_pairs(thread);
    __syncthreads();
    for (int i = thread; i < shape.width / 4 * bands(); i += shape.threads) {
      const int x = 2 * (i % (shape.width / 4)), band = i / (shape.width / 4);
      list<core_side> rows[2][2];
      for (int row = 0; row < 2; ++row) {
        const uint2* const from = row_at(band, row, x);
        const uint2 a = from[0], b = from[1], c = from[2], d = from[3], e = from[4];
        const auto shared = lists::merge(sorted(b.y, c.x), sorted(c.y, d.x));
        rows[0][row] = lists::merge(shared, sorted(a.y, b.x));
        rows[1][row] = lists::merge(shared, sorted(d.y, e.x));
      }
      const auto middle = lists::merge(pair(band, x + 1), pair(band, x + 2));
#pragma unroll
      for (int side = 0; side < 2; ++side) {
        value median[2][2];
        find(band, x + side, middle, pair(band, side == 0 ? x : x + 3), rows[side], median);
        put(2 * (x + side), 2 * band, median);
      }
    }
  }
};

}  // namespace fluxel::kernels::gpu::medians
