// SPDX-License-Identifier: Apache-2.0
// Vectors in 1/256 px: what they gain on small motion, and where they are refused.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/support/dense_flow.hpp"
#include "tests/support/natural_texture.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::dense_method;
using test::dense_options;
using test::dense_preset;
using test::rejection;

constexpr size s{160, 120};

image<float> frame_at(double left, double top) {
  static const test::natural_texture scene(5);
  image<float> im(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) im(x, y) = static_cast<float>(scene.at(left + x, top + y) / 255);
  return im;
}

struct result {
  image<float> flow{s.width, s.height, 2};
  image<u8> validity{s.width, s.height};
};

result flow_of(double u, double v, const dense_options& options, run_on processor = run_on::cpu) {
  result r;
  make_dense_flow({.width = s.width, .height = s.height, .type = element_type::f32}, options, {processor})
      .run({frame_at(90, 70), frame_at(90 - u, 70 - v)}, {r.flow, r.validity});
  return r;
}

dense_options in_steps(dense_options o, int precision) {
  o.precision = precision;
  return o;
}

double mean_error(const result& r, double u, double v) {
  constexpr int margin = 8;
  double sum = 0;
  int count = 0;
  for (int y = margin; y < s.height - margin; ++y)
    for (int x = margin; x < s.width - margin; ++x, ++count)
      sum += std::hypot(r.flow(x, y, 0) - u, r.flow(x, y, 1) - v);
  return sum / count;
}

bool is_multiple(float value, int steps) { return value * steps == std::round(value * steps); }

class Precision : public testing::TestWithParam<dense_method> {};

TEST_P(Precision, OfSmallMotionIsHigher) {
  struct shift {
    double u, share, most;  ///< mean error: of that in 1/64 px, and px
  };
  for (const auto quality : {flow_quality::fast, flow_quality::balanced, flow_quality::best}) {
    const dense_options options = dense_preset(GetParam(), quality);
    for (const auto& [u, share, most] : {shift{0.005, 0.6, 0.004}, {0.02, 0.6, 0.006}, {0.1, 0.95, 0.016}}) {
      const double v = u / 2;
      const result coarse = flow_of(u, v, in_steps(options, 64)), fine = flow_of(u, v, in_steps(options, 256));
      EXPECT_LT(mean_error(fine, u, v), share * mean_error(coarse, u, v)) << u;
      EXPECT_LT(mean_error(fine, u, v), most) << u;
    }
  }
}

TEST_P(Precision, IsThatOfTheSteps) {
  const dense_options options = dense_preset(GetParam(), flow_quality::fast);
  const result coarse = flow_of(0.3, -0.2, options), fine = flow_of(0.3, -0.2, in_steps(options, 256));
  bool finer = false;
  for (std::size_t i = 0; i < fine.flow.size(); ++i) {
    EXPECT_TRUE(is_multiple(coarse.flow.data()[i], 64));
    EXPECT_TRUE(is_multiple(fine.flow.data()[i], 256));
    finer |= !is_multiple(fine.flow.data()[i], 64);
  }
  EXPECT_TRUE(finer);
}

TEST_P(Precision, ReachesAQuarterOfTheFrame) {
  const dense_options options = in_steps(dense_preset(GetParam(), flow_quality::balanced), 256);
  const result r = flow_of(40, -10, options);
  double worst = 0;
  for (int y = 20; y < s.height - 8; ++y)
    for (int x = 8; x < s.width - 50; ++x)
      worst = std::max(worst, std::hypot(r.flow(x, y, 0) - 40.0, r.flow(x, y, 1) + 10.0));
  EXPECT_LT(worst, 0.05);
}

/// A vector beyond what 16 bits hold is not valid, and of the largest length.
TEST_P(Precision, EndsAt128Pixels) {
  constexpr size large{512, 128};
  const test::natural_texture scene(9);
  const auto prev = scene.frame(large, 500, 100), next = scene.frame(large, 500 - 150, 100);
  image<float> flow(large.width, large.height, 2);
  image<u8> validity(large.width, large.height);
  const auto options = in_steps(dense_preset(GetParam(), flow_quality::balanced), 256);
  make_dense_flow({.width = large.width, .height = large.height}, options, {run_on::cpu})
      .run({prev, next}, {flow, validity});
  int valid = 0;
  for (int y = 0; y < large.height; ++y)
    for (int x = 0; x < large.width; ++x) {
      EXPECT_LT(flow(x, y, 0), 128);
      valid += validity(x, y) == 0;
    }
  EXPECT_LT(valid, large.width * large.height / 100);
}

/// A sequence goes on from its flow in 1/64 px.
TEST_P(Precision, HoldsInSequences) {
  const dense_options options = in_steps(dense_preset(GetParam(), flow_quality::fast), 256);
  auto object =
      make_dense_flow({.width = s.width, .height = s.height, .type = element_type::f32}, options, {run_on::cpu});
  result r;
  for (int k = 0; k < 4; ++k)
    if (object.advance({.frame = frame_at(90 - 0.02 * k, 70), .start = flow_start::previous_flow}, {r.flow}))
      EXPECT_LT(mean_error(r, 0.02, 0), 0.006) << k;
}

TEST_P(Precision, OfClassicMethodsStays) {
  const dense_options options = test::dense_classic(GetParam());
  const result coarse = flow_of(0.3, 0.1, options), fine = flow_of(0.3, 0.1, in_steps(options, 256));
  EXPECT_EQ(std::memcmp(coarse.flow.data(), fine.flow.data(), 4 * fine.flow.size()), 0);
}

TEST_P(Precision, IsRefusedForLargeFrames) {
  auto said = [&](int width, int height, int precision) {
    const auto options = in_steps(dense_preset(GetParam(), flow_quality::fast), precision);
    return rejection([&] { make_dense_flow({.width = width, .height = height}, options, {run_on::cpu}); });
  };
  EXPECT_EQ(said(512, 512, 256), "nothing was thrown");
  for (const size wide : {size{513, 16}, size{16, 513}})
    EXPECT_NE(said(wide.width, wide.height, 256).find("options.precision: of 256 needs frames of at most 512 x 512"),
              std::string::npos);
  for (const int steps : {0, -64, 128, 1024})
    EXPECT_NE(said(16, 16, steps).find("options.precision: must be 64 or 256"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Methods, Precision, testing::ValuesIn(test::dense_methods));

}  // namespace
