// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory and time of a CUDA device, for benches.

#include <cuda_runtime_api.h>

#include <cstddef>
#include <utility>

namespace fluxel::bench {

/// Device memory, empty when there is none left.
class device_buffer {
 public:
  explicit device_buffer(std::size_t bytes) {
    if (cudaMalloc(&data_, bytes) != cudaSuccess)
      data_ = nullptr;
    else
      cudaMemset(data_, 99, bytes);
  }
  ~device_buffer() { cudaFree(data_); }
  device_buffer(device_buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  void* get() const { return data_; }

 private:
  void* data_ = nullptr;
};

/// Milliseconds on the device of `enqueue(stream)`.
class timer {
 public:
  timer() {
    cudaStreamCreate(&stream_);
    cudaEventCreate(&first_);
    cudaEventCreate(&last_);
  }
  ~timer() {
    cudaEventDestroy(first_);
    cudaEventDestroy(last_);
    cudaStreamDestroy(stream_);
  }
  template <class F>
  float operator()(F&& enqueue) {
    cudaEventRecord(first_, stream_);
    enqueue(stream_);
    cudaEventRecord(last_, stream_);
    cudaEventSynchronize(last_);
    float ms = 0;
    cudaEventElapsedTime(&ms, first_, last_);
    return ms;
  }

 private:
  cudaStream_t stream_{};
  cudaEvent_t first_{}, last_{};
};

}  // namespace fluxel::bench
