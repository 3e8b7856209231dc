// SPDX-License-Identifier: Apache-2.0
// The small levels of image pyramids in one launch, a block for each image: each of them would be done sooner than
// its launch. A thread sums the whole window of an output.

#include "kernels/cuda/flow/pyramid/reduce_sums.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int tail_threads = 512;

/// The output (x, y) of a level. What a thread of this block has written may not be read through the cache of
/// constants.
__device__ __forceinline__ u16 reduced_pixel(const reduce_tail_level& l, const plane<u16>& to, const u16* source,
                                             std::ptrdiff_t pitch, int x, int y) {
  constexpr int shift = 2 * reduce_weight_bits;
  const auto* const rows = reinterpret_cast<const unsigned*>(l.rows_y) + y * reduce_row_words(l.taps);
  const int left = __ldg(l.x.first + x), top = static_cast<int>(__ldg(rows));
  std::uint64_t sum = std::uint64_t{1} << (shift - 1);
  for (int i = 0; i < l.taps; ++i) {
    const u16* const column = source + min(left + i, l.src_width - 1);  // weights beyond the border are 0
    unsigned down = 0;
    for (int k = 0; k < l.taps; ++k) down += __ldg(rows + 1 + k) * column[min(top + k, l.src_height - 1) * pitch];
    sum += std::uint64_t{__ldg(l.x.weight + i * to.width + x)} * down;
  }
  return static_cast<u16>(min(static_cast<unsigned>(sum >> shift), 4095u));
}

__global__ void __launch_bounds__(tail_threads) reduce_tail_levels(const __grid_constant__ reduce_tail_job job) {
  const int frame = static_cast<int>(blockIdx.x) % job.frames, n = static_cast<int>(blockIdx.x) / job.frames;
  const u16* source = job.from[frame].data + n * job.from[frame].stride;
  std::ptrdiff_t pitch = job.from[frame].pitch;
  for (int i = 0; i < job.levels; ++i) {
    const reduce_tail_level& l = job.level[i];
    const plane<u16>& to = l.to[frame];
    u16* const out = to.data + n * to.stride;
    for (int at = static_cast<int>(threadIdx.x); at < to.width * to.height; at += tail_threads) {
      const int x = at % to.width, y = at / to.width;
      u16* const pixel = out + y * to.pitch + x;
      if (job.kept_at[frame] != 0) pixel[job.kept_at[frame]] = *pixel;
      *pixel = reduced_pixel(l, to, source, pitch, x, y);
    }
    __syncthreads();
    source = out;
    pitch = to.pitch;
  }
}

}  // namespace

status reduce_tail(const reduce_tail_job& job, const launch_options& options) {
  const plane<u16>& to = job.level[0].to[0];
  return launch<reduce_tail_levels>(dim3(to.count * job.frames), dim3(tail_threads), 0, options.stream, job);
}

}  // namespace fluxel::kernels::gpu
