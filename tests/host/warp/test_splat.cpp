// SPDX-License-Identifier: Apache-2.0
// Splats and blends against plain loops. Runs on the CPU, and on the CUDA row of the library it is linked with where
// that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fluxel/blend.hpp"
#include "fluxel/image.hpp"
#include "fluxel/splat.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

class Splat : public testing::TestWithParam<run_on> {
 protected:
  void SetUp() override {
    if (GetParam() == run_on::cuda && device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
  placement where() const { return {.processor = GetParam()}; }
};

template <class T>
image<T> noise(int w, int h, int channels, std::uint64_t seed) {
  image<T> im(w, h, channels);
  test::random r(seed);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = test::random_value<T>(r);
  return im;
}

TEST_P(Splat, WholePixelsMoveAndLeaveHoles) {
  const auto src = noise<u16>(9, 7, 3, 1);
  image<f32> flow(9, 7, 2);
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 9; ++x) flow(x, y, 0) = 4, flow(x, y, 1) = -2;
  image<u16> dst(9, 7, 3);
  image<u8> covered(9, 7);
  splat(src, flow.view(), dst, {.covered = covered.view()}, {.scale = 0.5}, where());
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 9; ++x) {
      const bool arrives = x >= 2 && y <= 5;
      EXPECT_EQ(covered(x, y), arrives ? 255 : 0);
      for (int c = 0; c < 3; ++c) EXPECT_EQ(dst(x, y, c), arrives ? src(x - 2, y + 1, c) : 0);
    }
}

TEST_P(Splat, PriorityThenNearnessThenOrderDecide) {
  image<u8> src(4, 1), dst(4, 1), priority(4, 1);
  image<f32> flow(4, 1, 2);
  for (int x = 0; x < 4; ++x) src(x, 0) = u8(10 * (x + 1)), flow(x, 0, 0) = float(2 - x);  // all go to pixel 2
  splat(src, flow.view(), dst, {}, {}, where());
  EXPECT_EQ(dst(2, 0), 40) << "the last";
  flow(0, 0, 0) = 2, flow(1, 0, 0) = 1.25f, flow(2, 0, 0) = 0.5f, flow(3, 0, 0) = -0.75f;
  splat(src, flow.view(), dst, {}, {}, where());
  EXPECT_EQ(dst(2, 0), 10) << "the nearest";
  priority(1, 0) = 3, priority(3, 0) = 2;
  splat(src, flow.view(), dst, {.priority = priority.view()}, {}, where());
  EXPECT_EQ(dst(2, 0), 20) << "the one with the highest priority";
}

TEST_P(Splat, PixelsOfUnknownFlowStayBehind) {
  image<f32> src(2, 1), dst(2, 1), flow(2, 1, 2);
  src(0, 0) = 1, src(1, 0) = 2;
  flow(0, 0, 0) = std::numeric_limits<float>::quiet_NaN();
  flow(1, 0, 1) = 2e9f;
  image<u8> covered(2, 1);
  splat(src, flow.view(), dst, {.covered = covered.view()}, {}, where());
  EXPECT_TRUE(dst(0, 0) == 0 && dst(1, 0) == 0 && covered(0, 0) == 0 && covered(1, 0) == 0);
}

TEST_P(Splat, SplatRefusesWhatDoesNotFit) {
  image<u8> src(4, 3), dst(4, 3), small(3, 3), rgb(4, 3, 3);
  image<f32> flow(4, 3, 2), grey(4, 3);
  const auto call = [&](const image<u8>& from, const image<f32>& by, const splat_masks& masks,
                        const splat_options& options = {}) {
    return rejection([&] { splat(from, by.view(), dst, masks, options, where()); });
  };
  EXPECT_EQ(call(src, grey, {}), "splat: flow: must have 2 channels, or 2 planes of 1 channel");
  EXPECT_NE(call(small, flow, {}).find("splat: "), std::string::npos);
  EXPECT_NE(call(src, flow, {.priority = small.view()}).find("splat: masks.priority: "), std::string::npos);
  EXPECT_EQ(call(src, flow, {.priority = rgb.view()}), "splat: masks.priority: must have 1 channel and 1 plane");
  EXPECT_NE(call(src, flow, {.covered = small.view()}).find("splat: masks.covered: "), std::string::npos);
  EXPECT_NE(call(src, flow, {}, {.scale = 1e7}).find("splat: options.scale: is"), std::string::npos);
}

TEST_P(Splat, BlendIsTheNearestInteger) {
  const auto a = noise<u8>(61, 9, 3, 2), b = noise<u8>(61, 9, 3, 3), weight = noise<u8>(61, 9, 1, 4);
  image<u8> dst(61, 9, 3);
  blend(a, b, weight.view(), dst, {}, where());
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 61; ++x)
      for (int c = 0; c < 3; ++c)
        EXPECT_EQ(dst(x, y, c), std::floor(a(x, y, c) + (b(x, y, c) - a(x, y, c)) * weight(x, y) / 255.0 + 0.5));
}

TEST_P(Splat, BlendEndsAreTheImagesThemselves) {
  constexpr float infinite = std::numeric_limits<float>::infinity();
  image<f32> a(3, 1), b(3, 1), dst(3, 1);
  a(0, 0) = 0.1f, b(0, 0) = infinite, a(1, 0) = -infinite, b(1, 0) = 0.3f, a(2, 0) = 1, b(2, 0) = 2;
  image<u8> weight(3, 1);
  weight(1, 0) = 255, weight(2, 0) = 51;
  blend(a, b, weight.view(), dst, {}, where());
  EXPECT_EQ(dst(0, 0), 0.1f);
  EXPECT_EQ(dst(1, 0), 0.3f);
  EXPECT_FLOAT_EQ(dst(2, 0), 1.2f);
  image<u16> dark(1, 1), bright(1, 1), p010(1, 1);
  dark(0, 0) = 100 << 6, bright(0, 0) = 101 << 6;
  image<u8> half(1, 1);
  half(0, 0) = 128;
  blend(dark, bright, half.view(), p010, {.low_zero_bits = 6}, where());
  EXPECT_EQ(p010(0, 0), 101 << 6);
  EXPECT_EQ(rejection([&] { blend(dark, bright, half.view(), p010, {.low_zero_bits = 9}, where()); }),
            "blend: options.low_zero_bits: is 9; must be 0 to 8");
  EXPECT_NE(rejection([&] { blend(dark, bright, weight.view(), p010, {}, where()); }).find("blend: weight: "),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Processors, Splat, testing::Values(run_on::cpu, run_on::cuda),
                         [](const auto& info) { return info.param == run_on::cpu ? "cpu" : "cuda"; });

}  // namespace
