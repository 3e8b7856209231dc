// SPDX-License-Identifier: Apache-2.0
// Flow in colors on the device. Lengths are counted in shared memory, a block for a share of the rows, and added by
// integer atomics: in any order.

#include "kernels/common/flow/flow_color.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

struct draw_job {
  flow_images flow;
  float inverse_length;
  image colors;
};

__global__ void __launch_bounds__(flow_threads) draw_colors(const __grid_constant__ draw_job job) {
  const pixel at = pixel_of_thread();
  if (at.x >= job.colors.width || at.y >= job.colors.height) return;
  const flow_rgb color =
      flow_color(*kernels::pixel_at<const float>(job.flow.u, at.n, at.x, at.y),
                 *kernels::pixel_at<const float>(job.flow.v, at.n, at.x, at.y), job.inverse_length);
  u8* to = kernels::pixel_at<u8>(job.colors, at.n, at.x, at.y);
  to[0] = color.red;
  to[1] = color.green;
  to[2] = color.blue;
}

status draw(const flow_images& flow, float inverse_length, const image& colors, const launch_options& options) {
  const dim3 grid(divide_up(colors.width, flow_block_x), divide_up(colors.height, flow_block_y), colors.count);
  return launch<draw_colors>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream,
                             draw_job{flow, inverse_length, colors});
}

constexpr int measure_threads = 256;
constexpr int most_measure_blocks = 264;  ///< of an image: two for each processor of the largest devices

struct measure_job {
  flow_images flow;
  flow_lengths* lengths;
};

__global__ void __launch_bounds__(measure_threads) count_lengths(const __grid_constant__ measure_job job) {
  FLUXEL_SHARED(std::uint32_t, count, [flow_lengths::bins]);
  const int n = static_cast<int>(blockIdx.z), lane = static_cast<int>(threadIdx.x);
  for (int i = lane; i < flow_lengths::bins; i += measure_threads) count[i] = 0;
  __syncthreads();
  std::uint32_t longest = 0;
  for (int y = static_cast<int>(blockIdx.x); y < job.flow.u.height; y += static_cast<int>(gridDim.x))
    for (int x = lane; x < job.flow.u.width; x += measure_threads) {
      const float u = *kernels::pixel_at<const float>(job.flow.u, n, x, y);
      const float v = *kernels::pixel_at<const float>(job.flow.v, n, x, y);
      if (!is_known_flow(bits_of_float(u), bits_of_float(v))) continue;
      const std::uint32_t squared = bits_of_float(squared_flow(u, v));
      atomicAdd(&count[length_bin(squared)], 1u);
      longest = longest < squared ? squared : longest;
    }
  __syncthreads();
  flow_lengths& sum = job.lengths[n];
  for (int i = lane; i < flow_lengths::bins; i += measure_threads)
    if (count[i] != 0) atomicAdd(&sum.count[i], count[i]);
  if (longest != 0) atomicMax(&sum.longest, longest);
}

status measure(const flow_images& flow, flow_lengths* lengths, const launch_options& options) {
  const auto bytes = sizeof(flow_lengths) * static_cast<std::size_t>(flow.u.count);
  if (const status s = status_of(cudaMemsetAsync(lengths, 0, bytes, options.stream)); s != status::ok) return s;
  const int blocks = flow.u.height < most_measure_blocks ? flow.u.height : most_measure_blocks;
  return launch<count_lengths>(dim3(blocks, 1, flow.u.count), dim3(measure_threads), 0, options.stream,
                               measure_job{flow, lengths});
}

}  // namespace
}  // namespace gpu

const flow_color_functions cuda_flow_color_functions{gpu::draw, gpu::measure};

}  // namespace fluxel::kernels
