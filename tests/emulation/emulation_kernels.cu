// SPDX-License-Identifier: Apache-2.0
// Kernels that use every part of the emulator.

#include <cuda_pipeline.h>
#include <cuda_runtime.h>

#include "emulation_kernels.hpp"
#include "shared_arrays.cuh"

namespace emulation_test {

namespace {

cudaLaunchConfig_t shape(dim3 grid, dim3 block, std::size_t dynamic_bytes = 0) {
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = dynamic_bytes;
  return config;
}

}  // namespace

__global__ void transpose_kernel(const float* in, float* out, int width, int height) {
  FLUXEL_SHARED(float, tile, [16][17]);
  int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 16 + threadIdx.y;
  if (x < width && y < height) tile[threadIdx.y][threadIdx.x] = in[y * width + x];
  __syncthreads();
  x = blockIdx.y * 16 + threadIdx.x;
  y = blockIdx.x * 16 + threadIdx.y;
  if (x < height && y < width) out[y * height + x] = tile[threadIdx.x][threadIdx.y];
}

__global__ void sum_kernel(const int* in, int n, int* total) {
  FLUXEL_DYNAMIC_SHARED(int, part);
  const int t = static_cast<int>(threadIdx.x);
  int v = 0;
  for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) v += __ldg(in + i);
  for (int by = 16; by > 0; by >>= 1) v += __shfl_down_sync(0xffffffffu, v, by);
  if (t % 32 == 0) part[t / 32] = v;
  __syncthreads();
  if (t < 32) {
    v = t < static_cast<int>(blockDim.x) / 32 ? part[t] : 0;
    for (int by = 16; by > 0; by >>= 1) v += __shfl_xor_sync(0xffffffffu, v, by);
    if (t == 0) atomicAdd(total, v);
  }
}

__global__ void votes_kernel(vote_results* out) {
  const int t = static_cast<int>(threadIdx.x);
  const unsigned low_half = 0xffffu;
  const int count = __syncthreads_count(t % 3 == 0);
  const int any = __syncthreads_or(t == 7);
  const int all = __syncthreads_and(t != 7);
  const unsigned ballot = __ballot_sync(0xffffffffu, t % 2 == 0);
  int half = 0;
  if (t % 32 < 16) half = __shfl_sync(low_half, t, 3);
  const int up = __shfl_up_sync(0xffffffffu, t, 1, 8);
  const int segment = __shfl_sync(0xffffffffu, t, 2, 4);
  __syncwarp();
  out[t] = {count, any, all, static_cast<int>(ballot), half, up, segment};
}

__global__ void staged_copy_kernel(const int4* in, int4* out, int* early) {
  FLUXEL_SHARED(int4, stage, [64]);
  const unsigned t = threadIdx.x;
  __pipeline_memcpy_async(&stage[t], in + t, 16);
  __pipeline_commit();
  early[t] = stage[t].x;
  __pipeline_wait_prior(0);
  __syncthreads();
  out[t] = stage[63 - t];
}

__global__ void unwritten_kernel(unsigned* out) {
  FLUXEL_SHARED(unsigned, words, [32]);
  out[threadIdx.x] = words[threadIdx.x];
}

__global__ void order_kernel(int* order, int* next) {
  order[atomicAdd(next, 1)] = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
}

__global__ void broken_kernel(broken what, const char* bytes) {
  const unsigned t = threadIdx.x;
  if (what == broken::return_before_barrier && t == 5) return;
  if (what == broken::two_barriers && t < 8) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  if (what == broken::lane_outside_mask) __shfl_sync(0xffffu, 1, 0);
  if (what == broken::source_outside_mask && t < 16) __shfl_sync(0xffffu, 1, 20);
  if (what == broken::lanes_part_ways) {
    if (t < 16)
      __shfl_sync(0xffffffffu, 1, 0);
    else
      __shfl_sync(0xffffffffu, 2, 0);
  }
  if (what == broken::absent_lane && t < 31) __syncwarp();
  if (what == broken::misaligned) __ldg(reinterpret_cast<const int*>(bytes + 1));
}

int transpose(const float* in, float* out, int width, int height) {
  const auto config = shape(dim3((width + 15) / 16, (height + 15) / 16), dim3(16, 16));
  return cudaLaunchKernelEx(&config, transpose_kernel, in, out, width, height);
}
int sum(const int* in, int n, int* total) {
  const auto config = shape(7, 256, 8 * sizeof(int));
  return cudaLaunchKernelEx(&config, sum_kernel, in, n, total);
}
int votes(vote_results* out) {
  const auto config = shape(1, 64);
  return cudaLaunchKernelEx(&config, votes_kernel, out);
}
int staged_copy(const void* in, void* out, int* early) {
  const auto config = shape(1, 64);
  return cudaLaunchKernelEx(&config, staged_copy_kernel, static_cast<const int4*>(in), static_cast<int4*>(out),
                            early);
}
int unwritten(unsigned* out) {
  const auto config = shape(1, 32);
  return cudaLaunchKernelEx(&config, unwritten_kernel, out);
}
int record_order(int blocks, int threads, int* order, int* next) {
  const auto config = shape(blocks, threads);
  return cudaLaunchKernelEx(&config, order_kernel, order, next);
}
int run_broken(broken what) {
  alignas(8) static constexpr char bytes[8] = {};
  const auto config = shape(1, 32);
  return cudaLaunchKernelEx(&config, broken_kernel, what, bytes);
}
int launch_of_shape(int grid, int block, int dynamic_bytes) {
  int total = 0;
  const auto config = shape(grid, block, dynamic_bytes);
  return cudaLaunchKernelEx(&config, sum_kernel, static_cast<const int*>(nullptr), 0, &total);
}

}  // namespace emulation_test
