// SPDX-License-Identifier: Apache-2.0
// Compiled with the project's flags, and with flags that fuse.

#include <cuda_runtime.h>

#include "planted_kernels.hpp"

namespace planted {

__global__ void cross_kernel(const float* a, const float* b, const float* c, const float* d, float* out, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) out[i] = a[i] * b[i] - c[i] * d[i];
}

int cross(const float* a, const float* b, const float* c, const float* d, float* out, int n) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3((n + block - 1) / block);
  config.blockDim = dim3(block);
  return cudaLaunchKernelEx(&config, cross_kernel, a, b, c, d, out, n);
}

}  // namespace planted
