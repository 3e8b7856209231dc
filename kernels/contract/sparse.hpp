// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sparse flow: corners and tracked points.

#include <cstddef>
#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/contract/flow_planes.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// Where corners are looked for, and which are kept.
struct feature_search {
  plane<float> strength;     ///< smaller eigenvalues; what is unknown is overwritten
  plane<const u8> unknown;   ///< absent (data is null): all is known
  int unknown_reach = 0;     ///< a strength within so many pixels of an unknown one is unknown
  plane<const u8> mask;      ///< 0: no corner here; absent: anywhere
  float quality = 0;         ///< of the strongest
  int distance_squared = 0;  ///< two corners are at least so far apart
  int cell = 1;              ///< px; its square is at least distance_squared
  int max_count = 0;
};

/// max_count corners, zeros after the last.
struct feature_list {
  point* points = nullptr;
  float* strength = nullptr;  ///< may be null
  int* count = nullptr;
};

inline constexpr int most_track_levels = 16;

/// Two frames' pyramids, finest level first.
struct track_levels {
  int count = 0;
  plane<const u16> prev[most_track_levels], next[most_track_levels];
  plane<const u8> prev_mask, next_mask;  ///< of the finest level, 1: an unknown pixel; absent: all are known
};

inline constexpr int track_one = 1024;  ///< position units per pixel

struct track_settings {
  int radius = 10;  ///< of the window
  int iterations = 30;
  std::int64_t epsilon_squared = 0;      ///< converged when a step is not longer; units, squared
  float min_eigenvalue = 0;              ///< (grey levels / px)^2
  std::int64_t consistency_squared = 0;  ///< largest distance of the way back; units, squared
  bool forward_backward = false;
};

/// The points of one call.
struct track_list {
  int points = 0;
  const int* count = nullptr;  ///< points from here on are invalid; null: all count
  const point* from = nullptr;
  const point* guess = nullptr;  ///< null: no motion
  point* to = nullptr;
  u8* status = nullptr;             ///< track_status
  float* error = nullptr;           ///< may be null
  float* min_eigenvalue = nullptr;  ///< may be null
};

struct sparse_functions {
  /// Bytes that `find_features` works in.
  std::size_t (*feature_workspace)(const feature_search& search);
  status (*find_features)(const feature_search& search, const feature_list& list, void* workspace,
                          const launch_options& launch);
  status (*track)(const track_levels& levels, const track_settings& settings, const track_list& list,
                  const launch_options& launch);
};

}  // namespace fluxel::kernels
