// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the kernels of the flow solver share: one thread per pixel of a plane, blocks of 32 x 8.

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow.hpp"
#include "kernels/contract/flow_color.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels {
extern const flow_functions cuda_flow_functions;
extern const flow_color_functions cuda_flow_color_functions;
}  // namespace fluxel::kernels

namespace fluxel::kernels::gpu {

inline constexpr int flow_block_x = 32;
inline constexpr int flow_block_y = 8;
inline constexpr int flow_threads = flow_block_x * flow_block_y;

struct pixel {
  int n, x, y;
};
__device__ __forceinline__ pixel pixel_of_thread() {
  return {static_cast<int>(blockIdx.z), static_cast<int>(blockIdx.x * flow_block_x + threadIdx.x),
          static_cast<int>(blockIdx.y * flow_block_y + threadIdx.y)};
}

template <class T>
__device__ __forceinline__ bool inside(const pixel& at, const plane<T>& p) {
  return at.x < p.width && at.y < p.height;
}
template <class T>
__device__ __forceinline__ T& pixel_at(const plane<T>& p, const pixel& at) {
  return kernels::pixel_at(p, at.n, at.x, at.y);
}

/// One thread per pixel of `p`.
template <auto Kernel, class T, class Job>
status launch_pixels(const plane<T>& p, const launch_options& options, const Job& job) {
  const dim3 grid(divide_up(p.width, flow_block_x), divide_up(p.height, flow_block_y), p.count);
  return launch<Kernel>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream, job);
}

status linearise(const flow_frames& frames, const warped_frame& warped, const flow_planes& flow,
                 const flow_energy& energy, const flow_system& system, const launch_options& options);
status relax(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
             const flow_planes& flow, const flow_planes& out, const launch_options& options);
status solve_windows(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                     const flow_windows& windows, const flow_exchange& flow, const launch_options& options);
/// Whole warps; `_in_turn` by the kernels of their steps.
status warp_linearise(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                      const flow_planes& flow, const flow_energy& energy, const flow_system& system,
                      const launch_options& options);
status warp_linearise_in_turn(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                              const flow_planes& flow, const flow_energy& energy, const flow_system& system,
                              const launch_options& options);
status warp_solve_windows(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                          const flow_energy& energy, const flow_windows& windows, const flow_exchange& flow,
                          const launch_options& options);
status warp_solve_windows_in_turn(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                                  const flow_energy& energy, const flow_windows& windows, const flow_exchange& flow,
                                  const launch_options& options);
/// Coarse levels in one launch.
std::size_t count_coarse_levels(std::span<const size> sizes, std::size_t alone_at, const coarse_level_rule& rule);
status solve_coarse_levels(const coarse_levels& levels, const coarse_level_rule& rule, const launch_options& options);
status median(const flow_planes& in, const flow_planes& out, int radius, const launch_options& options);
status median_twice(const flow_planes& in, const flow_planes& between, const flow_planes& out, int radius,
                    const launch_options& options);
status weighted_median(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                       const weighted_median_rule& rule, const flow_planes& out, const launch_options& options);
status match_blocks(plane<const u8> prev, plane<const u8> next, int radius, plane<std::uint64_t> keys,
                    const flow_planes& forward, const flow_planes& backward, const launch_options& options);
/// fill_unknown where no side is longer than fill_small_side: in one launch.
inline constexpr int fill_small_side = 64;
status fill_small(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                  const launch_options& options);
status structure(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                 const launch_options& options);
status measure_pair(const pair_measurement& m, const launch_options& options);

}  // namespace fluxel::kernels::gpu
