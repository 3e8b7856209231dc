// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/sparse.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels {
extern const sparse_functions cuda_sparse_functions;
}

namespace fluxel::kernels::gpu {

/// Keys that a launch sorts: how many there are is known on the device alone.
struct key_list {
  unsigned long long* keys = nullptr;  ///< room for `capacity`
  const int* count = nullptr;
  int capacity = 0;  ///< a power of two, at least smallest_sort
};
inline constexpr int smallest_sort = 1024;

/// Enqueues an ascending sort. Keys are unique, so that the order has no ties.
status sort_keys(const key_list& list, CUstream_st* stream);

/// What find_features works in.
struct feature_workspace {
  key_list candidates;
  int* count;      ///< of the candidates
  int* strongest;  ///< strength_bits
  int4* cells;     ///< corners_per_cell each: 1 + index of a corner's pixel, or 0
  int cells_x, cells_y;
};

/// Enqueues the greedy choice among sorted candidates.
status select_features(const feature_search& search, const feature_workspace& work, const feature_list& list,
                       CUstream_st* stream);

struct track_job;
/// Windows of 21 x 21 have a kernel of their own.
bool fits_strips(const track_job& job);
status track_strips(const track_job& job, const launch_options& options);

status track(const track_levels& levels, const track_settings& settings, const track_list& list,
             const launch_options& options);

}  // namespace fluxel::kernels::gpu
