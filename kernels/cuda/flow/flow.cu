// SPDX-License-Identifier: Apache-2.0
// The flow solver's steps that touch each pixel once. Sweeps and medians have files of their own.

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/intensity.hpp"
#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

__global__ void __launch_bounds__(flow_threads) clear_flow(flow_planes flow) {
  const pixel at = pixel_of_thread();
  if (!inside(at, flow.u)) return;
  element(flow.u, at) = 0;
  element(flow.v, at) = 0;
}

struct intensity_job {
  image src, mask;
  intensity_scale scale;
  plane<u16> grey;
  plane<u8> mask_out;
};

template <class T>
__device__ __forceinline__ const T* pixel_in(const image& im, const pixel& at) {
  const auto* base = static_cast<const std::byte*>(im.data);
  return reinterpret_cast<const T*>(base + at.n * im.stride + at.y * im.pitch) + std::ptrdiff_t{at.x} * im.channels;
}

template <class T>
__global__ void __launch_bounds__(flow_threads) find_intensity(intensity_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.grey)) return;
  bool known = job.mask.data == nullptr || *pixel_in<u8>(job.mask, at) != 0;
  element(job.grey, at) = flow_intensity(pixel_in<T>(job.src, at), job.src.channels, job.scale, known);
  if (job.mask_out.data != nullptr) element(job.mask_out, at) = known ? 0 : flow_masked;
}

struct edge_job {
  plane<const u16> grey;
  const float* table;
  int last;
  plane<float> right, down;
};

__global__ void __launch_bounds__(flow_threads) find_edges(edge_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.grey)) return;
  auto weight = [&](int dx, int dy) {
    const int a = element(job.grey, at), b = element(job.grey, {at.n, at.x + dx, at.y + dy});
    const int difference = a < b ? b - a : a - b;
    return job.table[difference < job.last ? difference : job.last];
  };
  element(job.right, at) = at.x + 1 < job.grey.width ? weight(1, 0) : 0.0f;
  element(job.down, at) = at.y + 1 < job.grey.height ? weight(0, 1) : 0.0f;
}

struct warp_job {
  flow_frames frames;
  flow_planes flow;
  warped_frame warped;
};

__device__ __forceinline__ bool touches(const plane<const u8>& mask, int n, const warp_target& to) {
  for (int j = -1; j <= 2; ++j)
    for (int i = -1; i <= 2; ++i)
      if (clamped(mask, n, to.x + i, to.y + j) != 0) return true;
  return false;
}

__global__ void __launch_bounds__(flow_threads) warp_frame(warp_job job) {
  const pixel at = pixel_of_thread();
  const flow_frames& f = job.frames;
  if (!inside(at, f.prev)) return;
  const auto to =
      warp_position(at.x, at.y, element(job.flow.u, at), element(job.flow.v, at), f.prev.width, f.prev.height);
  u8 reason = to.inside ? 0 : flow_outside;
  if (f.prev_mask.data != nullptr && element(f.prev_mask, at) != 0) reason = flow_masked;
  if (reason == 0 && f.next_mask.data != nullptr && touches(f.next_mask, at.n, to)) reason = flow_masked;
  std::int16_t grey = static_cast<std::int16_t>(element(f.prev, at));
  if (reason == 0) {
    const auto wx = cubic_weights(to.phase_x);
    std::int32_t rows[4];
    for (int j = 0; j < 4; ++j) {
      auto tap = [&](int i) { return clamped(f.next, at.n, to.x - 1 + i, to.y - 1 + j); };
      rows[j] = cubic_row(wx, tap(0), tap(1), tap(2), tap(3));
    }
    grey = cubic_column(cubic_weights(to.phase_y), rows[0], rows[1], rows[2], rows[3]);
  }
  element(job.warped.grey, at) = grey;
  element(job.warped.reason, at) = reason;
}

struct enlarge_job {
  flow_planes coarse, fine;
  ratio across, along;
  float growth_u, growth_v;
};

