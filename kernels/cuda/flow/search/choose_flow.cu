// SPDX-License-Identifier: Apache-2.0
// The choice between two flows, by tiles: what a pixel says is found once and summed over windows in shared memory.

#include "kernels/common/flow/matching.hpp"
#include "kernels/cuda/flow/search/choose_flow.cuh"

namespace fluxel::kernels::gpu {

namespace {

using weigh = weigh_flows_pixel;
using choose = choose_flow_pixel;

constexpr int width = 32, height = 16;
constexpr int choice_threads = 256;
/// Of the pixels whose evidence a tile reads, and of those whose gains these sum up.
constexpr int around = choose::region_radius, wide = width + 2 * around, high = height + 2 * around;
constexpr int beyond = weigh::clear_radius, gains_wide = wide + 2 * beyond, gains_high = high + 2 * beyond;
constexpr int near = weigh::clear_radius - block_radius;  ///< gains on either side that count for `clearly` alone

struct choice_job {
  weigh weighs;
  choose chooses;
};

struct choice_tile {
  short2 gains[gains_high][gains_wide];  ///< better, clearly; sums of seven of the latter fit too
  short2 across[gains_high][wide];       ///< their sums over rows of windows
  u8 evidence[high][wide];
  u8 clear[high][width];  ///< pixels with other_fits_clearly of rows of regions
};

/// body(x, y) for the pixels of a part of the tile.
template <int across, int down, class Body>
__device__ __forceinline__ void for_part(int thread, const Body& body) {
  for (int i = thread; i < across * down; i += choice_threads) body(i % across, i / across);
}

__device__ __forceinline__ short2 sum_across(const choice_tile& tile, int x, int y) {
  int better = 0, clearly = 0;
#pragma unroll
  for (int i = 0; i <= 2 * weigh::clear_radius; ++i) {
    const short2 g = tile.gains[y][x + i];
    if (i >= near && i < near + 2 * block_radius + 1) better += g.x;
    clearly += g.y;
  }
  return make_short2(static_cast<short>(better), static_cast<short>(clearly));
}

__device__ __forceinline__ u8 evidence_at(const choice_job& job, const choice_tile& tile, const pixel& at, int x,
                                          int y) {
  if (at.x < 0 || at.y < 0 || !inside(at, job.weighs.evidence)) return 0;
  int better = 0, clearly = 0;
#pragma unroll
  for (int j = 0; j <= 2 * weigh::clear_radius; ++j) {
    const short2 g = tile.across[y + j][x];
    if (j >= near && j < near + 2 * block_radius + 1) better += g.x;
    clearly += g.y;
  }
  return job.weighs.evidence_of(better, clearly, at.n, at.x, at.y);
}

__global__ void __launch_bounds__(choice_threads) choose_tiles(const __grid_constant__ choice_job job) {
  FLUXEL_SHARED(choice_tile, tiles, [1]);
  choice_tile& tile = tiles[0];
  const int thread = static_cast<int>(threadIdx.x), n = static_cast<int>(blockIdx.z);
  const int left = static_cast<int>(blockIdx.x) * width, top = static_cast<int>(blockIdx.y) * height;
  const plane<const u16>& prev = job.weighs.frames.prev;
  for_part<gains_wide, gains_high>(thread, [&](int i, int j) {
    const int x = left - around - beyond + i, y = top - around - beyond + j;
    weigh::gain g{};
    if (x >= 0 && y >= 0 && x + 1 < prev.width && y + 1 < prev.height) g = job.weighs.gain_at(n, x, y);
    tile.gains[j][i] = make_short2(static_cast<short>(g.better), static_cast<short>(g.clearly));
  });
  __syncthreads();
  for_part<wide, gains_high>(thread, [&](int i, int j) { tile.across[j][i] = sum_across(tile, i, j); });
  __syncthreads();
  for_part<wide, high>(thread, [&](int i, int j) {
    tile.evidence[j][i] = evidence_at(job, tile, {n, left - around + i, top - around + j}, i, j);
  });
  __syncthreads();
  for_part<width, high>(thread, [&](int i, int j) {
    int clear = 0;
#pragma unroll
    for (int k = 0; k <= 2 * around; ++k) clear += tile.evidence[j][i + k] == other_fits_clearly;
    tile.clear[j][i] = static_cast<u8>(clear);
  });
  __syncthreads();
  for_part<width, height>(thread, [&](int i, int j) {
    const pixel at{n, left + i, top + j};
    if (!inside(at, job.weighs.evidence)) return;
    const u8 own = tile.evidence[j + around][i + around];
    int clear = 0;
#pragma unroll
    for (int k = 0; k <= 2 * around; ++k) clear += tile.clear[j + k][i];
    pixel_at(job.weighs.evidence, at) = own;
    job.chooses.choose(own, clear, n, at.x, at.y);
  });
}

}  // namespace

status choose_flow(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                   plane<u8> evidence, const flow_planes& other, const flow_planes& flow, plane<u8> taken,
                   const launch_options& options) {
  const choice_job job{{frames, by_flow, by_other, evidence}, {evidence, other, flow, taken}};
  const dim3 grid(divide_up(evidence.width, width), divide_up(evidence.height, height), evidence.count);
  return launch<choose_tiles>(grid, dim3(choice_threads), 0, options.stream, job);
}

}  // namespace fluxel::kernels::gpu
