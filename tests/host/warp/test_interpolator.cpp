// SPDX-License-Identifier: Apache-2.0
// Frames between frames of known motion. Runs on the CPU, and on the CUDA row of the library it is linked with where
// that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "fluxel/interpolator.hpp"
#include "fluxel/owned_frame.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

constexpr size small{48, 32};

class Interpolator : public testing::TestWithParam<run_on> {
 protected:
  void SetUp() override {
    if (GetParam() == run_on::cuda && device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
  placement where() const { return {.processor = GetParam()}; }
};

/// A smooth pattern that has moved by (dx, dy), in every plane, between `low` and `high`.
template <class T>
owned_frame pattern(const frame_format& f, double dx, double dy, double low, double high) {
  owned_frame frame(f);
  const auto v = frame.view();
  for (int p = 0; p < f.plane_count; ++p) {
    const size s = f.plane_size(p);
    const double step = double(f.width) / s.width;
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x)
        for (int c = 0; c < f.planes[p].channels; ++c) {
          const double px = x * step - dx, py = y * step - dy;
          const double wave = 0.25 * (std::sin(0.45 * px + 0.2 * py + p) + std::cos(0.31 * py - 0.17 * px)) + 0.5;
          reinterpret_cast<T*>(static_cast<std::byte*>(v.data[p]) + y * v.pitch[p])[x * f.planes[p].channels + c] =
              T(std::lround(low + (high - low) * wave)) << (f.high_bits ? 16 - f.bit_depth : 0);
        }
  }
  return frame;
}

template <class T>
double worst_difference(const owned_frame& a, const owned_frame& b, int margin) {
  double worst = 0;
  const auto va = a.view(), vb = b.view();
  for (int p = 0; p < va.format.plane_count; ++p) {
    const size s = va.format.plane_size(p);
    for (int y = margin; y < s.height - margin; ++y)
      for (int x = margin * va.format.planes[p].channels; x < (s.width - margin) * va.format.planes[p].channels;
           ++x) {
        const auto at = [&](const frame_view<const void>& v) {
          return double(reinterpret_cast<const T*>(static_cast<const std::byte*>(v.data[p]) + y * v.pitch[p])[x]);
        };
        worst = std::max(worst, std::abs(at(va) - at(vb)));
      }
  }
  return worst;
}

template <class T>
void expect_motion(const frame_format& f, double low, double high, double allowed, const placement& where) {
  interpolator between(f, {}, where);
  const auto first = pattern<T>(f, 0, 0, low, high), second = pattern<T>(f, 4, 2, low, high);
  EXPECT_FALSE(between.advance(first.view()));
  EXPECT_TRUE(between.advance(second.view()));
  for (const double moment : {0.25, 0.5, 0.75}) {
    owned_frame out(f);
    between.run(moment, out.view());
    EXPECT_LE(worst_difference<T>(out, pattern<T>(f, 4 * moment, 2 * moment, low, high), 6), allowed) << moment;
  }
}

TEST_P(Interpolator, FollowsMotionInEveryFormat) {
  expect_motion<u8>(formats::yuv(small, 1, 1), 30, 220, 9, where());
  expect_motion<u8>(formats::nv12(small), 30, 220, 9, where());
  expect_motion<u16>(formats::yuv(small, 1, 0, 10), 120, 900, 36, where());
  expect_motion<u16>(formats::p010(small), 120, 900, 36 * 64, where());
  frame_format rgb{.width = small.width, .height = small.height, .plane_count = 1};
  rgb.planes[0].channels = 3;
  expect_motion<u8>(rgb, 20, 230, 9, where());
}

/// Frames at the given times of a pattern that is accelerated; what is seen between the second and the third of four.
double worst_on_a_bent_path(const std::array<double, 4>& times, double moment, bool with_neighbors,
                            const placement& where) {
  const auto f = formats::yuv({64, 48}, 1, 1);
  const auto at = [&](double t) { return pattern<u8>(f, 1.2 * t * t, 2 * t, 30, 220); };
  interpolator between(f, {}, where);
  for (int i = with_neighbors ? 0 : 1; i < (with_neighbors ? 4 : 3); ++i)
    between.advance(at(times[i]).view(), i == 0 ? 1 : times[i] - times[i - 1]);
  owned_frame out(f);
  between.run(with_neighbors ? moment - 1 : moment, out.view());
  return worst_difference<u8>(out, at(times[1] + moment * (times[2] - times[1])), 12);
}

TEST_P(Interpolator, PathsBendAsTheirNeighborsSay) {
  for (const double moment : {0.25, 0.5, 0.75}) {
    EXPECT_LE(worst_on_a_bent_path({-1, 0, 1, 2}, moment, true, where()), 9) << moment;
    EXPECT_LE(worst_on_a_bent_path({-1, 0, 2, 3}, moment, true, where()), 12) << moment << ", uneven";
  }
  EXPECT_GT(worst_on_a_bent_path({-1, 0, 2, 3}, 0.5, false, where()), 25) << "a straight line misses it";
}

TEST_P(Interpolator, TwoFramesBackAreWhatTheyWere) {
  const auto f = formats::yuv(small, 1, 1);
  const auto first = pattern<u8>(f, 0, 0, 30, 220), second = pattern<u8>(f, 4, 2, 30, 220);
  interpolator between(f, {}, where());
  between.advance(first.view());
  between.advance(second.view());
  owned_frame out(f);
  EXPECT_EQ(rejection([&] { between.run(-0.5, out.view()); }),
            "interpolator: moment: lies before the first of two frames");
  between.advance(pattern<u8>(f, 60, 9, 180, 235).view());  // of another scene: it tells nothing
  between.run(-1, out.view());
  EXPECT_EQ(worst_difference<u8>(out, first, 0), 0);
  between.run(-0.5, out.view());
  EXPECT_LE(worst_difference<u8>(out, pattern<u8>(f, 2, 1, 30, 220), 6), 9);
}

TEST_P(Interpolator, TheEndsAreTheFramesThemselves) {
  const auto f = formats::p010(small);
  const auto first = pattern<u16>(f, 0, 0, 100, 900), second = pattern<u16>(f, 3, 1, 100, 900);
  interpolator between(f, {}, where());
  between.advance(first.view());
  between.advance(second.view());
  owned_frame out(f);
  between.run(0, out.view());
  EXPECT_EQ(worst_difference<u16>(out, first, 0), 0);
  between.run(1, out.view());
  EXPECT_EQ(worst_difference<u16>(out, second, 0), 0);
  between.run(0.4, out.view());
  const auto v = out.view();
  for (int x = 0; x < small.width; ++x) EXPECT_EQ(static_cast<const u16*>(v.data[0])[x] & 63, 0) << "P010's low bits";
}

TEST_P(Interpolator, ReducedFramesTellTheMotionOfLargeOnes) {
  const auto f = formats::yuv({96, 64}, 1, 1);
  const auto first = pattern<u8>(f, 0, 0, 30, 220), second = pattern<u8>(f, 4, 2, 30, 220);
  interpolator between(f, {.longest_side = 48}, where());
  between.advance(first.view());
  between.advance(second.view());
  owned_frame out(f);
  between.run(0.5, out.view());
  EXPECT_LE(worst_difference<u8>(out, pattern<u8>(f, 2, 1, 30, 220), 12), 14);
}

TEST_P(Interpolator, ACutShowsTheNearerFrame) {
  const auto f = formats::yuv(small, 1, 1);
  const auto dark = pattern<u8>(f, 0, 0, 16, 60), bright = pattern<u8>(f, 20, 9, 150, 235);
  interpolator between(f, {}, where());
  between.advance(dark.view());
  between.advance(bright.view());
  owned_frame out(f);
  between.run(0.4, out.view());
  EXPECT_EQ(worst_difference<u8>(out, dark, 0), 0);
  between.run(0.6, out.view());
  EXPECT_EQ(worst_difference<u8>(out, bright, 0), 0);
  interpolator never(f, {.cut_difference = 255}, where());
  never.advance(dark.view());
  never.advance(bright.view());
  never.run(0.5, out.view());
  EXPECT_GT(worst_difference<u8>(out, dark, 0), 20) << "blended";
  EXPECT_GT(worst_difference<u8>(out, bright, 0), 20);
}

/// What is seen at 0.4 between two frames.
owned_frame seen_between(const owned_frame& first, const owned_frame& second, const placement& where) {
  interpolator between(first.view().format, {}, where);
  between.advance(first.view());
  between.advance(second.view());
  owned_frame out(first.view().format);
  between.run(0.4, out.view());
  return out;
}

TEST_P(Interpolator, ScenesInTheDarkAreTwoAndBrighterOnesAreOne) {
  const auto f = formats::yuv(small, 1, 1);
  const auto black = pattern<u8>(f, 0, 0, 16, 16), dim = pattern<u8>(f, 0, 0, 16, 60),
             day = pattern<u8>(f, 0, 0, 30, 200), brighter = pattern<u8>(f, 0, 0, 45, 215);
  EXPECT_EQ(worst_difference<u8>(seen_between(black, dim, where()), black, 0), 0);
  EXPECT_EQ(worst_difference<u8>(seen_between(dim, black, where()), dim, 0), 0);
  EXPECT_GE(worst_difference<u8>(seen_between(day, brighter, where()), day, 0), 4) << "fades go on";
}

/// A square of 8 px that crosses a floor by 8 px; where it is not and nothing else moves, nothing but the floor is seen.
TEST_P(Interpolator, WhatMovesLeavesTheRestAlone) {
  const auto f = formats::yuv({64, 48}, 1, 1);
  const auto floor = pattern<u8>(f, 0, 0, 90, 160);
  const auto with_square = [&](int left) {
    owned_frame frame = pattern<u8>(f, 0, 0, 90, 160);
    const auto v = frame.view();
    for (int y = 20; y < 28; ++y)
      for (int x = left; x < left + 8; ++x)
        static_cast<u8*>(v.data[0])[y * v.pitch[0] + x] = static_cast<u8>(200 + 30 * ((x - left + y) % 2));
    return frame;
  };
  const auto out = seen_between(with_square(20), with_square(28), where());
  const auto seen = out.view(), bare = floor.view();
  int worst = 0;
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) {
      if (x >= 12 && x < 44 && y >= 12 && y < 36) continue;
      const auto at = [&](const frame_view<const void>& v) {
        return static_cast<int>(static_cast<const u8*>(v.data[0])[y * v.pitch[0] + x]);
      };
      worst = std::max(worst, std::abs(at(seen) - at(bare)));
    }
  EXPECT_LE(worst, 1);
}

