// SPDX-License-Identifier: Apache-2.0
// Block matching on the device. A thread tries one row of displacements of a pixel, whose window it keeps in
// registers; the best of all rows is an atomic minimum of block_match::key, in any order.

#include "kernels/common/flow/matching.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

struct search_job {
  match_pixel match;
  plane<unsigned long long> keys;
};

/// Blocks lie one behind the other in z: images, and in each the rows of displacements.
__global__ void __launch_bounds__(flow_threads) search_row(const __grid_constant__ search_job job) {
  constexpr int side = 2 * block_radius + 1;
  const match_pixel& m = job.match;
  const int rows = 2 * m.radius + 1;
  const int n = static_cast<int>(blockIdx.z) / rows, dy = static_cast<int>(blockIdx.z) % rows - m.radius;
  const int x = static_cast<int>(blockIdx.x * flow_block_x + threadIdx.x);
  const int y = static_cast<int>(blockIdx.y * flow_block_y + threadIdx.y);
  if (x >= m.from.width || y >= m.from.height || y + dy < 0 || y + dy >= m.to.height) return;
  std::int32_t window[side][side];
#pragma unroll
  for (int j = 0; j < side; ++j) {
#pragma unroll
    for (int i = 0; i < side; ++i)
      window[j][i] = clamped_pixel(m.from, n, x + i - block_radius, y + j - block_radius);
  }
  block_match best;
  const int first = x - m.radius < 0 ? -x : -m.radius;
  const int last = x + m.radius >= m.to.width ? m.to.width - 1 - x : m.radius;
  for (int dx = first; dx <= last; ++dx) {
    std::int32_t difference = 0;
#pragma unroll
    for (int j = 0; j < side; ++j) {
#pragma unroll
      for (int i = 0; i < side; ++i)
        difference += start_gain::distance(
            window[j][i], clamped_pixel(m.to, n, x + dx + i - block_radius, y + dy + j - block_radius));
    }
    const auto found = block_match::of(difference, dx, dy, m.direction);
    if (found.key < best.key) best = found;
  }
  atomicMin(&pixel_at(job.keys, {n, x, y}), static_cast<unsigned long long>(best.key));
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
  const int rows = 2 * job.match.radius + 1;
  status result = launch_pixels<clear_keys>(job.keys, options, job);
  // Few images at a time: a grid has at most 65,535 blocks in z.
  const int most = 65535 / rows;
  for (int n = 0; n < p.count && result == status::ok; n += most) {
    search_job part = job;
    part.match.from.data += n * p.stride;
    part.match.to.data += n * job.match.to.stride;
    part.keys.data += n * job.keys.stride;
    const int count = p.count - n < most ? p.count - n : most;
    const dim3 grid(divide_up(p.width, flow_block_x), divide_up(p.height, flow_block_y), rows * count);
    result = launch<search_row>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream, part);
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
