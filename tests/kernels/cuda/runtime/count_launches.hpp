// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many kernels, copies and clears a call enqueues: captured by the emulated runtime, never run.

#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include "fluxel/stream.hpp"

namespace fluxel::test {

template <class Call>
std::size_t count_launches(const Call& call) {
  cudaStream_t stream = nullptr;
  cudaGraph_t graph = nullptr;
  std::size_t count = 0;
  EXPECT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  EXPECT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
  call(stream_ref(stream));
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(cudaGraphGetNodes(graph, nullptr, &count), cudaSuccess);
  cudaGraphDestroy(graph);
  cudaStreamDestroy(stream);
  return count;
}

}  // namespace fluxel::test
