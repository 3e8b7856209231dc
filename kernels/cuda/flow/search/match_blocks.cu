// SPDX-License-Identifier: Apache-2.0
// Block matching on the device. A thread tries rows of displacements of two pixels, one below the other, whose
// windows it keeps in registers; the best of all rows is an atomic minimum of block_match::key, in any order. Four
// bytes are compared at once: of the rows that both windows have those of a column, of the two others those beside
// each other.

#include "kernels/common/flow/matching.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/runtime/words.cuh"

namespace fluxel::kernels::gpu {

namespace {

using word = std::uint32_t;

constexpr int side = 2 * block_radius + 1;
static_assert(side == 5);  // a word and one byte
constexpr int rows_of_block = 2 * flow_block_y;
constexpr int rows_tried = 2;                             // rows of displacements of a block
constexpr int tops = rows_of_block - 1 + rows_tried - 1;  // first rows of two windows, where displacements take them
constexpr int column_rows = tops;
constexpr int row_rows = tops + side;

struct search_job {
  match_pixel match;
  plane<unsigned long long> keys;

  /// Displacements of a row, and a few more that count for nothing, so that loops of `side` turns try them all.
  __host__ __device__ int steps() const { return (2 * match.radius + side) / side * side; }
  __host__ __device__ int rows() const { return (2 * match.radius + rows_tried) / rows_tried; }
  __host__ __device__ int tile_width() const { return flow_block_x - 1 + steps() + side - 1; }
};

/// Four pixels, each (right, down) from the one before, the first of them in the lowest byte.
__device__ __forceinline__ word four(plane<const u8> p, int n, int x, int y, int right, int down) {
  word w = 0;
#pragma unroll
  for (int i = 0; i < 4; ++i) w |= word{clamped_pixel(p, n, x + i * right, y + i * down)} << 8 * i;
  return w;
}

/// What a block compares with: words of `to` that begin at each of its pixels, `width` in a row.
struct search_tile {
  word *columns, *rows;
  int width;

  __device__ static search_tile in(word* words, int width) { return {words, words + column_rows * width, width}; }
  __device__ void load(const match_pixel& m, int n, int left, int top, int thread) const {
    for (int i = thread; i < row_rows * width; i += flow_threads) {
      const int x = left + i % width, y = top + i / width;
      rows[i] = four(m.to, n, x, y, 1, 0);
      if (i < column_rows * width) columns[i] = four(m.to, n, x, y + 1, 0, 1);
    }
  }
};

/// The smallest differences of two pixels over a row of displacements: difference * 256 + place_of(x).
struct row_match {
  word of_first = ~word{0}, of_second = ~word{0};

  /// In the order of block_match among those of a row: 0, -1, 1, -2, 2...
  __device__ static word place_of(int x) { return static_cast<word>(2 * x ^ x >> 31); }
  __device__ static int x_of(word found) {
    const int place = static_cast<int>(found & 255);
    return (place & 1) != 0 ? -(place + 1) / 2 : place / 2;
  }
  __device__ void take(word first, word second, word place) {
    const word a = first << 8 | place, b = second << 8 | place;
    of_first = a < of_first ? a : of_first;
    of_second = b < of_second ? b : of_second;
  }
};

/// The windows of two pixels.
struct window_pair {
  word columns[side];     ///< of the four rows that they share
  word above, above_end;  ///< the first one's own row: four pixels and the fifth
  word below, below_end;  ///< the second one's

  __device__ window_pair(plane<const u8> from, int n, int x, int y) {
    const int left = x - block_radius, top = y - block_radius;
#pragma unroll
    for (int i = 0; i < side; ++i) columns[i] = four(from, n, left + i, top + 1, 0, 1);
    above = four(from, n, left, top, 1, 0), above_end = clamped_pixel(from, n, left + 4, top);
    below = four(from, n, left, top + side, 1, 0), below_end = clamped_pixel(from, n, left + 4, top + side);
  }

