// SPDX-License-Identifier: Apache-2.0
// Warps, splats and blends on the device: one pixel per thread.

#include "kernels/common/warp/blend.hpp"
#include "kernels/common/warp/cells.hpp"
#include "kernels/common/warp/overlap.hpp"
#include "kernels/common/warp/splat.hpp"
#include "kernels/common/warp/warp.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/runtime/device.cuh"
#include "kernels/cuda/warp/warp.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

constexpr int warp_lanes = 32, warp_block_rows = 8;
constexpr int warp_threads = warp_lanes * warp_block_rows;

struct place {
  int n, x, y;
};
__device__ __forceinline__ place place_of_thread() {
  return {static_cast<int>(blockIdx.z), static_cast<int>(blockIdx.x) * warp_lanes + static_cast<int>(threadIdx.x),
          static_cast<int>(blockIdx.y) * warp_block_rows + static_cast<int>(threadIdx.y)};
}
__device__ __forceinline__ bool is_inside(const place& at, const image& im) {
  return at.x < im.width && at.y < im.height;
}

/// A thread for every pixel of every image.
template <auto Kernel, class Job>
status launch_over(const image& im, const launch_options& options, const Job& job) {
  const dim3 grid(divide_up(im.width, warp_lanes), divide_up(im.height, warp_block_rows), im.count);
  return launch<Kernel>(grid, dim3(warp_lanes, warp_block_rows), 0, options.stream, job);
}

template <class T>
__global__ void __launch_bounds__(warp_threads) warp_pixels(const __grid_constant__ warp_job job) {
  const place at = place_of_thread();
  if (!is_inside(at, job.dst)) return;
  for (int p = 0; p < job.dst.planes; ++p) warp_pixel<T>(job, at.n, p, at.x, at.y);
}
status warp(const warp_job& job, element_type type, const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    return launch_over<warp_pixels<T>>(job.dst, options, job);
  });
}

__global__ void __launch_bounds__(warp_threads) claim_pixels(const __grid_constant__ splat_claims c) {
  const place at = place_of_thread();
  if (!is_inside(at, c.flow.u)) return;
  claim_around(c, at.n, at.x, at.y, [&](int x, int y, splat_winner number) {
    static_assert(sizeof(splat_winner) == sizeof(unsigned long long));
    atomicMax(reinterpret_cast<unsigned long long*>(c.winners + winner_at(c.flow.u, at.n, x, y)),
              static_cast<unsigned long long>(number));
  });
}
status claim(const splat_claims& c, const launch_options& options) {
  const image& im = c.flow.u;
  const auto bytes = sizeof(splat_winner) * static_cast<std::size_t>(im.width) * static_cast<std::size_t>(im.height) *
                     static_cast<std::size_t>(im.count);
  if (const status s = status_of(cudaMemsetAsync(c.winners, 0, bytes, options.stream)); s != status::ok) return s;
  return launch_over<claim_pixels>(im, options, c);
}

template <class Word>
__global__ void __launch_bounds__(warp_threads) show_pixels(const __grid_constant__ splat_picture s) {
  const place at = place_of_thread();
  if (is_inside(at, s.dst)) show_pixel<Word>(s, at.n, at.x, at.y);
}
status show(const splat_picture& s, int element_bytes, const launch_options& options) {
  return element_bytes == 1   ? launch_over<show_pixels<std::uint8_t>>(s.dst, options, s)
         : element_bytes == 2 ? launch_over<show_pixels<std::uint16_t>>(s.dst, options, s)
         : element_bytes == 4 ? launch_over<show_pixels<std::uint32_t>>(s.dst, options, s)
                              : status::unsupported;
}

template <class T>
__global__ void __launch_bounds__(warp_threads) blend_pixels(const __grid_constant__ blend_job job) {
  const place at = place_of_thread();
  if (!is_inside(at, job.dst)) return;
  const u8 weight = *kernels::pixel_at<const u8>(job.weight, at.n, at.x, at.y);
  const std::ptrdiff_t first = std::ptrdiff_t{at.x} * job.dst.channels;
  for (int p = 0; p < job.dst.planes; ++p) {
    const T *a = row_at<const T>(job.a, at.n, p, at.y) + first, *b = row_at<const T>(job.b, at.n, p, at.y) + first;
    T* to = row_at<T>(job.dst, at.n, p, at.y) + first;
    for (int c = 0; c < job.dst.channels; ++c) to[c] = blend_pixel<T>(a[c], b[c], weight, job.low_zero_bits);
  }
}
status blend(const blend_job& job, element_type type, const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    return launch_over<blend_pixels<T>>(job.dst, options, job);
  });
}

struct agreement_job {
  image prev, next;
  flow_images flow;
  image to;
};
__global__ void __launch_bounds__(warp_threads) agreement_pixels(const __grid_constant__ agreement_job job) {
  const place at = place_of_thread();
  if (is_inside(at, job.to)) agreement_pixel(job.prev, job.next, job.flow, job.to, at.n, at.x, at.y);
}
status agreement(const image& prev, const image& next, const flow_images& flow, const image& to,
                 const launch_options& options) {
  return launch_over<agreement_pixels>(to, options, agreement_job{prev, next, flow, to});
}

/// As patch_difference, in a loop: unrolled for every candidate of a cell, the kernel would have 24,000 instructions.
struct looped_difference {
  FLUXEL_HD std::int32_t operator()(const between_job& job, int n, const warp_target& in_prev,
                                    const warp_target& in_next) const {
    const auto moved = [](const warp_target& t, int x, int y) {
      return warp_target{{t.x.first + x, t.x.fraction}, {t.y.first + y, t.y.fraction}};
    };
    std::int32_t sum = 0;
#pragma unroll 1
    for (int i = 0; i < 9; ++i) {
      const int x = 2 * (i % 3) - 2, y = 2 * (i / 3) - 2;
      sum += magnitude_of(grey_at(job.prev, n, moved(in_prev, x, y)) - grey_at(job.next, n, moved(in_next, x, y)));
    }
    return sum;
  }
};

__global__ void __launch_bounds__(warp_threads) between_cells(const __grid_constant__ between_job job) {
  const place at = place_of_thread();
  if (is_inside(at, job.cells.paths)) between_cell(job, at.n, at.x, at.y, looped_difference());
}
status between(const between_job& job, const launch_options& options) {
  return launch_over<between_cells>(job.cells.paths, options, job);
}

template <class T>
__global__ void __launch_bounds__(warp_threads) overlap_pixels(const __grid_constant__ overlap_job job) {
  const place at = place_of_thread();
  if (is_inside(at, job.dst)) overlap_pixel<T>(job, at.n, at.x, at.y);
}
status overlap(const overlap_job& job, element_type type, const launch_options& options) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    return launch_over<overlap_pixels<T>>(job.dst, options, job);
  });
}

}  // namespace
}  // namespace gpu

const warp_functions cuda_warp_functions{gpu::warp,      gpu::claim,   gpu::show,   gpu::blend,
                                         gpu::agreement, gpu::between, gpu::overlap};

}  // namespace fluxel::kernels
