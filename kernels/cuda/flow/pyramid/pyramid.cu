// SPDX-License-Identifier: Apache-2.0
// A level of an image pyramid. A warp makes a few rows of up to 128 outputs on its own: every lane sums four source
// columns down, the sums of a row go through shared memory, and every lane sums them across for its outputs. There is
// no barrier of the block.

#include <type_traits>

#include "kernels/common/flow/equation.hpp"
#include "kernels/cuda/flow/pyramid/reduce_sums.cuh"

namespace fluxel::kernels::gpu {

// Not unnamed: the record of the machine code goes by the kernels' names.
namespace pyramid_rows {

constexpr int lanes = 32;
constexpr int warps = reduce_warps;
constexpr int intensity_bits = 4;
static_assert(1 << intensity_bits == intensity_one);

/// A byte of which a part of the range is black to white.
struct part_of_byte {
  u8 value;
};
/// What lies in memory of a source of T.
template <class T>
using stored = std::conditional_t<std::is_same_v<T, part_of_byte>, u8, T>;

/// Four neighbouring pixels of a row; 0 beyond its end.
struct four_pixels {
  unsigned at[4];
};
__device__ __forceinline__ four_pixels load_four(const u16* p) {
  const uint2 v = __ldg(reinterpret_cast<const uint2*>(p));
  return {{v.x & 0xffffu, v.x >> 16, v.y & 0xffffu, v.y >> 16}};
}
__device__ __forceinline__ four_pixels load_four(const u8* p) {
  const unsigned v = __ldg(reinterpret_cast<const unsigned*>(p));
  return {{v & 0xffu, v >> 8 & 0xffu, v >> 16 & 0xffu, v >> 24}};
}
/// `whole`: the row has four more pixels, at a multiple of their size.
template <bool whole, class T>
__device__ __forceinline__ four_pixels load_four(const T* p, int left) {
  if constexpr (whole) {
    return load_four(p);
  } else {
    four_pixels v;
#pragma unroll
    for (int i = 0; i < 4; ++i) v.at[i] = i < left ? __ldg(p + i) : 0;
    return v;
  }
}

/// `unit`: of the pixels, in intensities. Those that lie in this warp's part of the frame; what was in their place
/// goes `kept_at` elements on, unless that is 0.
__device__ __forceinline__ void copy_four(u16* row, const four_pixels& v, unsigned unit, int column, int end,
                                          std::ptrdiff_t kept_at) {
  if (column + 4 <= end) {
    uint2* const at = reinterpret_cast<uint2*>(row + column);
    if (kept_at != 0) *reinterpret_cast<uint2*>(row + column + kept_at) = *at;
    *at = make_uint2((v.at[0] | v.at[1] << 16) * unit, (v.at[2] | v.at[3] << 16) * unit);
    return;
  }
  for (int i = 0; i < 4; ++i)
    if (column + i < end) {
      if (kept_at != 0) row[column + i + kept_at] = row[column + i];
      row[column + i] = static_cast<u16>(v.at[i] * unit);
    }
}

__device__ __forceinline__ unsigned intensity_of(unsigned byte, const byte_range& r) {
  const int within = min(max(static_cast<int>(byte), r.black), r.white);
  return __umulhi(static_cast<unsigned>(within) * (255 * intensity_one) + r.begin, r.reciprocal);
}

/// `taps` weights of `outputs` pixels, 32 apart, of a lane; 0 beyond the last.
template <int taps, int outputs>
struct lane_weights {
  unsigned weight[outputs][taps];
  int from[outputs];  ///< in the row of sums

