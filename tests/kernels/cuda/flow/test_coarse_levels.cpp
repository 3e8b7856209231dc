// SPDX-License-Identifier: Apache-2.0
// The coarse levels that one launch solves, on the CUDA backend of whatever library this is linked with, against the
// scalar backend: frames of which all levels are coarse, and what pairs begin with.

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;

/// Pairs of frames of texture that moves, each by another vector.
struct pairs {
  size s;
  int count;
  std::vector<u8> prev, next;

  pairs(size s, int count, unsigned seed) : s(s), count(count), prev(s.width * s.height * count), next(prev.size()) {
    std::mt19937 random(seed);
    std::vector<u8> texture((s.width + 8) * (s.height + 8));
    for (int n = 0; n < count; ++n) {
      for (auto& t : texture) t = static_cast<u8>(random() % 3 == 0 ? random() : 90 + random() % 40);
      const int dx = static_cast<int>(random() % 9), dy = static_cast<int>(random() % 9);
      for (int y = 0; y < s.height; ++y)
        for (int x = 0; x < s.width; ++x) {
          const std::size_t at = (static_cast<std::size_t>(n) * s.height + y) * s.width + x;
          prev[at] = texture[(y + 4) * (s.width + 8) + x + 4];
          next[at] = texture[(y + dy) * (s.width + 8) + x + dx];
        }
    }
  }
  template <class T>
  image_view<T> view(T* data, int channels = 1) const {
    return {.data = data, .width = s.width, .height = s.height, .channels = channels, .count = count};
  }
};

/// Flow and validity of a pair, and of the second step of a sequence that starts from the flow before.
template <class Solver, class Options>
std::vector<float> solve(const pairs& p, const Options& options, run_on device, flow_start start) {
  Solver solver({.width = p.s.width, .height = p.s.height, .count = p.count}, options, {.processor = device});
  const std::size_t floats = 2 * p.prev.size();
  std::vector<float> flow(2 * floats);
  std::vector<u8> validity(p.prev.size());
  const auto prev = p.view(p.prev.data()), next = p.view(p.next.data());
  solver.run({prev, next}, {p.view(flow.data(), 2), p.view(validity.data())});
  for (const auto& frame : {prev, next, prev})
    solver.advance({.frame = frame, .start = start}, {p.view(flow.data() + floats, 2)});
  flow.insert(flow.end(), validity.begin(), validity.end());
  return flow;
}

template <class Solver, class Options>
void expect_equal(size s, int count, const Options& options, flow_start start = flow_start::zero) {
  const pairs p(s, count, s.width * 100 + s.height);
  ASSERT_TRUE(kernels::force_cpu_target("scalar"));
  const auto expected = solve<Solver>(p, options, run_on::cpu, start);
  kernels::force_cpu_target("");
  const auto actual = solve<Solver>(p, options, run_on::cuda, start);
  EXPECT_EQ(std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(float)), 0)
      << s.width << "x" << s.height << " x " << count;
}

class CudaCoarseLevels : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels::cuda_devices().devices.empty()) GTEST_SKIP() << "NOT RUN: " << kernels::cuda_devices().reason;
  }
};

constexpr size sizes[] = {{1, 1}, {1, 70}, {70, 1}, {5, 3}, {9, 8}, {16, 16}, {33, 31}, {40, 30}, {13, 60}, {64, 17}};

TEST_F(CudaCoarseLevels, HornSchunckEqualsTheScalarBackend) {
  auto options = horn_schunck_preset(flow_quality::fast);
  for (const size s : sizes) expect_equal<horn_schunck>(s, 1, options);
  options.pyramid.factor = 0.7;
  for (const size s : {size{40, 30}, size{71, 50}}) expect_equal<horn_schunck>(s, 3, options);
  options.smoothness.epsilon = 0;
  options.solver.sweeps = 1;
  options.median.passes = 3;
  expect_equal<horn_schunck>({37, 29}, 2, options);
}

TEST_F(CudaCoarseLevels, LucasKanadeEqualsTheScalarBackend) {
  auto options = lucas_kanade_preset(flow_quality::fast);
  for (const size s : sizes) expect_equal<lucas_kanade>(s, 1, options);
  options.pyramid.factor = 0.7;
  options.warping.warps = 2;
  for (const size s : {size{40, 30}, size{71, 50}}) expect_equal<lucas_kanade>(s, 3, options);
}

/// Both begin with a flow in memory, also where a level is solved a second time.
TEST_F(CudaCoarseLevels, BeginWithThePreviousFlowAndCheckTheWayBack) {
  auto hs = horn_schunck_preset(flow_quality::fast);
  auto lk = lucas_kanade_preset(flow_quality::fast);
  hs.validity.consistency = lk.validity.consistency = 1;
  for (const size s : {size{40, 30}, size{50, 44}}) {
    expect_equal<horn_schunck>(s, 2, hs, flow_start::previous_flow);
    expect_equal<lucas_kanade>(s, 2, lk, flow_start::previous_flow);
  }
}

/// What is solved level by level instead: other medians and windows, searched levels, weighted medians.
TEST_F(CudaCoarseLevels, LeaveWhatTheyDoNotTake) {
  auto lk = lucas_kanade_preset(flow_quality::fast);
  lk.window.radius = 1;
  expect_equal<lucas_kanade>({24, 20}, 1, lk);
  auto hs = horn_schunck_preset(flow_quality::fast);
  hs.search.radius = 40;
  expect_equal<horn_schunck>({72, 64}, 1, hs);
  hs.search.radius = 0;
  hs.median.radius = 2;
  expect_equal<horn_schunck>({24, 20}, 1, hs);
  hs.median.radius = 3;
  hs.precision = 256;
  hs.smoothness.epsilon = 0;
  expect_equal<horn_schunck>({9, 15}, 1, hs);
  hs.weighted_median.after = weighted_median_after::finest_level;
  expect_equal<horn_schunck>({24, 20}, 1, hs);
}

/// How far it reaches: frames that the tests above take to be coarse are.
TEST_F(CudaCoarseLevels, TakeLevelsThatFitOneBlock) {
  const auto& f = kernels::cuda()->flow;
  kernels::coarse_level_rule rule{.warps = 2, .median_radius = 3, .median_passes = 2};
  const auto count = [&](std::vector<size> s) { return f.count_coarse_levels(s, s.size(), rule); };
  for (bool windows : {false, true}) {
    rule.windows = windows;
    for (const size s : sizes) EXPECT_EQ(count({s}), 1u) << s.width << "x" << s.height;
    EXPECT_EQ(count({{640, 480}, {320, 240}, {160, 120}, {80, 60}, {40, 30}, {20, 15}, {10, 8}, {5, 4}}), 4u);
    EXPECT_EQ(count({{2000, 1}, {1000, 1}}), 0u);
    EXPECT_EQ(count({{1000, 1}, {1 << 20, 1 << 20}}), 0u);
  }
  rule.median_radius = 2;
  EXPECT_EQ(count({{5, 4}}), 0u);
}

}  // namespace
