// SPDX-License-Identifier: Apache-2.0
// The flow solver on the device: the steps that compute each pixel on its own, and the table of all. Steps that look
// at a neighbourhood have files of their own.

#include "kernels/common/flow/pixel_steps.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/flow/pyramid.cuh"

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

/// How pixel_steps run here.
struct every_pixel {
  template <class T, class Body>
  status operator()(const plane<T>& p, const launch_options& options, const Body& body) const {
    return launch_pixels<run_body<Body>>(p, options, pixel_job<Body>{p.width, p.height, body});
  }
};

}  // namespace
}  // namespace gpu

const flow_functions cuda_flow_functions = [] {
  flow_functions f = pixel_steps<gpu::every_pixel>::functions();
  f.linearise = gpu::linearise;
  f.relax = gpu::relax;
  f.solve_windows = gpu::solve_windows;
  f.median = gpu::median;
  f.median_twice = gpu::median_twice;
  f.structure = gpu::structure;
  f.prepare_pyramid = gpu::prepare_pyramid;
  f.warp_linearise = gpu::warp_linearise;
  f.warp_solve_windows = gpu::warp_solve_windows;
  return f;
}();

}  // namespace fluxel::kernels
