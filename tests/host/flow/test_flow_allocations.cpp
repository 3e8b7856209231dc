// SPDX-License-Identifier: Apache-2.0
// Calls of flow objects on the CPU allocate nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/counted_allocations.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/motion.hpp"

namespace {

using namespace fluxel;
using test::allocations_of;
using test::alone;

constexpr size s{64, 48};
constexpr flow_geometry geometry{s.width, s.height};

TEST(Allocations, OfDenseFlowAreNone) {
  const auto a = test::texture(s, test::still()), b = test::texture(s, test::moved(1, 0.5));
  image<u8> mask(s.width, s.height), validity(s.width, s.height);
  image<f32> flow(s.width, s.height, 2), confidence(s.width, s.height);
  std::fill(mask.data(), mask.data() + mask.size(), u8{1});
  for (const auto method : test::dense_methods)
    for (auto options : {test::dense_preset(method, flow_quality::balanced), test::dense_multiscale(method),
                         test::dense_classic(method)}) {
      options.validity.consistency = 0.5;
      dense_flow object = test::make_dense_flow(geometry, options, alone);
      EXPECT_EQ(allocations_of([&] { object.run(a, b, flow); }), 0) << name_of(method);
      EXPECT_EQ(allocations_of([&] { object.run({a, b, mask, mask, {}}, {flow, validity, confidence}); }), 0);
    }
}

TEST(Allocations, OfCornersAndTrackedPointsAreNone) {
  const auto a = test::texture(s, test::still()), b = test::texture(s, test::moved(1, 0.5));
  std::vector<point> points(20), to(20);
  std::vector<track_status> status(20);
  int count = 0;
  feature_detector detector(geometry, {.max_count = 20}, alone);
  EXPECT_EQ(allocations_of([&] { detector.run(a, {}, {.points = points, .count = &count}); }), 0);
  point_tracker tracker(geometry, 20, {.forward_backward = 1}, alone);
  EXPECT_EQ(allocations_of([&] { tracker.run(a, b, {.from = points, .to = to, .status = status}); }), 0);
  EXPECT_EQ(allocations_of([&] { tracker.advance(a, {.from = points, .to = to, .status = status}); }), 0);
}

TEST(Allocations, OfAPyramidAreNone) {
  const auto a = test::texture(s, test::still());
  flow_steps::image_pyramid pyramid(geometry, {}, alone);
  EXPECT_EQ(allocations_of([&] { pyramid.run(a); }), 0);
}

}  // namespace
