// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

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

TEST(flow_color, rest_is_white_and_hue_is_direction) {
  EXPECT_EQ(flow_color(0, 0), (rgb{255, 255, 255}));
  EXPECT_EQ(flow_color(1, 0), (rgb{255, 0, 0}));
  const rgb down = flow_color(0, 1), left = flow_color(-1, 0), up = flow_color(0, -1);
  EXPECT_TRUE(down[0] > 200 && down[1] > 200 && down[2] == 0) << "down is yellow";
  EXPECT_TRUE(left[0] == 0 && left[1] > 200 && left[2] > 200) << "left is cyan";
  EXPECT_TRUE(up[0] > 80 && up[1] == 0 && up[2] == 255) << "up is violet";
}

TEST(flow_color, saturation_is_length) {
  const rgb half = flow_color(0.5, 0);
  EXPECT_EQ(half, (rgb{255, 127, 127}));
  EXPECT_EQ(flow_color(3, 0), (rgb{191, 0, 0})) << "beyond the circle: darker";
}

TEST(flow_color, unknown_pixels_are_black_and_do_not_count) {
  flow_field f = uniform(2, 1, 3, 4);
  f.uv[0] = unknown_flow;
  std::uint8_t pixels[6] = {9, 9, 9, 9, 9, 9};
  EXPECT_FLOAT_EQ(float(length_of_share(f, 1)), 5);
  draw_flow(f, 5, pixels, 6);
  EXPECT_EQ(pixels[0] + pixels[1] + pixels[2], 0);
  const rgb other{pixels[3], pixels[4], pixels[5]};
  EXPECT_EQ(other, flow_color(0.6, 0.8));
  EXPECT_EQ(length_of_share(uniform(2, 1, unknown_flow, 0), 1), 0);
}

TEST(running_radius, follows_slowly) {
  running_radius radius;
  EXPECT_EQ(radius.next(uniform(4, 4, 10, 0)), 10);
  const double next = radius.next(uniform(4, 4, 60, 0));
  EXPECT_DOUBLE_EQ(next, 12);
  for (int i = 0; i < 200; ++i) radius.next(uniform(4, 4, 0, 0));
  EXPECT_NEAR(radius.next(uniform(4, 4, 0, 0)), 1, 0.01);
}

}  // namespace
}  // namespace fluxel::video
