// SPDX-License-Identifier: Apache-2.0
#pragma once

// The coarsest levels of dense flow, all at once: their steps are short, and launches of their own would cost more
// than the work.

#include <cstddef>
#include <span>

#include "fluxel/types.hpp"
#include "kernels/contract/flow_planes.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// What is done on every level.
struct coarse_level_rule {
  int warps = 0;
  int median_radius = 0, median_passes = 0;  ///< of the median filter after every warp
  flow_energy energy;
  bool windows = false;  ///< Lucas-Kanade with `window`, else Horn-Schunck
  edge_rule edges;
  flow_relaxation relaxation;
  flow_windows window;
};

struct coarse_level {
  flow_frames frames;
  flow_planes flow;
};

/// Frames have no masks. The result is the flow of the first level, those of the others are working memory.
struct coarse_levels {
  std::span<const coarse_level> levels;  ///< finest first
  bool from_zero = true;                 ///< else the last level begins with its flow, and `alone` with its own
  std::size_t alone_at = 0;  ///< with data in `alone`: this level is solved as if it were the coarsest one, too, and
  flow_planes alone;         ///< each pair goes on with the flow that makes its frames more alike
};

}  // namespace fluxel::kernels
