// SPDX-License-Identifier: Apache-2.0
// The greedy choice: corners in order, unless an accepted one is too near. One block takes as many candidates at a
// time as it has threads. Each looks for accepted corners in the cells around its own; then the batch settles among
// itself: a candidate is rejected once one before it is accepted within reach, and accepted once all before it within
// reach are rejected. The first undecided one is always decided, so that a batch ends after at most as many rounds as
// threads; a few are usual.

#include "kernels/common/sparse/good_features.hpp"
#include "kernels/cuda/sparse/sparse.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int batch = 256;
constexpr int warps = batch / 32;
static_assert(corners_per_cell == 4, "a cell is an int4");

enum state : int { undecided, accepted, rejected };

struct select_job {
  feature_search search;
  feature_workspace work;
  feature_list list;
};

struct corner {
  int x, y;
};
__device__ __forceinline__ corner corner_of(std::uint32_t index, int width) {
  return {static_cast<int>(index % static_cast<std::uint32_t>(width)),
          static_cast<int>(index / static_cast<std::uint32_t>(width))};
}

__device__ __forceinline__ bool near(const select_job& job, const corner& a, const corner& b) {
  return too_near(a.x, a.y, b.x, b.y, job.search.distance_squared);
}
__device__ __forceinline__ bool near_taken(const select_job& job, const corner& a, int taken) {
  return taken != 0 && near(job, a, corner_of(static_cast<std::uint32_t>(taken - 1), job.search.strength.width));
}

__device__ __forceinline__ bool near_accepted(const select_job& job, const corner& a) {
  const auto& w = job.work;
  if (w.cells_x == 0) return false;
  const int cx = a.x / job.search.cell, cy = a.y / job.search.cell;
  for (int y = cy > 0 ? cy - 1 : 0; y <= cy + 1 && y < w.cells_y; ++y)
    for (int x = cx > 0 ? cx - 1 : 0; x <= cx + 1 && x < w.cells_x; ++x) {
      const int4 c = w.cells[y * w.cells_x + x];
      if (near_taken(job, a, c.x) || near_taken(job, a, c.y) || near_taken(job, a, c.z) || near_taken(job, a, c.w))
        return true;
    }
  return false;
}

/// Takes a free place of the corner's cell; there is one.
__device__ __forceinline__ void add_to_cell(const select_job& job, const corner& a, std::uint32_t index) {
  const auto& w = job.work;
  if (w.cells_x == 0) return;
  int* cell = &w.cells[a.y / job.search.cell * w.cells_x + a.x / job.search.cell].x;
  for (int i = 0; i < corners_per_cell; ++i)
    if (atomicCAS(cell + i, 0, static_cast<int>(index + 1)) == 0) return;
}

/// What is known of a candidate after the batch's states so far.
__device__ __forceinline__ int settle(const select_job& job, const corner* corners, const int* states, int me) {
  int result = accepted;
  for (int i = 0; i < me; ++i) {
    if (states[i] == rejected || !near(job, corners[me], corners[i])) continue;
    if (states[i] == accepted) return rejected;
    result = undecided;
  }
  return result;
}

__global__ void __launch_bounds__(batch) select_corners(select_job job) {
  FLUXEL_SHARED(corner, corners, [batch]);
  FLUXEL_SHARED(int, states, [batch]);
  FLUXEL_SHARED(int, warp_counts, [warps]);
  const int me = threadIdx.x, lane = me % 32, warp = me / 32;
  const int candidates = *job.work.count, most = job.search.max_count;
  int found = 0;
  for (int first = 0; first < candidates && found < most; first += batch) {
    const bool exists = first + me < candidates;
    const std::uint64_t key = exists ? job.work.candidates.keys[first + me] : 0;
    const corner mine = corner_of(key_index(key), job.search.strength.width);
    int my_state = exists && !near_accepted(job, mine) ? undecided : rejected;
    corners[me] = mine;
    states[me] = my_state;
    __syncthreads();
    bool open = true;
    while (open) {
      if (my_state == undecided) my_state = settle(job, corners, states, me);
      __syncthreads();
      states[me] = my_state;
      open = __syncthreads_or(my_state == undecided) != 0;
    }
    const unsigned votes = __ballot_sync(0xffffffffu, my_state == accepted);
    if (lane == 0) warp_counts[warp] = __popc(votes);
    __syncthreads();
    int place = found + __popc(votes & ((1u << lane) - 1));
    for (int w = 0; w < warps; ++w) {
      if (w < warp) place += warp_counts[w];
      found += warp_counts[w];
    }
    if (my_state == accepted && place < most) {
      add_to_cell(job, mine, key_index(key));
      job.list.points[place] = {static_cast<float>(mine.x), static_cast<float>(mine.y)};
      if (job.list.strength != nullptr) job.list.strength[place] = key_strength(key);
    }
    __syncthreads();
  }
  found = found < most ? found : most;
  for (int i = found + me; i < most; i += batch) {
    job.list.points[i] = {0.0f, 0.0f};
    if (job.list.strength != nullptr) job.list.strength[i] = 0.0f;
  }
  if (me == 0) *job.list.count = found;
}

}  // namespace

status select_features(const feature_search& search, const feature_workspace& work, const feature_list& list,
                       CUstream_st* stream) {
  return launch<select_corners>(1, batch, 0, stream, select_job{search, work, list});
}

}  // namespace fluxel::kernels::gpu
