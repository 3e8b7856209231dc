// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "emulation/capture.hpp"
#include "emulation/runtime_api.hpp"
#include "emulation/scheduler.hpp"

enum cudaLaunchAttributeID {
  cudaLaunchAttributeCooperative = 2,
  cudaLaunchAttributeClusterDimension = 4,
  cudaLaunchAttributeProgrammaticStreamSerialization = 6
};
struct cudaLaunchAttributeValue {
  int cooperative;
  int programmaticStreamSerializationAllowed;
};
struct cudaLaunchAttribute {
  cudaLaunchAttributeID id;
  cudaLaunchAttributeValue val;
};
struct cudaLaunchConfig_t {
  dim3 gridDim;
  dim3 blockDim;
  std::size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
  cudaLaunchAttribute* attrs = nullptr;
  unsigned numAttrs = 0;
};

namespace emulation {

/// What the runtime remembers of a kernel.
cudaError_t allow_dynamic_shared(const void* kernel, std::size_t bytes);
/// Runs a kernel, or the PTX that stands for it; `arguments` point to its parameters.
cudaError_t start(const void* kernel, const launch& what, void* const* arguments);

template <class Kernel>
const void* address_of(Kernel* kernel) {
  return reinterpret_cast<const void*>(kernel);
}

/// A launch with its parameters by value, as CUDA copies them.
template <class... P>
struct kernel_call {
  void (*kernel)(P...);
  std::tuple<P...> arguments;
  dim3 grid, block;
  std::size_t dynamic_shared;

  static void one_thread(void* self) {
    auto& call = *static_cast<kernel_call*>(self);
    std::apply(call.kernel, call.arguments);
  }
  cudaError_t operator()() {
    const launch what{grid, block, dynamic_shared, one_thread, this};
    return std::apply(
        [&](auto&... values) {
          void* const pointers[] = {const_cast<void*>(static_cast<const void*>(&values))..., nullptr};
          return start(address_of(kernel), what, pointers);
        },
        arguments);
  }
};

}  // namespace emulation

template <class... P, class... A>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(P...), A&&... arguments) {
  for (unsigned i = 0; i < config->numAttrs; ++i)
    if (config->attrs[i].id == cudaLaunchAttributeCooperative ||
        config->attrs[i].id == cudaLaunchAttributeClusterDimension)
      return cudaErrorNotSupported;
  emulation::kernel_call<P...> call{
      kernel, {std::forward<A>(arguments)...}, config->gridDim, config->blockDim, config->dynamicSmemBytes};
  return emulation::enqueue(config->stream, std::move(call));
}

template <class Kernel>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, Kernel*) {
  *attributes = {};
  attributes->maxThreadsPerBlock = 1024;
  attributes->ptxVersion = attributes->binaryVersion = 75;
  return cudaSuccess;
}
template <class Kernel>
cudaError_t cudaFuncSetAttribute(Kernel* kernel, cudaFuncAttribute attribute, int value) {
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaSuccess;
  return emulation::allow_dynamic_shared(emulation::address_of(kernel), static_cast<std::size_t>(value));
}
template <class Kernel>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, Kernel*, int threads, std::size_t) {
  *blocks = 1024 / (threads < 1 ? 1 : threads);
  return cudaSuccess;
}
template <class T>
cudaError_t cudaMemcpyToSymbolAsync(T& symbol, const void* from, std::size_t bytes, std::size_t offset = 0,
                                    cudaMemcpyKind = cudaMemcpyHostToDevice, cudaStream_t = nullptr) {
  std::memcpy(reinterpret_cast<char*>(&symbol) + offset, from, bytes);
  return cudaSuccess;
}
