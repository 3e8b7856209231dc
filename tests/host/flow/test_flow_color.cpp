// SPDX-License-Identifier: Apache-2.0
// Flow in colors against the published wheel in double, and lengths against sorted ones. Runs on the CPU, and on the
// CUDA row of the library it is linked with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "fluxel/flow_color.hpp"
#include "fluxel/image.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;
using rgb = std::array<int, 3>;

class FlowColor : public testing::TestWithParam<run_on> {
 protected:
  void SetUp() override {
    if (GetParam() == run_on::cuda && device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
  placement where() const { return {.processor = GetParam()}; }

  image<u8> drawn(const image<f32>& flow, double full_length) const {
    image<u8> colors(flow.width(), flow.height(), 3);
    draw_flow(flow.view(), colors.view(), {.full_length = full_length}, where());
    return colors;
  }
  rgb color(float u, float v, double full_length = 1) const {
    image<f32> flow(1, 1, 2);
    flow(0, 0, 0) = u, flow(0, 0, 1) = v;
    const auto c = drawn(flow, full_length);
    return {c(0, 0, 0), c(0, 0, 1), c(0, 0, 2)};
  }
  flow_lengths measured(const image<f32>& flow) const {
    flow_lengths lengths;
    measure_flow_lengths(flow.view(), {&lengths, 1}, where());
    return lengths;
  }
};

/// The wheel's colors as published, in whole levels, with what is between them.
std::array<double, 3> published_color(double u, double v) {
  static const auto wheel = [] {
    std::vector<std::array<double, 3>> w;
    const auto arc = [&](int steps, auto&& color) {
      for (int i = 0; i < steps; ++i) w.push_back(color(std::floor(255.0 * i / steps)));
    };
    using c = std::array<double, 3>;
    arc(15, [](double x) { return c{255, x, 0}; });
    arc(6, [](double x) { return c{255 - x, 255, 0}; });
    arc(4, [](double x) { return c{0, 255, x}; });
    arc(11, [](double x) { return c{0, 255 - x, 255}; });
    arc(13, [](double x) { return c{x, 0, 255}; });
    arc(6, [](double x) { return c{255, 0, 255 - x}; });
    return w;
  }();
  const double length = std::hypot(u, v);
  const double place = (std::atan2(-v, -u) / std::numbers::pi + 1) / 2 * 54;
  const int first = std::clamp(int(place), 0, 54);
  std::array<double, 3> out;
  for (int c = 0; c < 3; ++c) {
    const double hue = std::lerp(wheel[first][c], wheel[(first + 1) % 55][c], place - first) / 255;
    out[c] = 255 * (length <= 1 ? 1 - length * (1 - hue) : 0.75 * hue);
  }
  return out;
}

TEST_P(FlowColor, IsThePublishedWheelToALevelAndAHalf) {
  image<f32> flow(271, 53, 2);
  test::random r(3);
  for (std::size_t i = 0; i < flow.size(); ++i)
    flow.data()[i] = static_cast<float>(20 * (test::random_value<float>(r) - 0.5));
  const auto colors = drawn(flow, 8);
  for (int y = 0; y < flow.height(); ++y)
    for (int x = 0; x < flow.width(); ++x) {
      const auto exact = published_color(flow(x, y, 0) / 8.0, flow(x, y, 1) / 8.0);
      for (int c = 0; c < 3; ++c)
        ASSERT_NEAR(colors(x, y, c), exact[c], 1.5)
            << x << ", " << y << ": " << flow(x, y, 0) << ' ' << flow(x, y, 1);
    }
}

TEST_P(FlowColor, RestIsWhiteAndHueIsDirection) {
  EXPECT_EQ(color(0, 0), (rgb{255, 255, 255}));
  EXPECT_EQ(color(-0.0f, -0.0f), (rgb{255, 255, 255}));
  EXPECT_EQ(color(1, 0), (rgb{255, 0, 0}));
  EXPECT_EQ(color(1, -0.0f), (rgb{255, 0, 0}));
  const rgb down = color(0, 1), left = color(-1, 0), up = color(0, -1);
  EXPECT_TRUE(down[0] > 200 && down[1] > 200 && down[2] == 0) << "yellow";
  EXPECT_TRUE(left[0] == 0 && left[1] > 200 && left[2] == 255) << "cyan";
  EXPECT_TRUE(up[0] > 80 && up[1] == 0 && up[2] == 255) << "violet";
}

TEST_P(FlowColor, SaturationIsLength) {
  EXPECT_EQ(color(0.5f, 0), (rgb{255, 128, 128}));
  EXPECT_EQ(color(3, 0), (rgb{191, 0, 0})) << "beyond the full length: darker";
  EXPECT_EQ(color(3, 0, 3), (rgb{255, 0, 0}));
  EXPECT_EQ(color(1e9f, 0, 1e-6), (rgb{191, 0, 0}));
  EXPECT_EQ(color(1e-45f, 0), (rgb{255, 255, 255}));
}

TEST_P(FlowColor, UnknownPixelsAreBlackAndDoNotCount) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
  for (const float unknown : {1e10f, -1.1e9f, nan, infinite}) {
    EXPECT_EQ(color(unknown, 1), (rgb{0, 0, 0}));
    EXPECT_EQ(color(1, unknown), (rgb{0, 0, 0}));
  }
  image<f32> flow(3, 1, 2);
  flow(0, 0, 0) = 3, flow(0, 0, 1) = -4, flow(1, 0, 0) = nan, flow(2, 0, 1) = 2e9f;
  const flow_lengths lengths = measured(flow);
  EXPECT_EQ(length_of_share(lengths, 0), 5);
  EXPECT_EQ(length_of_share(lengths, 1), 5);
  flow(0, 0, 0) = nan;
  EXPECT_EQ(length_of_share(measured(flow), 1), 0);
}

TEST_P(FlowColor, PlanesBatchesAndPitchesAreOneFlow) {
  const int w = 37, h = 11;
  image<f32> interleaved(w, h, 2), planes(w, h, 1, 2);
  test::random r(8);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      for (int c = 0; c < 2; ++c)
        planes(x, y, 0, c) = interleaved(x, y, c) = static_cast<float>(test::random_value<float>(r) - 0.5);
  const auto expected = drawn(interleaved, 0.4);
  std::vector<u8> padded(2 * h * (3 * w + 5), 7);
  const image_view<u8> colors{.data = padded.data(), .width = w, .height = h, .channels = 3, .pitch = 3 * w + 5};
  draw_flow(planes.view(), colors, {.full_length = 0.4}, where());
  for (int y = 0; y < h; ++y) {
    EXPECT_TRUE(std::equal(&padded[y * (3 * w + 5)], &padded[y * (3 * w + 5)] + 3 * w, &expected(0, y, 0)));
    EXPECT_EQ(padded[y * (3 * w + 5) + 3 * w], 7) << "bytes between rows are left alone";
  }
  std::vector<flow_lengths> both(2);
  image<f32> batch(w, h, 2, 1, 2);
  std::copy_n(interleaved.data(), interleaved.size(), batch.data());
  std::copy_n(interleaved.data(), interleaved.size(), batch.data() + interleaved.size());
  measure_flow_lengths(batch.view(), both, where());
  EXPECT_TRUE(std::ranges::equal(both[0].count, both[1].count));
  EXPECT_TRUE(std::ranges::equal(both[0].count, measured(planes).count));
}

TEST_P(FlowColor, LengthsAreThoseOfSortedVectors) {
  image<f32> flow(301, 77, 2);
  test::random r(4);
  for (std::size_t i = 0; i < flow.size(); ++i)
    flow.data()[i] = static_cast<float>(
        std::ldexp(test::random_value<float>(r) - 0.5, static_cast<int>(20 * test::random_value<float>(r)) - 10));
  std::vector<double> sorted;
  for (int y = 0; y < flow.height(); ++y)
    for (int x = 0; x < flow.width(); ++x) sorted.push_back(std::hypot(double{flow(x, y, 0)}, double{flow(x, y, 1)}));
  std::sort(sorted.begin(), sorted.end());
  const flow_lengths lengths = measured(flow);
  for (const double share : {0.25, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = sorted[std::size_t(share * double(sorted.size() - 1))];
    if (exact < 0x1p-6) continue;
    EXPECT_NEAR(length_of_share(lengths, share), exact, 0.002 * exact) << share;
  }
  EXPECT_FLOAT_EQ(float(length_of_share(lengths, 1)), float(sorted.back()));
}

TEST_P(FlowColor, RefusesWhatDoesNotFit) {
  image<f32> flow(4, 3, 2), grey(4, 3), other(4, 4, 2);
  image<u8> colors(4, 3, 3), rgba(4, 3, 4);
  std::vector<flow_lengths> lengths(1);
  const auto draw = [&](const image<f32>& f, image<u8>& c, double length = 1) {
    return rejection([&] { draw_flow(f.view(), c.view(), {.full_length = length}, where()); });
  };
  EXPECT_EQ(draw(grey, colors), "draw_flow: flow: must have 2 channels, or 2 planes of 1 channel");
  EXPECT_EQ(draw(flow, rgba), "draw_flow: colors: must have 3 channels");
  EXPECT_NE(draw(other, colors).find("draw_flow: colors: "), std::string::npos);
  EXPECT_NE(draw(flow, colors, 0).find("draw_flow: options.full_length: is 0"), std::string::npos);
  EXPECT_NE(draw(flow, colors, std::nan("")).find("options.full_length"), std::string::npos);
  EXPECT_EQ(rejection([&] { measure_flow_lengths(flow.view(), {}, where()); }),
            "measure_flow_lengths: lengths: has 0 elements; must have 1");
  EXPECT_EQ(rejection([&] { length_of_share(lengths[0], 1.5); }), "length_of_share: share: must be 0 to 1");
}

INSTANTIATE_TEST_SUITE_P(Processors, FlowColor, testing::Values(run_on::cpu, run_on::cuda),
                         [](const auto& info) { return info.param == run_on::cpu ? "cpu" : "cuda"; });

}  // namespace
