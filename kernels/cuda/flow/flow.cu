// SPDX-License-Identifier: Apache-2.0
// The flow solver on the device: the steps that compute each pixel on its own, and the table of all. Steps that look
// at a neighbourhood have files of their own.

#include "kernels/common/flow/pixel_steps.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/flow/pyramid/pyramid.cuh"
#include "kernels/cuda/flow/search/choose_flow.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

template <class Body>
struct pixel_job {
  int width, height;
  Body body;
};

template <class Body>
__global__ void __launch_bounds__(flow_threads) run_body(const __grid_constant__ pixel_job<Body> job) {
  const pixel at = pixel_of_thread();
  if (at.x < job.width && at.y < job.height) job.body(at.n, at.x, at.y);
}

constexpr int most_sum_blocks = 264;  ///< of an image: two for each processor of the largest devices

template <class Body>
struct sum_job {
  int width, height;
  Body body;
  unsigned long long* sums;  ///< of each image, modulo 2^64
};

/// Integers: in any order.
template <class Body>
__global__ void __launch_bounds__(flow_threads) sum_body(const __grid_constant__ sum_job<Body> job) {
  FLUXEL_SHARED(unsigned long long, of_block, [1]);
  const int n = static_cast<int>(blockIdx.z), lane = static_cast<int>(threadIdx.x);
  if (lane == 0) of_block[0] = 0;
  __syncthreads();
  std::int64_t sum = 0;
  for (int y = static_cast<int>(blockIdx.x); y < job.height; y += static_cast<int>(gridDim.x))
    for (int x = lane; x < job.width; x += flow_threads) sum += job.body(n, x, y);
  atomicAdd(of_block, static_cast<unsigned long long>(sum));
  __syncthreads();
  if (lane == 0) atomicAdd(job.sums + n, of_block[0]);
}

/// How pixel_steps run here.
struct every_pixel {
  template <class T, class Body>
  status operator()(const plane<T>& p, const launch_options& options, const Body& body) const {
    return launch_pixels<run_body<Body>>(p, options, pixel_job<Body>{p.width, p.height, body});
  }
  template <class T, class Body>
  static status sum(const plane<T>& p, const launch_options& options, const Body& body, std::int64_t* sums) {
    const auto bytes = sizeof(std::int64_t) * static_cast<std::size_t>(p.count);
    if (const status s = status_of(cudaMemsetAsync(sums, 0, bytes, options.stream)); s != status::ok) return s;
    const int blocks = p.height < most_sum_blocks ? p.height : most_sum_blocks;
    return launch<sum_body<Body>>(
        dim3(blocks, 1, p.count), dim3(flow_threads), 0, options.stream,
        sum_job<Body>{p.width, p.height, body, reinterpret_cast<unsigned long long*>(sums)});
  }
};

/// Large levels have launches of their own, the small ones share one.
status fill_unknown(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                    const launch_options& options) {
  const auto finer = [&](std::size_t i) {
    flow_planes fine = i == 0 ? values : levels[i - 1].values;
    if (values.v.data == nullptr) fine.v = {};
    return fine;
  };
  const auto mask = [&](std::size_t i) { return i == 0 ? unknown : plane<const u8>(levels[i - 1].unknown); };
  const auto is_small = [&](std::size_t i) {
    return finer(i).u.width <= fill_small_side && finer(i).u.height <= fill_small_side;
  };
  const every_pixel run;
  std::size_t large = 0;
  status result = status::ok;
  for (; large < levels.size() && !is_small(large) && result == status::ok; ++large)
    result = run(levels[large].values.u, options, halve_known_pixel{finer(large), mask(large), levels[large]});
  if (result == status::ok && large < levels.size())
    result = fill_small(finer(large), mask(large), levels.subspan(large), options);
  for (std::size_t i = large; i-- > 0 && result == status::ok;)
    result = run(finer(i).u, options, fill_unknown_pixel{levels[i].values, finer(i), mask(i), levels.back().unknown});
  return result;
}

}  // namespace
}  // namespace gpu

const flow_functions cuda_flow_functions = [] {
  flow_functions f = pixel_steps<gpu::every_pixel>::functions();
  f.linearise = gpu::linearise;
  f.relax = gpu::relax;
  f.solve_windows = gpu::solve_windows;
  f.median = gpu::median;
  f.median_twice = gpu::median_twice;
  f.weighted_median = gpu::weighted_median;
  f.structure = gpu::structure;
  f.fill_unknown = gpu::fill_unknown;
  f.match_blocks = gpu::match_blocks;
  f.choose_flow = gpu::choose_flow;
  f.measure_pair = gpu::measure_pair;
  f.prepare_pyramid = gpu::prepare_pyramid;
  f.warp_linearise = gpu::warp_linearise;
  f.warp_solve_windows = gpu::warp_solve_windows;
  f.count_coarse_levels = gpu::count_coarse_levels;
  f.solve_coarse_levels = gpu::solve_coarse_levels;
  return f;
}();

}  // namespace fluxel::kernels
