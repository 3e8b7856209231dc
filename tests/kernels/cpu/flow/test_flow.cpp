// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;

/// Noise, edges and extremes: what random motion does not reach.
image<u8> hard_frame(int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  image<u8> im(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const unsigned r = random();
      im(x, y) = (x / 7 + y / 5) % 3 == 0 ? static_cast<u8>(r) : (r & 15) == 0 ? 255 : (x + seed) % 40 < 20 ? 0 : 200;
    }
  return im;
}

std::vector<float> solve(const image<u8>& a, const image<u8>& b, flow_quality quality, int threads) {
  horn_schunck solver({.width = a.width(), .height = a.height()}, horn_schunck_preset(quality),
                      {.processor = run_on::cpu, .threads = threads});
  image<float> flow(a.width(), a.height(), 2);
  solver.run(a, b, flow);
  return {flow.data(), flow.data() + flow.size()};
}

class FlowTargets : public testing::TestWithParam<size> {
 protected:
  ~FlowTargets() override { kernels::force_cpu_target(""); }
};

TEST_P(FlowTargets, EqualTheScalarBackendAtAnyThreadCount) {
  const auto [width, height] = GetParam();
  const auto a = hard_frame(width, height, 1), b = hard_frame(width, height, 2);
  for (auto quality : {flow_quality::fast, flow_quality::balanced}) {
    ASSERT_TRUE(kernels::force_cpu_target("scalar"));
    const auto expected = solve(a, b, quality, 1);
    for (const auto& target : kernels::cpu_targets())
      for (int threads : {1, 2, 7}) {
        ASSERT_TRUE(kernels::force_cpu_target(target));
        const auto actual = solve(a, b, quality, threads);
        ASSERT_EQ(std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(float)), 0)
            << target << ", " << threads << " threads, " << width << "x" << height;
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, FlowTargets,
                         testing::Values(size{1, 1}, size{1, 40}, size{40, 1}, size{5, 3}, size{31, 33}, size{64, 17},
                                         size{97, 65}, size{129, 80}, size{300, 190}, size{4200, 19}));

}  // namespace
