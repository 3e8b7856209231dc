// SPDX-License-Identifier: Apache-2.0
// The median of both flow components at once, packed in 16-bit halves, for two rows of windows at a time (windows of
// 7 x 7: median_7x7.cu). Columns and pairs of columns are sorted once per block, in shared memory, and merged per
// thread.

#include "kernels/cuda/flow/median/sorted_lists.cuh"

namespace fluxel::kernels::gpu {

namespace {

using lists::list;
using lists::value;

constexpr int rows_per_block = 2 * flow_block_y;

/// Two rows of windows have all rows but one in common. The median of either is among the 2 radius + 2 middle ones of
/// what they share and the 2 radius + 1 values of its own row. `column(i)` and `pair(i)` (columns i and i + 1) are
/// sorted.
template <int radius, class Column, class Pair>
__device__ __forceinline__ list<2 * radius + 2> middle_of_columns(const Column& column, const Pair& pair) {
  constexpr int shared = 2 * radius * (2 * radius + 1), first = shared / 2 - (radius + 1);
  if constexpr (radius == 1)
    return lists::some_of<first, 2 * radius + 2>(pair(0), column(2));
  else
    return lists::some_of<first, 2 * radius + 2>(lists::merge(pair(0), pair(2)), column(4));
}

/// A thread finds the medians of both rows.
template <int radius>
__global__ void __launch_bounds__(flow_threads) median_flow(median_job job) {
  constexpr int n = 2 * radius + 1, common = n - 1;
  constexpr int wide = flow_block_x + 2 * radius, high = rows_per_block + 2 * radius;
  FLUXEL_SHARED(value, tile, [high][wide]);
  FLUXEL_SHARED(value, sorted, [flow_block_y][common][wide]);
  FLUXEL_SHARED(value, paired, [flow_block_y][2 * common][wide]);  // columns x and x + 1
  const int thread = threadIdx.y * flow_block_x + threadIdx.x;
  const int left = static_cast<int>(blockIdx.x) * flow_block_x - radius;
  const int top = static_cast<int>(blockIdx.y) * rows_per_block - radius;
  for (int i = thread; i < wide * high; i += flow_threads)
    tile[i / wide][i % wide] = packed_vector(job.in, blockIdx.z, left + i % wide, top + i / wide);
  __syncthreads();
  for (int i = thread; i < wide * flow_block_y; i += flow_threads) {
    const int x = i % wide, y = i / wide;
    list<common> column;
    for (int k = 0; k < common; ++k) column.at[k] = tile[2 * y + 1 + k][x];
    column = lists::sort(column);
    for (int k = 0; k < common; ++k) sorted[y][k][x] = column.at[k];
  }
  __syncthreads();
  auto column_of = [&](int x, int y) {
    list<common> c;
    for (int k = 0; k < common; ++k) c.at[k] = sorted[y][k][x];
    return c;
  };
  for (int i = thread; i < (wide - 1) * flow_block_y; i += flow_threads) {
    const int x = i % (wide - 1), y = i / (wide - 1);
    const auto pair = lists::merge(column_of(x, y), column_of(x + 1, y));
    for (int k = 0; k < 2 * common; ++k) paired[y][k][x] = pair.at[k];
  }
  __syncthreads();
  const int tx = threadIdx.x, ty = threadIdx.y;
  auto column = [&](int x) { return column_of(tx + x, ty); };
  auto pair = [&](int x) {
    list<2 * common> p;
    for (int k = 0; k < 2 * common; ++k) p.at[k] = paired[ty][k][tx + x];
    return p;
  };
  const auto middle = middle_of_columns<radius>(column, pair);
  for (int row = 0; row < 2; ++row) {
    list<n> own;
    for (int k = 0; k < n; ++k) own.at[k] = tile[2 * ty + row * n][tx + k];
    const value median = lists::some_of<n, 1>(middle, lists::sort(own)).at[0];
    const pixel at{static_cast<int>(blockIdx.z), left + radius + tx, top + radius + 2 * ty + row};
    if (!inside(at, job.in.u)) continue;
    pixel_at(job.out.u, at) = static_cast<std::int16_t>(median & 0xffffu);
    pixel_at(job.out.v, at) = static_cast<std::int16_t>(median >> 16);
  }
}

template <int radius>
status launch_median(const median_job& job, const launch_options& options) {
  const plane<std::int16_t>& p = job.in.u;
  const dim3 grid(divide_up(p.width, flow_block_x), divide_up(p.height, rows_per_block), p.count);
  return launch<median_flow<radius>>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream, job);
}

}  // namespace

status median(const flow_planes& in, const flow_planes& out, int radius, const launch_options& options) {
  const median_job job{in, out};
  return radius == 1   ? launch_median<1>(job, options)
         : radius == 2 ? launch_median<2>(job, options)
                       : median_7x7(in, out, options);
}

status median_twice(const flow_planes& in, const flow_planes& between, const flow_planes& out, int radius,
                    const launch_options& options) {
  if (radius == 3) return median_7x7_twice(in, between, out, options);
  const status first = median(in, between, radius, options);
  return first == status::ok ? median(between, out, radius, options) : first;
}

}  // namespace fluxel::kernels::gpu
