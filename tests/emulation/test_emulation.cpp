// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "emulation/scheduler.hpp"
#include "emulation_kernels.hpp"

using namespace emulation_test;

namespace {

/// Sets the schedule for one test.
class scheduled {
 public:
  scheduled(emulation::order threads, std::uint64_t seed = 1, unsigned workers = 1)
      : before_(emulation::current_settings()) {
    emulation::current_settings() = {threads, seed, workers};
  }
  ~scheduled() { emulation::current_settings() = before_; }

 private:
  emulation::settings before_;
};

std::vector<int> order_of_threads(int blocks, int threads) {
  std::vector<int> order(std::size_t(blocks) * threads, -1);
  int next = 0;
  EXPECT_EQ(record_order(blocks, threads, order.data(), &next), 0);
  EXPECT_EQ(next, blocks * threads);
  return order;
}

TEST(emulation, transposes_through_shared_memory) {
  for (const auto& [width, height] : {std::pair{1, 1}, {33, 9}, {64, 16}, {31, 7}, {100, 37}}) {
    std::vector<float> in(width * height), out(width * height, -1);
    std::iota(in.begin(), in.end(), 0.0f);
    ASSERT_EQ(transpose(in.data(), out.data(), width, height), 0);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) ASSERT_EQ(out[x * height + y], in[y * width + x]);
  }
}

TEST(emulation, sums_by_shuffles_and_atomics) {
  std::vector<int> in(10007);
  std::iota(in.begin(), in.end(), -500);
  int total = 0;
  ASSERT_EQ(sum(in.data(), int(in.size()), &total), 0);
  EXPECT_EQ(total, std::accumulate(in.begin(), in.end(), 0));
}

TEST(emulation, votes_and_shuffles_in_segments) {
  std::vector<vote_results> out(64);
  ASSERT_EQ(votes(out.data()), 0);
  for (int t = 0; t < 64; ++t) {
    EXPECT_EQ(out[t].count, 22);
    EXPECT_EQ(out[t].any, 1);
    EXPECT_EQ(out[t].all, 0);
    EXPECT_EQ(out[t].ballot, 0x55555555);
    EXPECT_EQ(out[t].half, t % 32 < 16 ? t / 32 * 32 + 3 : 0);
    EXPECT_EQ(out[t].up, t % 8 == 0 ? t : t - 1);
    EXPECT_EQ(out[t].segment, t / 4 * 4 + 2);
  }
}

TEST(emulation, asynchronous_copies_arrive_at_the_wait) {
  std::vector<int> in(256), out(256), early(64);
  std::iota(in.begin(), in.end(), 0);
  ASSERT_EQ(staged_copy(in.data(), out.data(), early.data()), 0);
  for (int i = 0; i < 256; ++i) EXPECT_EQ(out[i], (63 - i / 4) * 4 + i % 4);
  // compute_75 has no asynchronous copies: what nvcc emits for them is synchronous.
  const char* replayed = std::getenv("FLUXEL_REPLAY_ARCHITECTURE");
  const bool synchronous = replayed && std::atoi(replayed) < 80;
  for (int i = 0; i < 64; ++i) EXPECT_EQ(early[i], synchronous ? in[4 * i] : -1);
}

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if !__has_feature(memory_sanitizer)
TEST(emulation, shared_memory_is_never_zero) {
  std::vector<unsigned> out(32);
  ASSERT_EQ(unwritten(out.data()), 0);
  for (unsigned v : out) EXPECT_EQ(v, 0xffffffffu);
}
#endif

TEST(emulation, orders_threads_as_asked) {
  std::vector<int> forward(64);
  std::iota(forward.begin(), forward.end(), 0);
  std::vector<int> reverse(forward.rbegin(), forward.rend());
  {
    const scheduled s(emulation::order::forward);
    EXPECT_EQ(order_of_threads(4, 16), forward);
  }
  {
    const scheduled s(emulation::order::reverse);
    EXPECT_EQ(order_of_threads(4, 16), reverse);
  }
  auto random = [](std::uint64_t seed) {
    const scheduled s(emulation::order::random, seed);
    return order_of_threads(4, 16);
  };
  const auto one = random(1);
  EXPECT_EQ(one, random(1)) << "a seed repeats its schedule";
  EXPECT_NE(one, random(2));
  auto sorted = one;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, forward);
}

TEST(emulation, two_workers_run_every_block_once) {
  const scheduled s(emulation::order::forward, 1, 2);
  auto order = order_of_threads(50, 33);
  std::sort(order.begin(), order.end());
  for (int i = 0; i < int(order.size()); ++i) ASSERT_EQ(order[i], i);
}

TEST(emulation, refuses_shapes_that_a_device_refuses) {
  EXPECT_EQ(launch_of_shape(1, 256, 1024), 0);
  EXPECT_NE(launch_of_shape(0, 256, 1024), 0);
  EXPECT_NE(launch_of_shape(1, 2048, 1024), 0);
  EXPECT_NE(launch_of_shape(1, 256, 49 << 10), 0) << "more than 48 KiB needs cudaFuncSetAttribute";
}

TEST(emulation_death, names_file_and_line) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto dies = [](broken what, const char* message) {
    EXPECT_EXIT(run_broken(what), testing::ExitedWithCode(emulation::failure_exit_code), message);
  };
  dies(broken::return_before_barrier, "some threads of the block returned.*emulation_kernels.cu:[0-9]+");
  dies(broken::two_barriers, "different __syncthreads.*emulation_kernels.cu:[0-9]+");
  dies(broken::lane_outside_mask, "not in its mask.*emulation_kernels.cu:[0-9]+");
  dies(broken::source_outside_mask, "reads a lane that is not in its mask.*emulation_kernels.cu:[0-9]+");
  dies(broken::lanes_part_ways, "different warp operations.*emulation_kernels.cu:[0-9]+");
  dies(broken::absent_lane, "has returned|deadlock.*emulation_kernels.cu:[0-9]+");
  dies(broken::misaligned, "misaligned address.*emulation_kernels.cu:[0-9]+");
}

}  // namespace
