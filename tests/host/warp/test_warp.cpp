// SPDX-License-Identifier: Apache-2.0
// Warps against interpolation in double at the rounded positions. Runs on the CPU, and on the CUDA row of the library
// it is linked with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/warp.hpp"
#include "tests/support/exact_sample.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

class Warp : public testing::TestWithParam<run_on> {
 protected:
  void SetUp() override {
    if (GetParam() == run_on::cuda && device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
  placement where() const { return {.processor = GetParam()}; }

  template <class T>
  image<T> warped(const image<T>& src, const image<f32>& flow, const warp_options& options = {}) const {
    image<T> dst(flow.width(), flow.height(), src.channels());
    warp(src, flow.view(), dst, options, where());
    return dst;
  }
};

image<f32> constant_flow(int w, int h, float u, float v) {
  image<f32> flow(w, h, 2);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) flow(x, y, 0) = u, flow(x, y, 1) = v;
  return flow;
}

template <class T>
image<T> noise(int w, int h, int channels, int seed) {
  image<T> im(w, h, channels);
  test::random r(static_cast<std::uint64_t>(seed));
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = test::random_value<T>(r);
  return im;
}

template <class T>
void expect_exact(const image<T>& src, const image<f32>& flow, const image<T>& got, warp_filter filter, double scale,
                  double largest, double error) {
  for (int y = 0; y < got.height(); ++y)
    for (int x = 0; x < got.width(); ++x)
      for (int c = 0; c < got.channels(); ++c) {
        const double px = x + std::nearbyint(256 * scale * flow(x, y, 0)) / 256;
        const double py = y + std::nearbyint(256 * scale * flow(x, y, 1)) / 256;
        const double exact = std::clamp(test::exact_sample(src, c, px, py, filter), 0.0, largest);
        ASSERT_NEAR(double(got(x, y, c)), exact, error) << x << ", " << y << " from " << px << ", " << py;
      }
}

TEST_P(Warp, IsInterpolationAtTheRoundedPosition) {
  for (const warp_filter filter : {warp_filter::bilinear, warp_filter::bicubic}) {
    const bool linear = filter == warp_filter::bilinear;
    image<f32> flow(33, 21, 2);
    test::random r(4);
    for (std::size_t i = 0; i < flow.size(); ++i)
      flow.data()[i] = std::round(float(40 * (test::random_value<float>(r) - 0.5)) * 128) / 128;
    const auto bytes = noise<u8>(33, 21, 3, 1);
    expect_exact(bytes, flow, warped(bytes, flow, {.filter = filter}), filter, 1, 255, linear ? 0.5 : 0.6);
    const auto words = noise<u16>(33, 21, 1, 2);
    expect_exact(words, flow, warped(words, flow, {.filter = filter}), filter, 1, 65535, 0.501);
    auto floats = noise<f32>(33, 21, 2, 3);
    for (std::size_t i = 0; i < floats.size(); ++i) floats.data()[i] = std::clamp(floats.data()[i], 0.4f, 0.6f);
    expect_exact(floats, flow, warped(floats, flow, {.filter = filter, .scale = -0.5}), filter, -0.5, 1, 1e-6);
  }
}

TEST_P(Warp, WholePixelsAreCopiedAndTheBorderRepeats) {
  const auto src = noise<u8>(19, 13, 3, 7);
  for (const warp_filter filter : {warp_filter::bilinear, warp_filter::bicubic}) {
    const auto got = warped(src, constant_flow(19, 13, 5, -3), {.filter = filter});
    for (int y = 0; y < 13; ++y)
      for (int x = 0; x < 19; ++x)
        for (int c = 0; c < 3; ++c) ASSERT_EQ(got(x, y, c), src(std::min(x + 5, 18), std::max(y - 3, 0), c));
    const auto far = warped(src, constant_flow(19, 13, 8e8f, -8e8f), {.filter = filter});
    EXPECT_EQ(far(3, 3, 1), src(18, 0, 1));
  }
}

TEST_P(Warp, ConstantsStayAndWhatLiesBesideDoesNoHarm) {
  image<f32> src(9, 9);
  std::fill(src.data(), src.data() + src.size(), 0.1f);
  for (const warp_filter filter : {warp_filter::bilinear, warp_filter::bicubic}) {
    const auto got = warped(src, constant_flow(9, 9, 0.3f, 0.7f), {.filter = filter});
    EXPECT_TRUE(std::all_of(got.data(), got.data() + got.size(), [](float v) { return v == 0.1f; }));
  }
  src(5, 4) = std::numeric_limits<float>::infinity();
  const auto got = warped(src, constant_flow(9, 9, 1, 0));
  EXPECT_EQ(got(3, 4), 0.1f) << "infinity beside a weight of 0";
  EXPECT_TRUE(std::isinf(got(4, 4)));
}

TEST_P(Warp, UnknownFlowCopiesThePixel) {
  const auto src = noise<u16>(4, 1, 1, 5);
  auto flow = constant_flow(4, 1, 1, 0);
  flow(1, 0, 0) = std::numeric_limits<float>::quiet_NaN();
  flow(2, 0, 1) = 1e10f;
  const auto got = warped(src, flow);
  EXPECT_EQ(got(0, 0), src(1, 0));
  EXPECT_EQ(got(1, 0), src(1, 0));
  EXPECT_EQ(got(2, 0), src(2, 0));
}

TEST_P(Warp, BicubicOfTenBitsStaysInTenBits) {
  image<u16> src(8, 1);
  for (int x = 4; x < 8; ++x) src(x, 0) = 1023;
  const auto flow = constant_flow(8, 1, 0.5f, 0);
  const auto ten = warped(src, flow, {.filter = warp_filter::bicubic, .bit_depth = 10});
  EXPECT_EQ(*std::max_element(ten.data(), ten.data() + 8), 1023);
  const auto all = warped(src, flow, {.filter = warp_filter::bicubic});
  EXPECT_GT(*std::max_element(all.data(), all.data() + 8), 1023);
}

TEST_P(Warp, PlanesAndBatchesHaveTheirFlow) {
  image<u8> src(7, 5, 1, 3, 2), dst(7, 5, 1, 3, 2);
  test::random r(6);
  for (std::size_t i = 0; i < src.size(); ++i) src.data()[i] = test::random_value<u8>(r);
  image<f32> flow(7, 5, 1, 2, 2);  // u and v as planes; the second image moves by (1, 2)
  std::fill(flow.data() + 70, flow.data() + 105, 1.0f);
  std::fill(flow.data() + 105, flow.data() + 140, 2.0f);
  warp(src, flow.view(), dst, {}, where());
  EXPECT_TRUE(std::equal(dst.data(), dst.data() + 105, src.data())) << "the first image stays";
  for (int p = 0; p < 3; ++p)
    EXPECT_EQ(dst.data()[105 + 35 * p + 7 * 1 + 2], src.data()[105 + 35 * p + 7 * 3 + 3]) << p;
}

TEST_P(Warp, RefusesWhatDoesNotFit) {
  image<u8> src(4, 3), dst(4, 3), rgb(4, 3, 3);
  const image<f32> flow(4, 3, 2), small(3, 3, 2), grey(4, 3);
  const auto call = [&](const image<u8>& from, const image<f32>& by, const warp_options& options = {}) {
    return rejection([&] { warp(from, by.view(), dst, options, where()); });
  };
  EXPECT_EQ(call(src, grey), "warp: flow: must have 2 channels, or 2 planes of 1 channel");
  EXPECT_NE(call(src, small).find("warp: flow: "), std::string::npos);
  EXPECT_NE(call(rgb, flow).find("warp: "), std::string::npos);
  EXPECT_EQ(call(src, flow, {.bit_depth = 7}), "warp: options.bit_depth: is 7; must be 8 to 16");
  EXPECT_NE(call(src, flow, {.scale = std::nan("")}).find("warp: options.scale: is"), std::string::npos);
  EXPECT_EQ(call(src, flow, {.filter = static_cast<warp_filter>(2)}),
            "warp: options.filter: is not one of warp_filter");
  EXPECT_NE(rejection([&] { warp(dst, flow.view(), dst, {}, where()); }).find("warp: "), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Processors, Warp, testing::Values(run_on::cpu, run_on::cuda),
                         [](const auto& info) { return info.param == run_on::cpu ? "cpu" : "cuda"; });

}  // namespace
