// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "fluxel/flow_color.hpp"
#include "host/program/flow_files/flow_color.hpp"
#include "host/program/flow_files/flow_metrics.hpp"

namespace fluxel::video {
namespace {

flow_field uniform(int width, int height, float u, float v) {
  flow_field f(width, height);
  for (std::size_t i = 0; i < f.pixels(); ++i) f.uv[2 * i] = u, f.uv[2 * i + 1] = v;
  return f;
}

TEST(flow_metrics, of_the_truth_itself) {
  const flow_field f = uniform(7, 3, 1.5f, -2.25f);
  const flow_metrics m = measure(f, f);
  EXPECT_EQ(m.endpoint, 0);
  EXPECT_EQ(m.angular, 0);
  EXPECT_EQ(m.over_half + m.over_1 + m.over_2 + m.within_95, 0);
  EXPECT_EQ(m.density, 1);
  EXPECT_EQ(m.pixels, 21);
}

TEST(flow_metrics, by_hand) {
  // Errors of 0, 0.75, 1.5 and 5 px; the last is (3, 4) against rest.
  flow_field truth(4, 1), estimate(4, 1);
  estimate.uv = {0, 0, 0.75f, 0, 0, 1.5f, 3, 4};
  const flow_metrics m = measure(estimate, truth);
  EXPECT_DOUBLE_EQ(m.endpoint, 7.25 / 4);
  EXPECT_DOUBLE_EQ(m.over_half, 0.75);
  EXPECT_DOUBLE_EQ(m.over_1, 0.5);
  EXPECT_DOUBLE_EQ(m.over_2, 0.25);
  EXPECT_DOUBLE_EQ(m.within_95, 5);
  // Against (0, 0, 1) the angle's tangent is the length.
  EXPECT_NEAR(m.angular, (0 + 36.869897646 + 56.309932474 + 78.690067526) / 4, 1e-8);
}

TEST(flow_metrics, small_angles_keep_their_digits) {
  EXPECT_NEAR(measure(uniform(1, 1, 1e-7f, 0), uniform(1, 1, 0, 0)).angular, 1e-7 * 57.29577951, 1e-12);
}

TEST(flow_metrics, the_95th_percentile_is_the_smallest_that_suffices) {
  flow_field truth(100, 1), estimate(100, 1);
  for (int i = 0; i < 100; ++i) estimate.uv[2 * i] = float(i + 1);
  EXPECT_EQ(measure(estimate, truth).within_95, 95);
  EXPECT_EQ(measure(uniform(1, 1, 2, 0), flow_field(1, 1)).within_95, 2);
}

TEST(flow_metrics, unknown_pixels) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  flow_field truth = uniform(5, 1, 1, 1), estimate = truth;
  truth.uv[0] = unknown_flow;
  truth.uv[3] = nan;
  estimate.uv[4] = unknown_flow;  // of three known pixels, two have an estimate
  flow_metrics m = measure(estimate, truth);
  EXPECT_EQ(m.pixels, 2);
  EXPECT_DOUBLE_EQ(m.density, 2.0 / 3);
  EXPECT_EQ(m.endpoint, 0);
  m = measure(uniform(5, 1, nan, 0), truth);
  EXPECT_EQ(m.pixels, 0);
  EXPECT_EQ(m.density, 0);
}

/// Vectors of one length.
flow_lengths all_of(float length) {
  flow_field f = uniform(4, 4, length, 0);
  flow_lengths lengths;
  measure_flow_lengths(f.view(), {&lengths, 1}, {.processor = run_on::cpu});
  return lengths;
}

TEST(running_length, follows_slowly) {
  running_length length;
  EXPECT_EQ(length.next(all_of(10), 1), 10);
  EXPECT_DOUBLE_EQ(length.next(all_of(60), 1), 12);
  for (int i = 0; i < 200; ++i) length.next(all_of(0), 1);
  EXPECT_NEAR(length.next(all_of(0), 1), 1, 0.01);
}

TEST(running_length, starts_at_the_floor_and_may_have_none) {
  EXPECT_EQ(running_length().next(all_of(0), 2.5), 2.5);
  running_length unlimited;
  EXPECT_EQ(unlimited.next(all_of(0), 0), 0);
  EXPECT_DOUBLE_EQ(unlimited.next(all_of(50), 0), 2);  // it follows from 0 too
}

}  // namespace
}  // namespace fluxel::video
