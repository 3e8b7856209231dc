// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include "emulation/late_streams.hpp"

namespace {

class late_work : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cudaStreamCreateWithFlags(&first_, cudaStreamNonBlocking), cudaSuccess);
    ASSERT_EQ(cudaStreamCreateWithFlags(&second_, cudaStreamNonBlocking), cudaSuccess);
    ASSERT_EQ(cudaEventCreateWithFlags(&event_, 0), cudaSuccess);
  }
  void TearDown() override {
    cudaEventDestroy(event_);
    cudaStreamDestroy(second_);
    cudaStreamDestroy(first_);
  }
  static void copy(int& to, const int& from, cudaStream_t stream) {
    ASSERT_EQ(cudaMemcpyAsync(&to, &from, sizeof to, cudaMemcpyDeviceToDevice, stream), cudaSuccess);
  }

  emulation::late_streams late_;
  cudaStream_t first_ = nullptr, second_ = nullptr;
  cudaEvent_t event_ = nullptr;
};

TEST_F(late_work, is_done_when_someone_waits) {
  const int one = 1;
  int to = 0;
  copy(to, one, first_);
  EXPECT_EQ(cudaStreamSynchronize(second_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(to, 0);
  EXPECT_EQ(cudaStreamSynchronize(first_), cudaSuccess);
  EXPECT_EQ(to, 1);
}

TEST_F(late_work, is_done_no_further_than_an_event) {
  const int one = 1, two = 2;
  int to = 0;
  copy(to, one, first_);
  ASSERT_EQ(cudaEventRecord(event_, first_), cudaSuccess);
  copy(to, two, first_);
  EXPECT_EQ(cudaEventSynchronize(event_), cudaSuccess);
  EXPECT_EQ(to, 1);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(to, 2);
}

TEST_F(late_work, of_two_streams_is_ordered_by_events_alone) {
  const int one = 1;
  int between = 0, with = 0, without = -1;
  copy(between, one, first_);
  ASSERT_EQ(cudaEventRecord(event_, first_), cudaSuccess);
  copy(without, between, second_);
  ASSERT_EQ(cudaStreamWaitEvent(second_, event_), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, second_), cudaSuccess);  // the wait keeps what it was told
  copy(with, between, second_);
  EXPECT_EQ(cudaStreamSynchronize(second_), cudaSuccess);
  EXPECT_EQ(without, 0);
  EXPECT_EQ(with, 1);
}

TEST_F(late_work, is_done_before_memory_goes) {
  const int one = 1;
  int to = 0;
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 4), cudaSuccess);
  copy(to, one, first_);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(to, 1);
}

}  // namespace
