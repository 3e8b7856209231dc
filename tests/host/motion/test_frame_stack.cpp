// SPDX-License-Identifier: Apache-2.0
// Means and medians of frames beside those of an oracle in double; noise falls as it must; what covers nothing does
// not count.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "fluxel/frame_stack.hpp"
#include "fluxel/image.hpp"
#include "fluxel/owned_frame.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

frame_format packed(size s, int channels, int bit_depth = 8) {
  frame_format f{.width = s.width, .height = s.height, .plane_count = 1, .bit_depth = bit_depth};
  f.planes[0].channels = channels;
  f.matrix = color_matrix::rgb;
  return f;
}

template <class T, class Void>
auto* sample(const frame_view<Void>& f, int plane, int y, int i) {
  using byte = std::conditional_t<std::is_const_v<Void>, const std::byte, std::byte>;
  using element = std::conditional_t<std::is_const_v<Void>, const T, T>;
  return reinterpret_cast<element*>(static_cast<byte*>(f.data[plane]) + y * f.pitch[plane]) + i;
}

int row_samples(const frame_format& f, int plane) { return f.plane_size(plane).width * f.planes[plane].channels; }

template <class T>
owned_frame random_frame(const frame_format& format, test::random& r) {
  owned_frame frame(format);
  for (int p = 0; p < format.plane_count; ++p)
    for (int y = 0; y < format.plane_size(p).height; ++y)
      for (int i = 0; i < row_samples(format, p); ++i) {
        const std::uint64_t bits = r.next();
        if constexpr (std::is_same_v<T, f32>)
          *sample<T>(frame.view(), p, y, i) = f32(double(bits >> 40) - 8e6);
        else
          *sample<T>(frame.view(), p, y, i) =
              T(bits >> (64 - format.bit_depth) << (format.high_bits ? 16 - format.bit_depth : 0));
      }
  return frame;
}

/// The mean or median of values of `unit` each, half up.
double exact(std::vector<double> v, stack_rule rule, double unit, bool whole) {
  double result = 0;
  if (rule == stack_rule::mean) {
    for (const double x : v) result += x / unit;
    result /= double(v.size());
  } else {
    std::sort(v.begin(), v.end());
    result = (v[(v.size() - 1) / 2] + v[v.size() / 2]) / 2 / unit;
  }
  return (whole ? std::floor(result + 0.5) : result) * unit;
}

template <class T>
void expect_exact(const frame_format& format, stack_rule rule, int n) {
  test::random r(std::uint64_t(n) * 7 + format.bit_depth);
  std::vector<owned_frame> frames;
  std::vector<image<u8>> coverage;
  frame_stack stack(format, rule);
  for (int k = 0; k < n; ++k) {
    frames.push_back(random_frame<T>(format, r));
    image<u8>& c = coverage.emplace_back(format.width, format.height);
    for (int y = 0; y < format.height; ++y)
      for (int x = 0; x < format.width; ++x) c(x, y) = k == 0 || (x + k) % 7 > 1 ? 255 : 0;
    if (k == 0)
      stack.add(frames.back().view());
    else
      stack.add(frames.back().view(), std::as_const(c).view());
  }
  owned_frame out(format);
  stack.run(out.view());
  for (int p = 0; p < format.plane_count; ++p)
    for (int y = 0; y < format.plane_size(p).height; ++y)
      for (int i = 0; i < row_samples(format, p); ++i) {
        const int step = format.planes[p].subsampled ? 2 : 1, x = i / format.planes[p].channels * step;
        std::vector<double> values;
        for (int k = 0; k < n; ++k) {
          bool counts = true;
          for (int j = y * step; j < std::min(format.height, (y + 1) * step); ++j)
            for (int l = x; l < std::min(format.width, x + step); ++l) counts = counts && coverage[k](l, j);
          if (counts) values.push_back(double(*sample<T>(frames[k].view(), p, y, i)));
        }
        const double unit = format.high_bits ? 1 << (16 - format.bit_depth) : 1;
        const double wanted = exact(values, rule, unit, !format.floating);
        ASSERT_EQ(*sample<T>(out.view(), p, y, i), T(wanted)) << n << ' ' << p << ' ' << i << ' ' << y;
      }
}

TEST(FrameStack, IsExact) {
  frame_format floating = packed({33, 9}, 3);
  floating.floating = true;
  for (const auto rule : {stack_rule::mean, stack_rule::median})
    for (const int n : {1, 2, 3, 4, 7, 16, 29}) {
      expect_exact<u8>(packed({37, 11}, 3), rule, n);
      expect_exact<u8>(packed({700, 3}, 1), rule, n);
      expect_exact<u16>(packed({21, 8}, 4, 16), rule, n);
      expect_exact<u8>(formats::yuv({35, 13}, 1, 1), rule, n);
      expect_exact<u16>(formats::yuv({34, 12}, 1, 1, 10), rule, n);
      expect_exact<u16>(formats::p010({34, 12}), rule, n);
      expect_exact<f32>(floating, rule, n);
    }
}

