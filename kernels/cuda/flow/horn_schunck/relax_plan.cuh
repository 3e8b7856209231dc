// SPDX-License-Identifier: Apache-2.0
#pragma once

// How relaxation deals its half sweeps out to passes over memory, and which tiles it takes.

#include <algorithm>
#include <cmath>

#include "kernels/cuda/flow/horn_schunck/sweep_tile.cuh"

namespace fluxel::kernels::gpu {

struct device_limits {
  int multiprocessors = 1, shared_bytes = 0;
};
inline device_limits limits_of_device() {
  device_limits limits;
  int device = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return {};
  cudaDeviceGetAttribute(&limits.multiprocessors, cudaDevAttrMultiProcessorCount, device);
  cudaDeviceGetAttribute(&limits.shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  return limits;
}

inline int tiles_along(int size, int tile, int halo) {
  return size <= tile ? 1 : divide_up(size - tile, tile - 2 * halo) + 1;
}

/// How half sweeps are dealt out to passes over memory.
struct pass_plan {
  int passes, half_sweeps, halo;  ///< half_sweeps: of every pass but the last; even
};
template <class Shape>
pass_plan plan_of(int passes, int total, int width, int height) {
  const int share = divide_up(total, passes), even = share + share % 2;
  const bool whole = width <= sweep_tile_x && height <= Shape::tile_y;
  return {divide_up(total, even), even, whole ? 0 : even};
}

/// What a pass costs, in us on an H100: a launch, and for each round of tiles over the multiprocessors the larger of
/// bringing a tile and sweeping it.
struct shape_costs {
  double launch, bring, half_sweep;
};
struct costed_plan {
  pass_plan plan;
  double cost;
};

/// The plan of a shape that should take least time.
template <class Shape>
costed_plan choose_plan(const shape_costs& c, int total, const flow_planes& flow, int multiprocessors) {
  costed_plan best{{}, -1};
  for (int passes = divide_up(total, most_half_sweeps); passes <= total; ++passes) {
    const auto plan = plan_of<Shape>(passes, total, flow.u.width, flow.u.height);
    if (2 * plan.halo + 8 > std::min(sweep_tile_x, Shape::tile_y)) continue;
    const double tiles = double(tiles_along(flow.u.width, sweep_tile_x, plan.halo)) *
                         tiles_along(flow.u.height, Shape::tile_y, plan.halo) * flow.u.count;
    const double sweeps = plan.half_sweeps * c.half_sweep;
    const double rounds = std::ceil(tiles / multiprocessors) - 1;
    const double cost = plan.passes * (c.launch + sweeps + rounds * std::max(c.bring, sweeps));
    if (best.cost < 0 || cost < best.cost) best = {plan, cost};
    if (plan.half_sweeps <= 4) break;
  }
  return best;
}

}  // namespace fluxel::kernels::gpu