__device__ __forceinline__ std::int16_t enlarged(const plane<std::int16_t>& coarse, int n, const position& px,
                                                 const position& py, float growth) {
  const flow_corners c{clamped(coarse, n, px.index, py.index), clamped(coarse, n, px.index + 1, py.index),
                       clamped(coarse, n, px.index, py.index + 1), clamped(coarse, n, px.index + 1, py.index + 1)};
  return enlarged_flow(c, lerp<f32>::from_fraction(px.fraction), lerp<f32>::from_fraction(py.fraction), growth);
}

__global__ void __launch_bounds__(flow_threads) enlarge_flow(enlarge_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.fine.u)) return;
  const position px = linear_position(job.across, at.x), py = linear_position(job.along, at.y);
  element(job.fine.u, at) = enlarged(job.coarse.u, at.n, px, py, job.growth_u);
  element(job.fine.v, at) = enlarged(job.coarse.v, at.n, px, py, job.growth_v);
}

struct finish_job {
  flow_planes flow;
  image u, v;
};

__global__ void __launch_bounds__(flow_threads) finish_flow(finish_job job) {
  const pixel at = pixel_of_thread();
  if (!inside(at, job.flow.u)) return;
  *const_cast<float*>(pixel_in<float>(job.u, at)) = flow_to_float(element(job.flow.u, at));
  *const_cast<float*>(pixel_in<float>(job.v, at)) = flow_to_float(element(job.flow.v, at));
}

status clear(const flow_planes& flow, const launch_options& options) {
  return launch_pixels<clear_flow>(flow.u, options, flow);
}

status intensity(const image& src, const intensity_scale& scale, const image* mask, plane<u16> grey,
                 plane<u8> mask_out, const launch_options& options) {
  const intensity_job job{src, mask == nullptr ? image{} : *mask, scale, grey, mask_out};
  switch (scale.type) {
    case element_type::u8:
      return launch_pixels<find_intensity<u8>>(grey, options, job);
    case element_type::u16:
      return launch_pixels<find_intensity<u16>>(grey, options, job);
    case element_type::f32:
      return launch_pixels<find_intensity<f32>>(grey, options, job);
    default:
      return status::unsupported;
  }
}

status edge_weights(plane<const u16> grey, std::span<const float> table, plane<float> right, plane<float> down,
                    const launch_options& options) {
  const edge_job job{grey, table.data(), static_cast<int>(table.size()) - 1, right, down};
  return launch_pixels<find_edges>(grey, options, job);
}

status warp(const flow_frames& frames, const flow_planes& flow, const warped_frame& warped,
            const launch_options& options) {
  return launch_pixels<warp_frame>(frames.prev, options, warp_job{frames, flow, warped});
}

status upscale_flow(const flow_planes& coarse, const flow_planes& fine, const launch_options& options) {
  const enlarge_job job{coarse,
                        fine,
                        make_ratio(coordinates::half_pixel, coarse.u.width, fine.u.width),
                        make_ratio(coordinates::half_pixel, coarse.u.height, fine.u.height),
                        flow_growth(coarse.u.width, fine.u.width),
                        flow_growth(coarse.v.height, fine.v.height)};
  return launch_pixels<enlarge_flow>(fine.u, options, job);
}

status store_flow(const flow_planes& flow, const image& u, const image& v, const launch_options& options) {
  return launch_pixels<finish_flow>(flow.u, options, finish_job{flow, u, v});
}

}  // namespace
}  // namespace gpu

const flow_functions cuda_flow_functions{
    .clear = gpu::clear,
    .intensity = gpu::intensity,
    .edge_weights = gpu::edge_weights,
    .warp = gpu::warp,
    .linearise = gpu::linearise,
    .relax = gpu::relax,
    .solve_windows = gpu::solve_windows,
    .median = gpu::median,
    .upscale_flow = gpu::upscale_flow,
    .store_flow = gpu::store_flow,
    .structure = gpu::structure,
    .reduce_mask = gpu::reduce_mask,
    .load_flow = gpu::load_flow,
    .downscale_flow = gpu::downscale_flow,
    .assess = gpu::assess,
    .check_forward_backward = gpu::check_forward_backward,
    .slopes = gpu::slopes,
    .copy_out = gpu::copy_out,
    .classic_linearise = gpu::classic_linearise,
    .classic_relax = gpu::classic_relax,
};

}  // namespace fluxel::kernels
