// SPDX-License-Identifier: Apache-2.0
// Corners on the device: a fixed sequence of launches. The strongest by integer maxima, peaks appended in any order,
// sorted by unique keys, and thinned in order (features_select.cu).

#include "kernels/common/sparse/good_features.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/sparse/sparse.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

constexpr int clear_threads = 256;

__global__ void __launch_bounds__(clear_threads) clear_features(feature_workspace work) {
  const int i = blockIdx.x * clear_threads + threadIdx.x;
  if (i == 0) *work.count = *work.strongest = 0;
  if (i < work.cells_x * work.cells_y) work.cells[i] = make_int4(0, 0, 0, 0);
}

__global__ void __launch_bounds__(flow_threads) mark_unknown(feature_search search) {
  const pixel at = pixel_of_thread();
  if (!inside(at, search.strength)) return;
  const int reach = search.unknown_reach;
  bool known = true;
  for (int j = -reach; j <= reach; ++j)
    for (int i = -reach; i <= reach; ++i) known = known && clamped_pixel(search.unknown, 0, at.x + i, at.y + j) == 0;
  if (!known) pixel_at(search.strength, at) = unknown_strength;
}

__device__ __forceinline__ bool allowed(const feature_search& search, const pixel& at) {
  return search.mask.data == nullptr || pixel_at(search.mask, at) != 0;
}

__global__ void __launch_bounds__(flow_threads) find_strongest(feature_search search, feature_workspace work) {
  const plane<float>& strength = search.strength;
  int most = 0;
  const int x = blockIdx.x * flow_block_x + threadIdx.x;
  const int step = gridDim.y * flow_block_y;
  for (int y = blockIdx.y * flow_block_y + threadIdx.y; y < strength.height; y += step) {
    const pixel at{0, x, y};
    if (!inside(at, strength) || !allowed(search, at)) continue;
    const int bits = strength_bits(pixel_at(strength, at));
    most = most < bits ? bits : most;
  }
  for (int distance = 16; distance > 0; distance /= 2) {
    const int other = __shfl_xor_sync(0xffffffffu, most, distance);
    most = most < other ? other : most;
  }
  if (threadIdx.x == 0 && most > 0) atomicMax(work.strongest, most);
}

__global__ void __launch_bounds__(flow_threads) find_peaks(feature_search search, feature_workspace work) {
  const pixel at = pixel_of_thread();
  if (!inside(at, search.strength) || !allowed(search, at)) return;
  const float s = pixel_at(search.strength, at);
  const float least = search.quality * float_from_bits(static_cast<std::uint32_t>(*work.strongest));
  if (!(s > 0 && s >= least) || !is_peak(search.strength, at.x, at.y)) return;
  const auto index = static_cast<std::uint32_t>(at.y) * search.strength.width + at.x;
  work.candidates.keys[atomicAdd(work.count, 1)] = feature_key(s, index);
}

/// Cuts the workspace; with no memory, counts its bytes.
feature_workspace layout_planes(const feature_search& search, std::byte* memory, std::size_t& bytes) {
  const int width = search.strength.width, height = search.strength.height;
  feature_workspace w{};
  // No 2 x 2 pixels hold two peaks.
  const std::int64_t most = std::int64_t{width / 2 + 1} * (height / 2 + 1);
  w.candidates.capacity = smallest_sort;
  while (w.candidates.capacity < most) w.candidates.capacity *= 2;
  if (search.distance_squared > 1) {  // pixels are never nearer than 1
    w.cells_x = divide_up(width, search.cell);
    w.cells_y = divide_up(height, search.cell);
  }
  std::size_t used = 0;
  auto take = [&](std::size_t size) {
    std::byte* p = memory == nullptr ? nullptr : memory + used;
    used += (size + 255) / 256 * 256;
    return p;
  };
  w.candidates.keys = reinterpret_cast<unsigned long long*>(take(w.candidates.capacity * sizeof(std::uint64_t)));
  w.count = reinterpret_cast<int*>(take(sizeof(int)));
  w.strongest = reinterpret_cast<int*>(take(sizeof(int)));
  w.cells = reinterpret_cast<int4*>(take(std::size_t(w.cells_x) * w.cells_y * sizeof(int4)));
  w.candidates.count = w.count;
  bytes = used;
  return w;
}

std::size_t workspace_bytes(const feature_search& search) {
  std::size_t bytes = 0;
  layout_planes(search, nullptr, bytes);
  return bytes;
}

status find_features(const feature_search& search, const feature_list& list, void* memory,
                     const launch_options& options) {
  std::size_t bytes = 0;
  const feature_workspace work = layout_planes(search, static_cast<std::byte*>(memory), bytes);
  const int cells = work.cells_x * work.cells_y;
  status result = launch<clear_features>(divide_up(cells + 1, clear_threads), clear_threads, 0, options.stream, work);
  if (search.unknown.data != nullptr && result == status::ok)
    result = launch_pixels<mark_unknown>(search.strength, options, search);
  if (result == status::ok) {
    constexpr int most_rows_of_blocks = 32;  // each adds one maximum per warp
    const int rows = divide_up(search.strength.height, flow_block_y);
    const dim3 grid(divide_up(search.strength.width, flow_block_x),
                    rows < most_rows_of_blocks ? rows : most_rows_of_blocks);
    result = launch<find_strongest>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream, search, work);
  }
  if (result == status::ok) {
    const dim3 grid(divide_up(search.strength.width, flow_block_x), divide_up(search.strength.height, flow_block_y));
    result = launch<find_peaks>(grid, dim3(flow_block_x, flow_block_y), 0, options.stream, search, work);
  }
  if (result == status::ok) result = sort_keys(work.candidates, options.stream);
  return result == status::ok ? select_features(search, work, list, options.stream) : result;
}

}  // namespace
}  // namespace gpu

const sparse_functions cuda_sparse_functions{gpu::workspace_bytes, gpu::find_features, gpu::track};

}  // namespace fluxel::kernels
