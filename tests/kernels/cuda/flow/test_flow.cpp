// SPDX-License-Identifier: Apache-2.0
// The flow solver on the CUDA backend of whatever library this is linked with, against the scalar backend.

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;

/// Noise, edges and extremes: what random motion does not reach.
template <class T>
image<T> hard_frame(int width, int height, int channels, unsigned seed) {
  std::mt19937 random(seed);
  image<T> im(width, height, channels);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) {
        const unsigned r = random();
        const unsigned v = (x / 7 + y / 5) % 3 == 0 ? r & 255 : (r & 15) == 0 ? 255 : (x + seed) % 40 < 20 ? 0 : 200;
        im(x, y, c) = std::is_same_v<T, float> ? static_cast<T>(v / 255.0) : static_cast<T>(v);
      }
  return im;
}

template <class T>
std::vector<float> solve(const image<T>& a, const image<T>& b, const horn_schunck_options& options, run_on device) {
  const flow_geometry geometry{.width = a.width(),
                               .height = a.height(),
                               .channels = a.channels(),
                               .type = element_traits<T>::type,
                               .bit_depth = std::is_same_v<T, u16> ? 10 : 16};
  horn_schunck solver(geometry, options, {.processor = device});
  image<float> flow(a.width(), a.height(), 2);
  solver.run(a, b, flow);
  return {flow.data(), flow.data() + flow.size()};
}

template <class T>
void expect_equal(size s, int channels, const horn_schunck_options& options) {
  const auto a = hard_frame<T>(s.width, s.height, channels, 1), b = hard_frame<T>(s.width, s.height, channels, 2);
  ASSERT_TRUE(kernels::force_cpu_target("scalar"));
  const auto expected = solve(a, b, options, run_on::cpu);
  kernels::force_cpu_target("");
  const auto actual = solve(a, b, options, run_on::cuda);
  EXPECT_EQ(std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(float)), 0)
      << s.width << "x" << s.height << "x" << channels;
}

class CudaFlow : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels::cuda_devices().devices.empty()) GTEST_SKIP() << "NOT RUN: " << kernels::cuda_devices().reason;
  }
};

TEST_F(CudaFlow, EqualsTheScalarBackend) {
  auto options = horn_schunck_preset(flow_quality::fast);
  options.solver.sweeps = 6;
  for (auto s : {size{1, 1}, size{1, 40}, size{40, 1}, size{5, 3}, size{33, 31}, size{70, 45}})
    expect_equal<u8>(s, 1, options);
}

TEST_F(CudaFlow, EqualsTheScalarBackendForEveryMedianTypeAndEnergy) {
  auto options = horn_schunck_preset(flow_quality::balanced);
  options.weighted_median.after = weighted_median_after::never;
  options.pyramid.factor = 0.7;
  options.warping.warps = 1;
  options.solver.sweeps = 3;
  for (int radius : {0, 1, 2, 3}) {
    options.median.radius = radius;
    expect_equal<u8>({41, 37}, 3, options);
  }
  expect_equal<f32>({41, 37}, 4, options);
  options.smoothness.edge_scale = 0;
  options.data_term.brightness_epsilon = options.data_term.gradient_epsilon = 0;
  options.solver.chebyshev_radius = 0;
  expect_equal<u16>({41, 37}, 1, options);
}

}  // namespace
