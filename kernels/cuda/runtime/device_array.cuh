// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

/// Host data copied to the current device: finished on return, on a stream of its own, so that it neither waits for
/// the caller's streams nor disturbs a capture on them.
template <class T>
class device_table {
 public:
  device_table() = default;
  explicit device_table(const std::vector<T>& from) { assign(from); }
  /// Once, to an empty table.
  void assign(const std::vector<T>& from) {
    if (from.empty()) return;
    const std::size_t bytes = from.size() * sizeof(T);
    void* p = nullptr;
    failed_ = cudaMalloc(&p, bytes) != cudaSuccess;
    if (failed_) return;
    data_ = static_cast<T*>(p);
    cudaStream_t stream = nullptr;
    failed_ = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) != cudaSuccess;
    if (failed_) return;
    failed_ = cudaMemcpyAsync(p, from.data(), bytes, cudaMemcpyHostToDevice, stream) != cudaSuccess ||
              cudaStreamSynchronize(stream) != cudaSuccess;
    cudaStreamDestroy(stream);
  }
  ~device_table() {
    if (data_) cudaFree(data_);
  }
  device_table(const device_table&) = delete;
  device_table& operator=(const device_table&) = delete;

  const T* data() const { return data_; }
  bool failed() const { return failed_; }

 private:
  T* data_ = nullptr;
  bool failed_ = false;
};

}  // namespace fluxel::kernels::gpu