  __device__ __forceinline__ lane_weights(const reduce_job& job, int x0, int end, int begin) {
#pragma unroll
    for (int j = 0; j < outputs; ++j) {
      const int x = x0 + lanes * j;
      from[j] = x < end ? __ldg(job.x.first + x) - begin : 0;
#pragma unroll
      for (int k = 0; k < taps; ++k) weight[j][k] = x < end ? __ldg(job.x.weight + k * job.to[0].width + x) : 0;
    }
  }
};

/// A row of outputs from its sums down. What was in their place goes `kept_at` elements on, unless that is 0.
template <int shift, int taps, int outputs>
__device__ __forceinline__ void sum_across(const lane_weights<taps, outputs>& w, const unsigned* kept, u16* to,
                                           int x0, int end, std::ptrdiff_t kept_at) {
  if (kept_at != 0) {
    u16 before[outputs];
#pragma unroll
    for (int j = 0; j < outputs; ++j)
      if (x0 + lanes * j < end) before[j] = to[x0 + lanes * j];
#pragma unroll
    for (int j = 0; j < outputs; ++j)
      if (x0 + lanes * j < end) to[x0 + lanes * j + kept_at] = before[j];
  }
#pragma unroll
  for (int j = 0; j < outputs; ++j) {
    std::uint64_t sum = std::uint64_t{1} << (shift - 1);
#pragma unroll
    for (int k = 0; k < taps; ++k) sum = add_wide_product(w.weight[j][k], kept[w.from[j] + k], sum);
    const int x = x0 + lanes * j;
    if (x < end) to[x] = static_cast<u16>(min(static_cast<unsigned>(sum >> shift), 4095u));
  }
}

/// What a warp works on.
template <class T>
struct reduce_work {
  const T* source;  ///< the lane's first pixel
  std::ptrdiff_t pitch;
  int column, left;  ///< of that pixel; pixels of the row from there on
  int top, rows;     ///< outputs
  int x0, end;
  u16* to;
  u16* copy;       ///< null: none
  int copied_to;   ///< column
  unsigned* kept;  ///< two rows of sums
};

/// The rows of a warp. T is u8 or part_of_byte for pixels, u16 for intensities. `whole`: every lane can read four
/// pixels of `taps` rows; what lanes beyond the row's end read has no weight.
template <bool whole, class T, int taps, int outputs>
__device__ __forceinline__ void reduce_part(const reduce_job& job, int frame, const reduce_work<stored<T>>& w,
                                            const lane_weights<taps, outputs>& across) {
  // Pixels of 8 bits are summed as they are: their intensities are 2^4 times as large.
  constexpr bool bytes = std::is_same_v<T, u8>, ranged = std::is_same_v<T, part_of_byte>;
  constexpr int shift = 2 * reduce_weight_bits - (bytes ? intensity_bits : 0);
  row_window<taps> window(job.rows_y, w.top);
  for (int r = 0; r < w.rows; ++r) {
    const int y = w.top + r, first = window.first();
    const stored<T>* const p = w.source + first * w.pitch;
    four_pixels pixels[taps];
#pragma unroll
    for (int k = 0; k < taps; ++k) {
      const int row = whole ? k : min(k, job.src_height - 1 - first);  // weights beyond the last row are 0
      pixels[k] = load_four<whole>(p + row * w.pitch, w.left);
    }
    if constexpr (ranged) {
#pragma unroll
      for (int k = 0; k < taps; ++k) {
#pragma unroll
        for (int i = 0; i < 4; ++i) pixels[k].at[i] = intensity_of(pixels[k].at[i], job.range);
      }
    }
    const row_window<taps> next(job.rows_y, min(y + 1, job.to[0].height - 1));  // ahead of its use
    unsigned sum[4] = {};
#pragma unroll
    for (int k = 0; k < taps; ++k) {
#pragma unroll
      for (int i = 0; i < 4; ++i) sum[i] += window.weight(k) * pixels[k].at[i];
    }
    if (sizeof(T) == 1 && w.copy != nullptr) {  // the rows from this output's first to the next one's
      const int stop = y + 1 < job.to[0].height ? next.first() : job.src_height;
#pragma unroll
      for (int k = 0; k < taps; ++k)
        if (first + k < stop)
          copy_four(w.copy + (first + k) * job.copy[frame].pitch, pixels[k], bytes ? intensity_one : 1, w.column,
                    w.copied_to, job.kept_at[frame]);
    }
    unsigned* const kept = w.kept + r % 2 * reduce_span;  // two rows in turn: one barrier is enough
    *reinterpret_cast<uint4*>(kept + 4 * threadIdx.x) = uint4{sum[0], sum[1], sum[2], sum[3]};
    __syncwarp();
    sum_across<shift>(across, kept, w.to + y * job.to[frame].pitch, w.x0, w.end, job.kept_at[frame]);
    window = next;
  }
}

template <class T>
__device__ __forceinline__ const plane<const stored<T>>& source_of(const reduce_job& job, int frame) {
  if constexpr (sizeof(T) == 1)
    return job.pixels[frame];
  else
    return job.grey[frame];
}

template <class T, int taps, int outputs>
__global__ void __launch_bounds__(lanes* warps, reduce_blocks(taps))
    reduce_rows(const __grid_constant__ reduce_job job) {
  FLUXEL_SHARED(unsigned, sums_down, [warps][2 * reduce_span]);
  const int frame = blockIdx.z % job.frames, n = blockIdx.z / job.frames;
  const plane<u16>& to = job.to[frame];
  const plane<const stored<T>>& from = source_of<T>(job, frame);
  const plane<u16>& copy = job.copy[frame];
  const int top = (static_cast<int>(blockIdx.y) * warps + static_cast<int>(threadIdx.y)) * job.rows;
  const int rows = min(job.rows, to.height - top);
  if (rows <= 0) return;  // whole warps; no barrier of the block follows
  const int left = static_cast<int>(blockIdx.x) * job.tile, end = min(left + job.tile, to.width);
  const int begin = __ldg(job.begin + blockIdx.x), column = begin + 4 * static_cast<int>(threadIdx.x);
  const int x0 = left + static_cast<int>(threadIdx.x);
  const int width = job.src_width;
  const bool whole = job.aligned && job.src_height >= taps && (column >= width || column + 4 <= width);
  const bool all_whole = __all_sync(0xffffffffu, whole) != 0;
  const int read = all_whole && column >= width ? begin : column;  // begin + 4 <= width then
  const reduce_work<stored<T>> work{from.data + n * from.stride + read,
                                    from.pitch,
                                    column,
                                    width - column,
                                    top,
                                    rows,
                                    x0,
                                    end,
                                    to.data + n * to.stride,
                                    copy.data == nullptr ? nullptr : copy.data + n * copy.stride,
                                    end < to.width ? __ldg(job.begin + blockIdx.x + 1) : width,
                                    sums_down[threadIdx.y]};
  const lane_weights<taps, outputs> across(job, x0, end, begin);
  if (all_whole)
    reduce_part<true, T>(job, frame, work, across);
  else
    reduce_part<false, T>(job, frame, work, across);
}

}  // namespace pyramid_rows

namespace {

using namespace pyramid_rows;

template <class T, int taps, int outputs>
status launch_rows(const reduce_job& job, const launch_options& options) {
  const plane<u16>& to = job.to[0];
  const dim3 grid(divide_up(to.width, job.tile), divide_up(to.height, warps * job.rows), to.count * job.frames);
  return launch<reduce_rows<T, taps, outputs>>(grid, dim3(lanes, warps), 0, options.stream, job);
}

template <class T>
status launch_taps(const reduce_job& job, int taps, const launch_options& options) {
  switch (taps) {
    case 3:
      return launch_rows<T, 3, 4>(job, options);
    case 4:
      return launch_rows<T, 4, 3>(job, options);
    case 6:
      return launch_rows<T, 6, 2>(job, options);
    default:
      return launch_rows<T, 8, 2>(job, options);
  }
}

}  // namespace

int reduce_outputs(int taps) { return lanes * (taps == 3 ? 4 : taps == 4 ? 3 : 2); }

status reduce_frames(const reduce_job& job, reduce_source source, int taps, const launch_options& options) {
  switch (source) {
    case reduce_source::whole_bytes:
      return launch_taps<u8>(job, taps, options);
    case reduce_source::part_of_bytes:
      return launch_taps<part_of_byte>(job, taps, options);
    default:
      return launch_taps<u16>(job, taps, options);
  }
}

}  // namespace fluxel::kernels::gpu