TEST(FrameStack, SumsHoldAsManyFramesAsItTakes) {
  frame_stack stack(packed({1, 1}, 1, 16));
  owned_frame white(packed({1, 1}, 1, 16));
  *sample<u16>(white.view(), 0, 0, 0) = 65535;
  for (int i = 0; i < frame_stack::most_frames; ++i) stack.add(white.view());
  EXPECT_EQ(rejection([&] { stack.add(white.view()); }), "frame_stack: frame: is one too many: 65535 can be stacked");
  owned_frame out(packed({1, 1}, 1, 16));
  stack.run(out.view());
  EXPECT_EQ(*sample<u16>(out.view(), 0, 0, 0), 65535);
}

TEST(FrameStack, NoiseFallsWithTheRootOfTheNumber) {
  constexpr size s{128, 128};
  const auto left = [&](stack_rule rule, int n) {
    test::random r(3);
    frame_stack stack(packed(s, 1, 16), rule);
    owned_frame frame(packed(s, 1, 16));
    for (int k = 0; k < n; ++k) {
      for (int y = 0; y < s.height; ++y)
        for (int x = 0; x < s.width; ++x) {
          double sum = 0;  // of 12 uniform numbers: nearly normal, deviation 1
          for (int i = 0; i < 12; ++i) sum += double(r.next() >> 11) * 0x1p-53 - 0.5;
          *sample<u16>(frame.view(), 0, y, x) = u16(std::lround(30000 + 1000 * sum));
        }
      stack.add(frame.view());
    }
    stack.run(frame.view());
    double squares = 0;
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) squares += std::pow(*sample<u16>(frame.view(), 0, y, x) - 30000.0, 2);
    return std::sqrt(squares / s.width / s.height);
  };
  EXPECT_NEAR(left(stack_rule::mean, 1), 1000, 25);
  EXPECT_NEAR(left(stack_rule::mean, 4), 500, 12);
  EXPECT_NEAR(left(stack_rule::mean, 16), 250, 6);
  EXPECT_NEAR(left(stack_rule::median, 25), 1000 * std::sqrt(1.5708 / 25), 10);  // pi / 2 times the variance
}

TEST(FrameStack, MedianLeavesOutWhatIsInFewFrames) {
  frame_stack stack(packed({4, 1}, 1), stack_rule::median);
  owned_frame frame(packed({4, 1}, 1));
  for (int k = 0; k < 5; ++k) {
    for (int x = 0; x < 4; ++x) *sample<u8>(frame.view(), 0, 0, x) = u8(k == x ? 255 : 100 + k);
    stack.add(frame.view());
  }
  stack.run(frame.view());
  for (int x = 0; x < 4; ++x) EXPECT_NEAR(*sample<u8>(frame.view(), 0, 0, x), 102, 1);
}

TEST(FrameStack, WhatNothingCoversIsBlackAndNaNDoesNotCount) {
  const image<u8> nowhere(4, 2);
  const frame_format f = formats::yuv({4, 2}, 1, 1);
  for (const auto rule : {stack_rule::mean, stack_rule::median}) {
    frame_stack stack(f, rule);
    test::random r(1);
    stack.add(random_frame<u8>(f, r).view(), nowhere.view());
    owned_frame out(f), black(f);
    fill_black(black.view());
    stack.run(out.view());
    EXPECT_EQ(*sample<u8>(out.view(), 0, 0, 0), *sample<u8>(black.view(), 0, 0, 0));
    EXPECT_EQ(*sample<u8>(out.view(), 1, 0, 1), 128);
    frame_format floating = packed({1, 1}, 1);
    floating.floating = true;
    frame_stack numbers(floating, rule);
    owned_frame one(floating);
    for (const f32 v : {3.0f, std::numeric_limits<f32>::quiet_NaN(), 5.0f}) {
      *sample<f32>(one.view(), 0, 0, 0) = v;
      numbers.add(one.view());
    }
    numbers.run(one.view());
    EXPECT_EQ(*sample<f32>(one.view(), 0, 0, 0), 4.0f);
  }
}

TEST(FrameStack, NamesWhatIsWrong) {
  EXPECT_EQ(rejection([] {
              frame_stack(packed({4, 4}, 1), stack_rule(2));
            }),
            "frame_stack: rule: is not one of mean and median");
  frame_stack stack(packed({4, 4}, 1));
  owned_frame other(packed({4, 4}, 3)), same(packed({4, 4}, 1));
  EXPECT_EQ(rejection([&] { stack.add(other.view()); }), "frame_stack: frame: is not of the object's format");
  EXPECT_EQ(rejection([&] { stack.run(same.view()); }), "frame_stack: object: has no frame yet");
  const image<u8> small(3, 4);
  EXPECT_EQ(rejection([&] { stack.add(same.view(), small.view()); }),
            "frame_stack: coverage: is not one image of one channel, as large as the luma, in host memory");
}

}  // namespace
