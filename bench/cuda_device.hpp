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

/// What `enqueue(stream)` puts on a stream, as a graph that can be replayed. `ok` is false when it cannot be
/// captured.
class captured {
 public:
  template <class F>
  explicit captured(F&& enqueue) {
    cudaStream_t stream{};
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    if (cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess) {
      enqueue(stream);
      cudaGraph_t graph{};
      if (cudaStreamEndCapture(stream, &graph) == cudaSuccess && graph) {
        if (cudaGraphInstantiate(&graph_, graph, 0) != cudaSuccess) graph_ = nullptr;
        cudaGraphDestroy(graph);
      }
    }
    cudaStreamDestroy(stream);
  }
  ~captured() {
    if (graph_) cudaGraphExecDestroy(graph_);
  }
  captured(const captured&) = delete;
  captured& operator=(const captured&) = delete;

  bool ok() const { return graph_ != nullptr; }
  void replay(cudaStream_t stream) const { cudaGraphLaunch(graph_, stream); }

 private:
  cudaGraphExec_t graph_{};
};

/// One allocation cut into pairs of a source and a destination; so many that together they exceed four times the L2
/// cache, so that every call finds its source in memory only.
class rotating_pairs {
 public:
  rotating_pairs(std::size_t src_bytes, std::size_t dst_bytes)
      : src_(whole(src_bytes)),
        count_(enough(src_ + whole(dst_bytes))),
        pair_(src_ + whole(dst_bytes)),
        memory_(count_ * pair_) {}
  bool ok() const { return memory_.get() != nullptr; }
  std::size_t count() const { return count_; }
  std::byte* src(std::size_t i) const { return static_cast<std::byte*>(memory_.get()) + i * pair_; }
  std::byte* dst(std::size_t i) const { return src(i) + src_; }

 private:
  static std::size_t whole(std::size_t bytes) { return (bytes + 255) / 256 * 256; }
  static std::size_t enough(std::size_t pair) {
    int l2 = 0;
    cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, 0);
    const std::size_t n = 4 * static_cast<std::size_t>(l2) / pair + 2;
    return n < 200 ? n : 200;
  }
  std::size_t src_, count_, pair_;
  device_buffer memory_;
};

}  // namespace fluxel::bench
