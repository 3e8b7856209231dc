// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/metrics.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels {
extern const metrics_functions cuda_metrics_functions;
}

namespace fluxel::kernels::gpu {

/// What the parts of a comparison write, and the last one adds.
struct comparison_work {
  comparison c;
  std::uint64_t* error;      ///< of each row of each entry: sums in integers, or the bits of doubles
  std::uint64_t* signal;     ///< the same
  std::int64_t* similar;     ///< of each tile of windows of each entry
  int across = 0, down = 0;  ///< windows of an entry
  int tiles_across = 0, tiles = 0;
};

inline constexpr int tile_x = 32, tile_y = 8;  ///< windows of a tile, a thread each

/// Similarity of every tile.
status sum_windows(const comparison_work& w, CUstream_st* stream);

/// The upper half of the lanes is added to the lower one until one is left: in lane 0, after a barrier.
template <class Sum>
__device__ __forceinline__ void add_lanes(Sum* lanes, int lane, int count) {
  for (int half = count / 2; half >= 1; half /= 2) {
    __syncthreads();
    if (lane < half) lanes[lane] = lanes[lane] + lanes[lane + half];
  }
  __syncthreads();
}

}  // namespace fluxel::kernels::gpu
