// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every .cu file of the project starts from. <cuda_runtime.h> is nvcc's, or the host emulator's.

#include <cuda_runtime.h>

#include <cstddef>
#include <utility>

#include "kernels/contract/launch.hpp"

// Shared arrays are declared through these two, so that host execution can place them per block.
#ifndef FLUXEL_SHARED
#define FLUXEL_SHARED(type, name, dims) __shared__ type name dims
#endif
#ifndef FLUXEL_DYNAMIC_SHARED
#define FLUXEL_DYNAMIC_SHARED(type, name)                                \
  extern __shared__ __align__(16) unsigned char fluxel_dynamic_shared[]; \
  type* const name = reinterpret_cast<type*>(fluxel_dynamic_shared)
#endif

namespace fluxel::kernels::gpu {

inline status status_of(cudaError_t e) {
  switch (e) {
    case cudaSuccess:
      return status::ok;
    case cudaErrorMemoryAllocation:
      return status::out_of_memory;
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorNoKernelImageForDevice:
      return status::no_device;
    default:
      return status::launch_failed;
  }
}

/// Every kernel that the program can launch, as a list: `cuda_warm_up` loads them.
struct kernel_entry {
  explicit kernel_entry(const void* k);
  const void* kernel;
  const kernel_entry* next;
};
inline const kernel_entry* first_kernel = nullptr;
inline kernel_entry::kernel_entry(const void* k) : kernel(k), next(std::exchange(first_kernel, this)) {}

/// Naming a kernel in `launch` enters it in the list when the program starts.
template <auto Kernel>
struct registered {
  static inline const kernel_entry entry{reinterpret_cast<const void*>(Kernel)};
};

/// The one way to launch: launch<kernel>(grid, block, shared_bytes, stream, arguments...). The status is the
/// launch's own; the caller's cudaGetLastError is not read.
template <auto Kernel, class... Arguments>
status launch(dim3 grid, dim3 block, std::size_t shared_bytes, CUstream_st* stream, Arguments&&... arguments) {
  static_cast<void>(&registered<Kernel>::entry);
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  return status_of(cudaLaunchKernelEx(&config, Kernel, std::forward<Arguments>(arguments)...));
}

/// Loads every kernel onto the current device, once per device.
status load_kernels();

constexpr int divide_up(int a, int b) { return a / b + (a % b != 0); }

}  // namespace fluxel::kernels::gpu
