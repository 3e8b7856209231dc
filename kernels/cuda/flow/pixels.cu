// SPDX-License-Identifier: Apache-2.0
// The bodies of common/flow/pixels.hpp, one thread per pixel.

#include "kernels/common/flow/pixels.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

template <class Pixel>
struct pixel_job {
  int width, height;
  Pixel pixel;
};

template <class Pixel>
__global__ void __launch_bounds__(flow_threads) every_pixel(pixel_job<Pixel> job) {
  const pixel at = pixel_of_thread();
  if (at.x < job.width && at.y < job.height) job.pixel(at.n, at.x, at.y);
}

template <class P, class Pixel>
status run(const P& p, const launch_options& options, const Pixel& pixel) {
  return launch_pixels<every_pixel<Pixel>>(p, options, pixel_job<Pixel>{p.width, p.height, pixel});
}

}  // namespace

status reduce_mask(plane<const u8> fine, plane<u8> coarse, const mask_reach& reach, const launch_options& options) {
  return run(coarse, options, reduce_mask_pixel{fine, coarse, reach});
}

status load_flow(const image& u, const image& v, const flow_planes& flow, const launch_options& options) {
  return run(flow.u, options, quantise_pixel{u, v, flow});
}

status downscale_flow(const flow_planes& fine, const flow_planes& coarse, const launch_options& options) {
  return run(coarse.u, options, reduce_flow_pixel{fine, coarse});
}

status assess(const flow_assessment& a, const image& validity, const launch_options& options) {
  return run(a.flow.u, options, assess_pixel{a, validity});
}

status check_forward_backward(const flow_planes& flow, const flow_planes& back, std::int64_t largest,
                              const image& reasons, const launch_options& options) {
  return run(flow.u, options, check_return_pixel{flow, back, largest, reasons});
}

status slopes(const flow_frames& frames, plane<const std::int16_t> warped, const slope_planes& to,
              const launch_options& options) {
  return run(frames.prev, options, slopes_pixel{frames, warped, to});
}

status copy_out(plane<const float> from, const image& to, const launch_options& options) {
  return run(from, options, copy_out_pixel{from, to});
}

status classic_linearise(const flow_frames& frames, const classic_system& system, float lambda,
                         const launch_options& options) {
  return run(frames.prev, options, classic_linearise_pixel{frames, system, lambda});
}

status classic_relax(const classic_system& system, int iterations, plane<float> u, plane<float> v,
                     plane<float> next_u, plane<float> next_v, const launch_options& options) {
  return classic_iterations(iterations, {system, u, v, next_u, next_v},
                            [&](const classic_sweep_pixel& sweep) { return run(sweep.u, options, sweep); });
}

}  // namespace fluxel::kernels::gpu
