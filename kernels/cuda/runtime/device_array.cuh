// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kernels/contract/memory.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

/// Host data copied to the current device; finished on return.
template <class T>
class device_table {
 public:
  explicit device_table(const table_allocator& memory) : memory_(memory) {}
  device_table(const table_allocator& memory, const std::vector<T>& from) : memory_(memory) { assign(from); }
  /// Once, to an empty table.
  void assign(const std::vector<T>& from) {
    if (from.empty()) return;
    bytes_ = from.size() * sizeof(T);
    data_ = static_cast<T*>(allocate());
    failed_ = data_ == nullptr || !upload(from.data());
  }
  ~device_table() {
    if (data_ == nullptr) return;
    if (memory_.release != nullptr)
      memory_.release(memory_.owner, data_, bytes_);
    else
      cudaFree(data_);
  }
  device_table(const device_table&) = delete;
  device_table& operator=(const device_table&) = delete;

  const T* data() const { return data_; }
  bool failed() const { return failed_; }

 private:
  void* allocate() const {
    if (memory_.allocate != nullptr) return memory_.allocate(memory_.owner, bytes_);
    void* p = nullptr;
    return cudaMalloc(&p, bytes_) == cudaSuccess ? p : nullptr;
  }
  /// Memory from an allocator is there in the order of the legacy stream. Our own is there at once: a stream of its
  /// own neither waits for the caller's streams nor disturbs a capture on them.
  bool upload(const T* from) {
    cudaStream_t stream = nullptr;
    const bool own = memory_.allocate == nullptr;
    if (own && cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) != cudaSuccess) return false;
    const bool done = cudaMemcpyAsync(data_, from, bytes_, cudaMemcpyHostToDevice, stream) == cudaSuccess &&
                      cudaStreamSynchronize(stream) == cudaSuccess;
    if (own) cudaStreamDestroy(stream);
    return done;
  }

  table_allocator memory_;
  T* data_ = nullptr;
  std::size_t bytes_ = 0;
  bool failed_ = false;
};

}  // namespace fluxel::kernels::gpu
