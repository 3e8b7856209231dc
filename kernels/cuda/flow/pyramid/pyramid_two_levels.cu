// SPDX-License-Identifier: Apache-2.0
// Two levels of image pyramids in one launch, where a level is done sooner than it is launched. A block makes a tile
// of the second level out of its part of the first one, which it keeps; parts overlap, and each pixel of the first
// level is written by one block. A warp makes whole rows: their sums down go through shared memory to its lanes.

#include "kernels/cuda/flow/pyramid/reduce_sums.cuh"

namespace fluxel::kernels::gpu {

// Not unnamed: the record of the machine code goes by the kernels' names.
namespace pyramid_two_levels {

constexpr int lanes = 32, warps = 8;
constexpr int shift = 2 * reduce_weight_bits;

/// From `begin` up to `end`, along one axis.
struct span_of {
  int begin, end;
};

/// The pixels that a level is made from, for outputs of a span.
template <int taps, class First>
__device__ __forceinline__ span_of read_by(span_of outputs, int source, First first) {
  return {first(outputs.begin), min(first(outputs.end - 1) + taps, source)};
}

/// Of the first level: the pixels that this block writes. Those from the window of its first output on, as far as the
/// next block's.
template <class First>
__device__ __forceinline__ span_of written_by(span_of outputs, int all, int source, First first) {
  return {outputs.begin == 0 ? 0 : first(outputs.begin), outputs.end == all ? source : first(outputs.end)};
}

__device__ __forceinline__ span_of tile_of(int block, int tile, int all) {
  return {block * tile, min(block * tile + tile, all)};
}

/// A row of a level from its sums down, of which `sums` begins at column `from` and has `columns`.
template <int taps>
__device__ __forceinline__ unsigned across(const reduce_tail_level& l, int width, const unsigned* sums, int from,
                                           int columns, int x) {
  const int first = __ldg(l.x.first + x) - from;
  std::uint64_t sum = std::uint64_t{1} << (shift - 1);
#pragma unroll
  for (int k = 0; k < taps; ++k)  // weights beyond the border are 0
    sum = add_wide_product(__ldg(l.x.weight + k * width + x), sums[min(first + k, columns - 1)], sum);
  return min(static_cast<unsigned>(sum >> shift), 4095u);
}

__device__ __forceinline__ void write(u16* pixel, unsigned value, std::ptrdiff_t kept_at) {
  if (kept_at != 0) pixel[kept_at] = *pixel;
  *pixel = static_cast<u16>(value);
}

template <int taps>
__global__ void __launch_bounds__(lanes* warps, 3) reduce_two_levels(const __grid_constant__ reduce_two_job job) {
  FLUXEL_SHARED(unsigned, sums_down, [warps][reduce_two_source]);
  FLUXEL_SHARED(u16, part, [reduce_two_rows][reduce_two_columns]);
  const int frame = static_cast<int>(blockIdx.z) % job.frames, n = static_cast<int>(blockIdx.z) / job.frames;
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  const reduce_tail_level &one = job.level[0], &two = job.level[1];
  const plane<u16>&middle = one.to[frame], &to = two.to[frame];
  const std::ptrdiff_t kept_at = job.kept_at[frame];
  unsigned* const sums = sums_down[warp];

  const auto first_column = [&](int x) { return __ldg(two.x.first + x); };
  const auto first_row = [&](int y) {
    return static_cast<int>(__ldg(&two.rows_y[y * (reduce_row_words(taps) / 4)].x));
  };
  const span_of x2 = tile_of(blockIdx.x, job.tile_width, to.width),
                y2 = tile_of(blockIdx.y, job.tile_height, to.height);
  const span_of x1 = read_by<taps>(x2, middle.width, first_column), y1 = read_by<taps>(y2, middle.height, first_row);
  const span_of own_x = written_by(x2, to.width, middle.width, first_column);
  const span_of own_y = written_by(y2, to.height, middle.height, first_row);
  const span_of x0 = read_by<taps>(x1, one.src_width, [&](int x) { return __ldg(one.x.first + x); });
  const u16* const source = job.from[frame].data + n * job.from[frame].stride;
  for (int y = y1.begin + warp; y < y1.end; y += warps) {
    const row_window<taps> window(one.rows_y, y);
    for (int x = x0.begin + lane; x < x0.end; x += lanes) {
      unsigned sum = 0;
#pragma unroll
      for (int k = 0; k < taps; ++k)
        sum += window.weight(k) *
               __ldg(source + min(window.first() + k, one.src_height - 1) * job.from[frame].pitch + x);
      sums[x - x0.begin] = sum;
    }
    __syncwarp();
    for (int x = x1.begin + lane; x < x1.end; x += lanes) {
      const unsigned value = across<taps>(one, middle.width, sums, x0.begin, x0.end - x0.begin, x);
      part[y - y1.begin][x - x1.begin] = static_cast<u16>(value);
      if (x >= own_x.begin && x < own_x.end && y >= own_y.begin && y < own_y.end)
        write(middle.data + n * middle.stride + y * middle.pitch + x, value, kept_at);
    }
    __syncwarp();
  }
  __syncthreads();
  for (int y = y2.begin + warp; y < y2.end; y += warps) {
    const row_window<taps> window(two.rows_y, y);
    for (int x = lane; x < x1.end - x1.begin; x += lanes) {
      unsigned sum = 0;
#pragma unroll
      for (int k = 0; k < taps; ++k)
        sum += window.weight(k) * part[min(window.first() + k, y1.end - 1) - y1.begin][x];
      sums[x] = sum;
    }
    __syncwarp();
    for (int x = x2.begin + lane; x < x2.end; x += lanes)
      write(to.data + n * to.stride + y * to.pitch + x,
            across<taps>(two, to.width, sums, x1.begin, x1.end - x1.begin, x), kept_at);
    __syncwarp();
  }
}

template <int taps>
status launch_two(const reduce_two_job& job, const launch_options& options) {
  const plane<u16>& to = job.level[1].to[0];
  const dim3 grid(divide_up(to.width, job.tile_width), divide_up(to.height, job.tile_height), to.count * job.frames);
  return launch<reduce_two_levels<taps>>(grid, dim3(lanes, warps), 0, options.stream, job);
}

}  // namespace pyramid_two_levels

status reduce_two(const reduce_two_job& job, const launch_options& options) {
  switch (job.level[0].taps) {
    case 3:
      return pyramid_two_levels::launch_two<3>(job, options);
    case 4:
      return pyramid_two_levels::launch_two<4>(job, options);
    case 6:
      return pyramid_two_levels::launch_two<6>(job, options);
    default:
      return pyramid_two_levels::launch_two<8>(job, options);
  }
}

}  // namespace fluxel::kernels::gpu
