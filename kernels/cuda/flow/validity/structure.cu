// SPDX-License-Identifier: Apache-2.0
// The structure tensor of a tile in three steps through shared memory: derivatives, sums over columns, sums over
// rows.

#include "kernels/common/flow/structure.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

struct structure_job {
  plane<const u16> grey;
  plane<float> smaller, larger;
  int radius;
  tensor_scale scale;
};

struct gradient {
  std::int32_t x, y;
};

/// Of the pixel, or of the border's next to it.
__device__ __forceinline__ gradient gradient_at(const plane<const u16>& grey, int n, int x, int y) {
  x = clamp_index(x, grey.width);
  y = clamp_index(y, grey.height);
  auto level = [&](int dx, int dy) -> std::int32_t { return clamped_pixel(grey, n, x + dx, y + dy); };
  return {derivative5(level(-2, 0), level(-1, 0), level(1, 0), level(2, 0)),
          derivative5(level(0, -2), level(0, -1), level(0, 1), level(0, 2))};
}

__global__ void __launch_bounds__(flow_threads) find_structure(structure_job job) {
  const int radius = job.radius, wide = flow_block_x + 2 * radius, high = flow_block_y + 2 * radius;
  FLUXEL_DYNAMIC_SHARED(tensor_sums, columns);  // flow_block_y rows
  auto* const gradients = reinterpret_cast<gradient*>(columns + flow_block_y * wide);
  const pixel at = pixel_of_thread();
  const int thread = threadIdx.y * flow_block_x + threadIdx.x;
  const int left = blockIdx.x * flow_block_x - radius, top = blockIdx.y * flow_block_y - radius;
  for (int i = thread; i < wide * high; i += flow_threads)
    gradients[i] = gradient_at(job.grey, at.n, left + i % wide, top + i / wide);
  __syncthreads();
  for (int i = thread; i < wide * flow_block_y; i += flow_threads) {
    tensor_sums sums;
    for (int k = 0; k <= 2 * radius; ++k) {
      const gradient g = gradients[i + k * wide];
      add_gradient(sums, g.x, g.y);
    }
    columns[i] = sums;
  }
  __syncthreads();
  if (inside(at, job.grey)) {
    tensor_sums sums;
    for (int k = 0; k <= 2 * radius; ++k) {
      const tensor_sums& c = columns[threadIdx.y * wide + threadIdx.x + k];
      sums.xx += c.xx;
      sums.xy += c.xy;
      sums.yy += c.yy;
    }
    const eigenvalues e = tensor_eigenvalues(sums, job.scale);
    pixel_at(job.smaller, at) = e.smaller;
    if (job.larger.data != nullptr) pixel_at(job.larger, at) = e.larger;
  }
}

}  // namespace

status structure(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                 const launch_options& options) {
  const int wide = flow_block_x + 2 * radius, high = flow_block_y + 2 * radius;
  const std::size_t shared = sizeof(tensor_sums) * wide * flow_block_y + sizeof(gradient) * wide * high;
  const dim3 grid(divide_up(grey.width, flow_block_x), divide_up(grey.height, flow_block_y), grey.count);
  return launch<find_structure>(grid, dim3(flow_block_x, flow_block_y), shared, options.stream,
                                structure_job{grey, smaller, larger, radius, structure_scale(radius)});
}

}  // namespace fluxel::kernels::gpu
