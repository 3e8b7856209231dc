// SPDX-License-Identifier: Apache-2.0
// Which devices there are, without ever needing one.

#include <atomic>
#include <cstdint>
#include <string>

#include "kernels/contract/device.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels {

namespace gpu {

__global__ void probe_kernel(int* out) { *out = 1; }

namespace {

const kernel_entry probe{reinterpret_cast<const void*>(probe_kernel)};

std::string in_words(const char* what, cudaError_t e) {
  return std::string(what) + ": " + cudaGetErrorString(e) + " (CUDA error " + std::to_string(static_cast<int>(e)) +
         ")";
}

device_info describe(int index) {
  cudaDeviceProp p{};
  if (cudaGetDeviceProperties(&p, index) != cudaSuccess) return {index, "unknown", 0, 0};
  return {index, p.name, p.major * 10 + p.minor, p.totalGlobalMem};
}

cuda_status look() {
  int count = 0;  // stays unwritten without a driver
  const cudaError_t counted = cudaGetDeviceCount(&count);
  if (counted != cudaSuccess) return {{}, in_words("no usable CUDA driver", counted)};
  if (count <= 0) return {{}, "the CUDA driver reports no device"};
  cudaFuncAttributes attributes{};
  const cudaError_t probed = cudaFuncGetAttributes(&attributes, probe.kernel);
  if (probed != cudaSuccess) return {{}, in_words("the device cannot run this build's kernels", probed)};
  cuda_status found;
  for (int i = 0; i < count; ++i) found.devices.push_back(describe(i));
  return found;
}

}  // namespace

status load_kernels() {
  static std::atomic<std::uint64_t> loaded{0};  // a bit per device; devices from 64 on are loaded every time
  int device = 0;
  if (const cudaError_t e = cudaGetDevice(&device); e != cudaSuccess) return status_of(e);
  const std::uint64_t bit = device < 64 ? std::uint64_t{1} << device : 0;
  if (loaded.load() & bit) return status::ok;
  for (const kernel_entry* k = first_kernel; k; k = k->next) {
    cudaFuncAttributes attributes{};
    if (const cudaError_t e = cudaFuncGetAttributes(&attributes, k->kernel); e != cudaSuccess) return status_of(e);
  }
  loaded |= bit;
  return status::ok;
}

}  // namespace gpu

const cuda_status& cuda_devices() {
  static const cuda_status found = gpu::look();
  return found;
}

int cuda_current_device() {
  int index = -1;
  if (cuda_devices().devices.empty() || cudaGetDevice(&index) != cudaSuccess) return -1;
  return index;
}

status cuda_bind_device(int index) {
  if (index < 0 || index >= static_cast<int>(cuda_devices().devices.size())) return status::no_device;
  return gpu::status_of(cudaSetDevice(index));
}

status cuda_warm_up(int index) {
  const int previous = cuda_current_device();
  if (const status bound = cuda_bind_device(index); bound != status::ok) return bound;
  const status loaded = gpu::load_kernels();
  if (previous >= 0) cudaSetDevice(previous);
  return loaded;
}

}  // namespace fluxel::kernels
