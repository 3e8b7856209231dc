// SPDX-License-Identifier: Apache-2.0
// A bitonic sort in place (Batcher 1968). Its launches depend on the capacity alone; each looks at the device's count
// and returns at once when the keys are fewer than it is for. Keys beyond the count read as the largest.

#include "kernels/cuda/sparse/sparse.cuh"

namespace fluxel::kernels::gpu {

namespace {

using key = unsigned long long;

constexpr int sort_threads = 256;
constexpr int tile_keys = smallest_sort;  ///< a block's, in shared memory

/// Keys to sort: a power of two, at least a tile.
__device__ __forceinline__ int padded_count(const key_list& list) {
  int n = tile_keys;
  while (n < *list.count) n *= 2;
  return n;
}

__device__ __forceinline__ void order(key& a, key& b, bool ascending) {
  if ((a > b) != ascending) return;
  const key t = a;
  a = b;
  b = t;
}

/// Compares pairs `distance` apart within a tile, for all distances from `from` down to 1.
__device__ __forceinline__ void merge_tile(key* tile, int first, int from, int run) {
  for (int distance = from; distance > 0; distance /= 2) {
    for (int i = threadIdx.x; i < tile_keys / 2; i += sort_threads) {
      const int low = 2 * distance * (i / distance) + i % distance;
      order(tile[low], tile[low + distance], ((first + low) & run) == 0);
    }
    __syncthreads();
  }
}

/// Sorts every tile, in alternating directions.
__global__ void __launch_bounds__(sort_threads) sort_tiles(key_list list) {
  FLUXEL_SHARED(key, tile, [tile_keys]);
  const int first = blockIdx.x * tile_keys, count = *list.count;
  const bool used = first < padded_count(list);
  for (int i = threadIdx.x; i < tile_keys; i += sort_threads)
    tile[i] = used && first + i < count ? list.keys[first + i] : ~key{0};
  __syncthreads();
  for (int run = 2; run <= tile_keys; run *= 2) merge_tile(tile, first, run / 2, run);
  if (!used) return;
  for (int i = threadIdx.x; i < tile_keys; i += sort_threads) list.keys[first + i] = tile[i];
}

/// One distance of a merge of runs that span tiles.
__global__ void __launch_bounds__(sort_threads) merge_far(key_list list, int distance, int run) {
  const int padded = padded_count(list);
  const int i = blockIdx.x * sort_threads + threadIdx.x;
  const int low = 2 * distance * (i / distance) + i % distance;
  if (run <= padded && low < padded) order(list.keys[low], list.keys[low + distance], (low & run) == 0);
}

/// The distances of such a merge that lie within a tile.
__global__ void __launch_bounds__(sort_threads) merge_near(key_list list, int run) {
  FLUXEL_SHARED(key, tile, [tile_keys]);
  const int padded = padded_count(list), first = blockIdx.x * tile_keys;
  const bool used = run <= padded && first < padded;
  for (int i = threadIdx.x; i < tile_keys; i += sort_threads) tile[i] = used ? list.keys[first + i] : 0;
  __syncthreads();
  merge_tile(tile, first, tile_keys / 2, run);
  if (!used) return;
  for (int i = threadIdx.x; i < tile_keys; i += sort_threads) list.keys[first + i] = tile[i];
}

}  // namespace

status sort_keys(const key_list& list, CUstream_st* stream) {
  const int tiles = list.capacity / tile_keys, pair_blocks = list.capacity / 2 / sort_threads;
  status result = launch<sort_tiles>(tiles, sort_threads, 0, stream, list);
  for (int run = 2 * tile_keys; run <= list.capacity && result == status::ok; run *= 2) {
    for (int distance = run / 2; distance >= tile_keys && result == status::ok; distance /= 2)
      result = launch<merge_far>(pair_blocks, sort_threads, 0, stream, list, distance, run);
    if (result == status::ok) result = launch<merge_near>(tiles, sort_threads, 0, stream, list, run);
  }
  return result;
}

}  // namespace fluxel::kernels::gpu
