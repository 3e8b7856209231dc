// SPDX-License-Identifier: Apache-2.0
// Tracked points with windows of 21 x 21, a warp each.

#include "kernels/cuda/sparse/sparse.cuh"
#include "kernels/cuda/sparse/track_strips.cuh"

namespace fluxel::kernels::gpu {

// Not unnamed: the record of the machine code goes by the kernels' names.
namespace strips {

constexpr int warps = 4;   ///< of a block
constexpr int blocks = 4;  ///< on a multiprocessor: with more of them registers spill

__global__ void __launch_bounds__(32 * warps, blocks) track_strips_kernel(const __grid_constant__ track_job job) {
  FLUXEL_SHARED(uint2, memory, [warps][strip_window::values * sizeof(u16) / sizeof(uint2)]);
  const int i = static_cast<int>(blockIdx.x) * warps + static_cast<int>(threadIdx.y);
  if (i >= job.list.points) return;  // whole warps; no barrier of the block follows
  strip_window window(job, reinterpret_cast<u16*>(memory[threadIdx.y]));
  const tracked_point p = track_list_point(window, job.levels, job.settings, job.list, i);
  if (threadIdx.x == 0) write_tracked(job.list, i, p);
}

}  // namespace strips

namespace {

using namespace strips;

/// The kernels read four pixels at once.
bool aligned(const track_levels& levels) {
  auto fits = [](const plane<const u16>& p) {
    return (reinterpret_cast<std::uintptr_t>(p.data) | static_cast<std::uintptr_t>(p.pitch) * sizeof(u16)) %
               sizeof(uint2) ==
           0;
  };
  bool all = true;
  for (int l = 0; l < levels.count; ++l) all = all && fits(levels.prev[l]) && fits(levels.next[l]);
  return all;
}

}  // namespace

bool fits_strips(const track_job& job) {
  return job.settings.radius == strip_window::window_radius && aligned(job.levels);
}

status track_strips(const track_job& job, const launch_options& options) {
  const dim3 grid(divide_up(job.list.points, warps)), block(32, warps);
  return launch<track_strips_kernel>(grid, block, 0, options.stream, job);
}

}  // namespace fluxel::kernels::gpu