TEST_P(Interpolator, BlackFramesStayBlackAndSequencesGoOn) {
  const auto f = formats::yuv(small, 1, 1);
  const auto black = pattern<u8>(f, 0, 0, 16, 16), first = pattern<u8>(f, 0, 0, 30, 220),
             second = pattern<u8>(f, 2, 0, 30, 220);
  interpolator between(f, {}, where());
  between.advance(black.view());
  between.advance(black.view());
  owned_frame out(f);
  between.run(0.5, out.view());
  EXPECT_EQ(worst_difference<u8>(out, black, 0), 0);
  between.restart();
  EXPECT_FALSE(between.advance(first.view()));
  between.advance(second.view());
  between.run(0.5, out.view());
  EXPECT_LE(worst_difference<u8>(out, pattern<u8>(f, 1, 0, 30, 220), 6), 9);
}

TEST_P(Interpolator, RefusesWhatDoesNotFit) {
  const auto f = formats::yuv(small, 1, 1);
  interpolator between(f, {}, where());
  const owned_frame frame(f), other(formats::yuv(small, 0, 0)), large(formats::yuv({64, 32}, 1, 1));
  owned_frame out(f);
  between.advance(frame.view());
  EXPECT_EQ(rejection([&] { between.run(0.5, out.view()); }),
            "interpolator: moment: lies between no frames: fewer than two have come");
  between.advance(frame.view());
  EXPECT_NE(rejection([&] { between.run(1.5, out.view()); }).find("interpolator: moment: is 1.5"), std::string::npos);
  EXPECT_NE(rejection([&] { between.run(-1.5, out.view()); }).find("must be -1 to 1"), std::string::npos);
  EXPECT_EQ(rejection([&] { between.advance(frame.view(), 0); }),
            "interpolator: duration: is 0.000000; must be above 0");
  EXPECT_EQ(rejection([&] { between.advance(other.view()); }),
            "interpolator: next.format: is not the one that the object was built for");
  EXPECT_NE(rejection([&] { between.advance(large.view()); }).find("interpolator: next: "), std::string::npos);
  EXPECT_NE(rejection([&] { interpolator(f, {.longest_side = 4}, where()); }).find("options.longest_side"),
            std::string::npos);
  EXPECT_NE(rejection([&] { interpolator(f, {.cut_difference = -1}, where()); }).find("options.cut_difference"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Processors, Interpolator, testing::Values(run_on::cpu, run_on::cuda),
                         [](const auto& info) { return info.param == run_on::cpu ? "cpu" : "cuda"; });

}  // namespace
