// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

#include "emulation/call_count.hpp"
#include "scheduler/replay.hpp"
#include "scheduler/streams.hpp"

namespace emulation {

namespace {

/// Fresh device memory holds whatever was there before; small blocks are filled with a pattern that shows.
constexpr std::size_t filled_up_to = 1 << 20;

class kernel_limits {
 public:
  void set(const void* kernel, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    for (auto& known : dynamic_)
      if (known.first == kernel) return void(known.second = bytes);
    dynamic_.emplace_back(kernel, bytes);
  }
  std::size_t get(const void* kernel) {
    const std::lock_guard lock(mutex_);
    for (const auto& known : dynamic_)
      if (known.first == kernel) return known.second;
    return static_shared_limit;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<const void*, std::size_t>> dynamic_;  // not a map: MSan sees no code of libstdc++
};

kernel_limits& limits() {
  static kernel_limits all;
  return all;
}

std::atomic<std::size_t> calls{0};

}  // namespace

void count_call() { ++calls; }
std::size_t runtime_calls() { return calls; }

cudaError_t allow_dynamic_shared(const void* kernel, std::size_t bytes) {
  if (bytes > dynamic_shared_limit) return cudaErrorInvalidValue;
  limits().set(kernel, bytes);
  return cudaSuccess;
}

cudaError_t start(const void* kernel, const launch& what, void* const* arguments) {
  if (what.dynamic_shared > static_shared_limit && what.dynamic_shared > limits().get(kernel)) {
    return cudaErrorInvalidValue;
  }
  const translation* translated = translation_of(kernel);
  if (!translated) return run(what) ? cudaSuccess : cudaErrorInvalidConfiguration;
  if (what.block.x * what.block.y * what.block.z > translated->max_threads) return cudaErrorInvalidConfiguration;
  struct call {
    const translation* kernel;
    void* const* arguments;
  } one{translated, arguments};
  launch replayed = what;
  replayed.argument = &one;
  replayed.body = [](void* self) {
    const auto& c = *static_cast<const call*>(self);
    c.kernel->run(c.arguments);
  };
  return run(replayed) ? cudaSuccess : cudaErrorInvalidConfiguration;
}

}  // namespace emulation

cudaError_t cudaGetDeviceCount(int* count) { return emulation::count_call(), *count = 1, cudaSuccess; }
cudaError_t cudaGetDevice(int* device) { return emulation::count_call(), *device = 0, cudaSuccess; }
cudaError_t cudaSetDevice(int device) {
  return emulation::count_call(), device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  emulation::count_call();
  if (device != 0) return cudaErrorInvalidDevice;
  *properties = {};
  std::snprintf(properties->name, sizeof properties->name, "emulated device");
  properties->major = 7;
  properties->minor = 5;
  properties->totalGlobalMem = std::size_t{1} << 32;
  properties->sharedMemPerBlock = emulation::static_shared_limit;
  properties->sharedMemPerBlockOptin = emulation::dynamic_shared_limit;
  properties->multiProcessorCount = emulation::current_settings().multiprocessors;
  properties->l2CacheSize = 1 << 20;
  properties->maxThreadsPerBlock = properties->maxThreadsPerMultiProcessor = 1024;
  properties->warpSize = 32;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  cudaDeviceProp p;
  if (const cudaError_t e = cudaGetDeviceProperties(&p, device)) return e;
  switch (attribute) {
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = static_cast<int>(p.sharedMemPerBlock);
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = p.multiProcessorCount;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *value = p.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = p.minor;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(p.sharedMemPerBlockOptin);
      break;
  }
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* version) { return emulation::count_call(), *version = 13000, cudaSuccess; }
cudaError_t cudaDriverGetVersion(int* version) { return emulation::count_call(), *version = 13000, cudaSuccess; }
cudaError_t cudaDeviceSynchronize() {
  emulation::count_call();
  const cudaError_t e = emulation::refuse_in_capture();
  return e ? e : emulation::do_all_streams();
}
cudaError_t cudaGetLastError() { return emulation::count_call(), cudaSuccess; }
cudaError_t cudaPeekAtLastError() { return emulation::count_call(), cudaSuccess; }
const char* cudaGetErrorName(cudaError_t error) {
  emulation::count_call();
  return error == cudaSuccess ? "cudaSuccess" : "emulated CUDA error";
}
const char* cudaGetErrorString(cudaError_t error) {
  emulation::count_call();
  return error == cudaSuccess ? "no error" : "emulated CUDA error";
}

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  emulation::count_call();
  *pointer = nullptr;
  if (const cudaError_t e = emulation::refuse_in_capture()) return e;
  if (bytes == 0) return cudaSuccess;
  if (posix_memalign(pointer, 256, bytes)) return cudaErrorMemoryAllocation;  // of exact size, for ASan
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
  return cudaSuccess;
#endif
#endif
  if (bytes <= emulation::filled_up_to) std::memset(*pointer, 0xA5, bytes);
  return cudaSuccess;
}
cudaError_t cudaMallocAsync(void** pointer, std::size_t bytes, cudaStream_t) { return cudaMalloc(pointer, bytes); }
cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) { return cudaMalloc(pointer, bytes); }
cudaError_t cudaFree(void* pointer) {
  emulation::count_call();
  if (const cudaError_t e = emulation::refuse_in_capture()) return e;
  const cudaError_t done = emulation::do_all_streams();  // as on a device, which waits for what may use the memory
  return std::free(pointer), done;
}
cudaError_t cudaFreeAsync(void* pointer, cudaStream_t) { return cudaFree(pointer); }
cudaError_t cudaFreeHost(void* pointer) { return cudaFree(pointer); }
cudaError_t cudaMemGetInfo(std::size_t* available, std::size_t* total) {
  emulation::count_call();
  *available = *total = std::size_t{1} << 32;
  return cudaSuccess;
}
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  if (const cudaError_t e = emulation::refuse_in_capture()) return e;
  return cudaMemcpyAsync(to, from, bytes, kind, nullptr);
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return cudaMemcpy2DAsync(to, bytes, from, bytes, bytes, 1, kind, stream);
}
cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                              std::size_t bytes, std::size_t rows, cudaMemcpyKind, cudaStream_t stream) {
  emulation::count_call();
  return emulation::enqueue(stream, [=] {
    for (std::size_t y = 0; y < rows && bytes > 0; ++y)
      std::memcpy(static_cast<char*>(to) + y * to_pitch, static_cast<const char*>(from) + y * from_pitch, bytes);
    return cudaSuccess;
  });
}
cudaError_t cudaMemset(void* to, int value, std::size_t bytes) {
  if (const cudaError_t e = emulation::refuse_in_capture()) return e;
  return cudaMemsetAsync(to, value, bytes, nullptr);
}
cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  emulation::count_call();
  return emulation::enqueue(stream, [=] {
    if (bytes > 0) std::memset(to, value, bytes);
    return cudaSuccess;
  });
}
