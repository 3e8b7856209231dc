// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime.h>

#include "planted_kernels.hpp"
#include "tests/emulation/shared_arrays.cuh"

namespace planted {

__global__ void smooth_kernel(bug b, const float* in, float* out, const float* scratch, int n) {
  FLUXEL_SHARED(float, tile, [block + 2]);
  FLUXEL_DYNAMIC_SHARED(float, pairs);
  const int t = static_cast<int>(threadIdx.x);
  const int i = static_cast<int>(blockIdx.x) * block + t;
  if (b == bug::divergent_barrier && i >= n) return;
  if (b != bug::unwritten_shared || t != 5) tile[t + 1] = in[min(i, n - 1)];
  if (t == 0) tile[0] = in[max(i - 1, 0)];
  float* const row = tile;
  if (t == block - 1) row[b == bug::shared_out_of_bounds ? t + 3 : t + 2] = in[min(i + 1, n - 1)];
  if (b != bug::missing_barrier) __syncthreads();
  const float v = __fmaf_rn(tile[t] + tile[t + 2], 0.25f, 0.5f * tile[t + 1]);
  pairs[b == bug::dynamic_out_of_bounds ? t + 1 : t] = v;
  if (b == bug::missing_warp_barrier) {
  } else if (b == bug::wrong_mask) {
    __syncwarp(0x0000ffffu);
  } else {
    __syncwarp();
  }
  float result = v + pairs[t ^ 1];
  if (b == bug::unwritten_global) result += scratch[min(i, n - 1)];
  if (i < n || b == bug::global_out_of_bounds) out[i] = result;
  if (b == bug::two_blocks_one_word && t == 0) out[0] = static_cast<float>(blockIdx.x);
}

int smooth(bug b, const float* in, float* out, const float* scratch, int n) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3((n + block - 1) / block);
  config.blockDim = dim3(block);
  config.dynamicSmemBytes = block * sizeof(float);
  return cudaLaunchKernelEx(&config, smooth_kernel, b, in, out, scratch, n);
}

}  // namespace planted
