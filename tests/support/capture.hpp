// SPDX-License-Identifier: Apache-2.0
#pragma once

// Device memory for images, and graphs of what is enqueued: on a GPU, and on the emulator.

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <functional>

#include "fluxel/device.hpp"
#include "fluxel/image.hpp"
#include "fluxel/stream.hpp"

#define CUDA_OK(call) ASSERT_EQ(call, cudaSuccess)

namespace fluxel::test {

/// Device memory for one packed image.
template <class T>
class device_image {
 public:
  device_image(int width, int height, int channels)
      : view_{.width = width, .height = height, .channels = channels, .memory = memory_kind::device} {
    EXPECT_EQ(cudaMalloc(reinterpret_cast<void**>(&view_.data), bytes()), cudaSuccess);
    EXPECT_EQ(cudaMemset(view_.data, 0, bytes()), cudaSuccess);
  }
  ~device_image() { cudaFree(view_.data); }
  device_image(const device_image&) = delete;
  device_image& operator=(const device_image&) = delete;

  image_view<T> view() const { return view_; }
  image_view<const T> source() const { return view_; }
  size shape() const { return {view_.width, view_.height}; }
  void set(const image<T>& pixels) {
    ASSERT_EQ(cudaMemcpy(view_.data, pixels.data(), bytes(), cudaMemcpyHostToDevice), cudaSuccess);
  }
  image<T> get() const {
    image<T> pixels(view_.width, view_.height, view_.channels);
    EXPECT_EQ(cudaMemcpy(pixels.data(), view_.data, bytes(), cudaMemcpyDeviceToHost), cudaSuccess);
    return pixels;
  }

 private:
  std::size_t bytes() const { return std::size_t(view_.width) * view_.height * view_.channels * sizeof(T); }
  image_view<T> view_;
};

/// What `call` enqueues, as a graph.
class captured {
 public:
  captured(cudaStream_t stream, const std::function<void(stream_ref)>& call) : stream_(stream) {
    EXPECT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), cudaSuccess);
    call(stream_);
    EXPECT_EQ(cudaStreamEndCapture(stream_, &graph_), cudaSuccess);
    EXPECT_EQ(cudaGraphInstantiate(&ready_, graph_, 0), cudaSuccess);
  }
  ~captured() {
    cudaGraphExecDestroy(ready_);
    cudaGraphDestroy(graph_);
  }
  captured(const captured&) = delete;
  captured& operator=(const captured&) = delete;

  void replay() const {
    CUDA_OK(cudaGraphLaunch(ready_, stream_));
    CUDA_OK(cudaStreamSynchronize(stream_));
  }

 private:
  cudaStream_t stream_;
  cudaGraph_t graph_ = nullptr;
  cudaGraphExec_t ready_ = nullptr;
};

class Capture : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << "NOT RUN: " << no_device_reason();
    warm_up(0);
    CUDA_OK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
  }
  void TearDown() override {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }

  /// Captures `call`, replays it after `renew` has put new pixels there.
  void capture_and_replay(const std::function<void(stream_ref)>& call, const std::function<void()>& renew) {
    const captured graph(stream_, call);
    renew();
    for (int again = 0; again < 2; ++again) graph.replay();
  }

  cudaStream_t stream_ = nullptr;
};

}  // namespace fluxel::test