  /// `at`: of the first displacement's window in the tile. Displacements from `first` to `last` count.
  __device__ row_match search(const search_job& job, const search_tile& tile, int at, int first, int last) const {
    const word *column = tile.columns + at, *top = tile.rows + at, *bottom = top + side * tile.width;
    word c[side], t[side], b[side];  // those of the displacement at hand, the leftmost at the turn's number
#pragma unroll
    for (int i = 0; i + 1 < side; ++i) c[i] = column[i], t[i] = top[i], b[i] = bottom[i];
    row_match best;
    const int radius = job.match.radius;
    for (int s = 0; s < job.steps(); s += side) {
#pragma unroll
      for (int k = 0; k < side; ++k) {
        const int end = (k + side - 1) % side;
        c[end] = column[s + k + side - 1], t[end] = top[s + k + side - 1], b[end] = bottom[s + k + side - 1];
        word shared = 0;
#pragma unroll
        for (int i = 0; i < side; ++i) shared = add_differences(columns[i], c[(k + i) % side], shared);
        const word of_first = add_differences(above_end, t[end] & 255, add_differences(above, t[k], shared));
        const word of_second = add_differences(below_end, b[end] & 255, add_differences(below, b[k], shared));
        const int dx = s + k - radius;
        if (dx >= first && dx <= last) best.take(of_first, of_second, row_match::place_of(job.match.direction * dx));
      }
    }
    return best;
  }
};

/// Blocks lie one behind the other in z: images, and in each the rows of displacements.
__global__ void __launch_bounds__(flow_threads) search_rows(const __grid_constant__ search_job job) {
  FLUXEL_DYNAMIC_SHARED(word, words);
  const match_pixel& m = job.match;
  const int n = static_cast<int>(blockIdx.z) / job.rows();
  const int first_dy = static_cast<int>(blockIdx.z) % job.rows() * rows_tried - m.radius;
  const int left = static_cast<int>(blockIdx.x * flow_block_x), top = static_cast<int>(blockIdx.y * rows_of_block);
  const int tx = static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y);
  const search_tile tile = search_tile::in(words, job.tile_width());
  tile.load(m, n, left - m.radius - block_radius, top + first_dy - block_radius, ty * flow_block_x + tx);
  __syncthreads();
  const int x = left + tx, y = top + 2 * ty;
  if (x >= m.from.width || y >= m.from.height) return;
  const int first = x - m.radius < 0 ? -x : -m.radius;
  const int last = x + m.radius >= m.to.width ? m.to.width - 1 - x : m.radius;
  const window_pair windows(m.from, n, x, y);
  block_match best[2];
  for (int d = 0; d < rows_tried; ++d) {
    const int dy = first_dy + d;
    if (dy > m.radius || y + 1 + dy < 0 || y + dy >= m.to.height) continue;
    const row_match found = windows.search(job, tile, (2 * ty + d) * tile.width + tx, first, last);
    const word of[2] = {found.of_first, found.of_second};
#pragma unroll
    for (int p = 0; p < 2; ++p) {
      if (y + p + dy < 0 || y + p + dy >= m.to.height) continue;
      const int dx = m.direction * row_match::x_of(of[p]);
      const auto match = block_match::of(static_cast<std::int32_t>(of[p] >> 8), dx, dy, m.direction);
      if (match.key < best[p].key) best[p] = match;
    }
  }
#pragma unroll
  for (int p = 0; p < 2; ++p)
    if (y + p < m.from.height)
      atomicMin(&pixel_at(job.keys, {n, x, y + p}), static_cast<unsigned long long>(best[p].key));
}

__global__ void __launch_bounds__(flow_threads) clear_keys(const __grid_constant__ search_job job) {
  const pixel at = pixel_of_thread();
  if (inside(at, job.keys)) pixel_at(job.keys, at) = block_match().key;
}

__global__ void __launch_bounds__(flow_threads) store_matches(const __grid_constant__ search_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.keys)) return;
  const match_pixel& m = job.match;
  const block_match best{pixel_at(job.keys, at)};
  pixel_at(m.best.u, at) = static_cast<std::int16_t>(best.x(m.direction) * flow_one);
  pixel_at(m.best.v, at) = static_cast<std::int16_t>(best.y(m.direction) * flow_one);
}

status search(const search_job& job, const launch_options& options) {
  const auto& p = job.match.from;
  const std::size_t shared = sizeof(word) * static_cast<std::size_t>((column_rows + row_rows) * job.tile_width());
  status result = launch_pixels<clear_keys>(job.keys, options, job);
  // Few images at a time: a grid has at most 65,535 blocks in z.
  const int most = 65535 / job.rows();
  for (int n = 0; n < p.count && result == status::ok; n += most) {
    search_job part = job;
    part.match.from.data += n * p.stride;
    part.match.to.data += n * job.match.to.stride;
    part.keys.data += n * job.keys.stride;
    const int count = p.count - n < most ? p.count - n : most;
    const dim3 grid(divide_up(p.width, flow_block_x), divide_up(p.height, rows_of_block), job.rows() * count);
    result = launch<search_rows>(grid, dim3(flow_block_x, flow_block_y), shared, options.stream, part);
  }
  return result == status::ok ? launch_pixels<store_matches>(job.keys, options, job) : result;
}

}  // namespace

status match_blocks(plane<const u8> prev, plane<const u8> next, int radius, plane<std::uint64_t> keys,
                    const flow_planes& forward, const flow_planes& backward, const launch_options& options) {
  const plane<unsigned long long> words{
      reinterpret_cast<unsigned long long*>(keys.data), keys.width, keys.height, keys.pitch, keys.count, keys.stride};
  const status there = search({{prev, next, radius, 1, forward}, words}, options);
  return there == status::ok ? search({{next, prev, radius, -1, backward}, words}, options) : there;
}

}  // namespace fluxel::kernels::gpu
