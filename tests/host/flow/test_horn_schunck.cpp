// SPDX-License-Identifier: Apache-2.0
// The classic method, and refusals of options.

#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <limits>
#include <string>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::mean_endpoint_error;
using test::moved;
using test::rejection;
using test::still;
using test::texture;

image<float> flow_between(const image<u8>& a, const image<u8>& b, const horn_schunck_options& options) {
  horn_schunck solver({a.width(), a.height()}, options, {run_on::cpu});
  image<float> flow(a.width(), a.height(), 2);
  solver.run(a, b, flow);
  return flow;
}

/// The paper's equations in double, from its text: derivatives over the cube, means over 8 neighbours.
image<double> classic_oracle(const image<u8>& a, const image<u8>& b, double lambda, int iterations) {
  const int w = a.width(), h = a.height();
  auto at = [&](const image<u8>& im, int x, int y) {
    return double(im(std::clamp(x, 0, w - 1), std::clamp(y, 0, h - 1)));
  };
  image<double> flow(w, h, 2), next(w, h, 2);
  for (std::size_t i = 0; i < flow.size(); ++i) flow.data()[i] = 0;
  for (int k = 0; k < iterations; ++k) {
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) {
        double ex = 0, ey = 0, et = 0;
        for (int i = 0; i < 2; ++i) {
          for (const auto* im : {&a, &b}) {
            ex += (at(*im, x + 1, y + i) - at(*im, x, y + i)) / 4;
            ey += (at(*im, x + i, y + 1) - at(*im, x + i, y)) / 4;
          }
          for (int j = 0; j < 2; ++j) et += (at(b, x + i, y + j) - at(a, x + i, y + j)) / 4;
        }
        double mean[2] = {0, 0};
        for (int j = -1; j <= 1; ++j)
          for (int i = -1; i <= 1; ++i)
            for (int c = 0; c < 2; ++c)
              mean[c] += (i == 0 && j == 0   ? 0
                          : i == 0 || j == 0 ? 1.0 / 6
                                             : 1.0 / 12) *
                         flow(std::clamp(x + i, 0, w - 1), std::clamp(y + j, 0, h - 1), c);
        const double step = (ex * mean[0] + ey * mean[1] + et) / (lambda + ex * ex + ey * ey);
        next(x, y, 0) = mean[0] - ex * step;
        next(x, y, 1) = mean[1] - ey * step;
      }
    std::swap(flow, next);
  }
  return flow;
}

TEST(Classic, FollowsThePaper) {
  for (int iterations : {1, 2, 25, 64}) {
    const auto a = texture({37, 29}, still()), b = texture({37, 29}, moved(0.4, -0.3));
    const auto expected = classic_oracle(a, b, 50, iterations);
    const auto flow = flow_between(a, b, horn_schunck_classic(50, iterations));
    for (int y = 0; y < 29; ++y)
      for (int x = 0; x < 37; ++x)
        for (int c = 0; c < 2; ++c) ASSERT_NEAR(flow(x, y, c), expected(x, y, c), 2e-5) << x << " " << y;
  }
}

TEST(Classic, RecoversASmallShift) {
  const auto flow =
      flow_between(texture({96, 80}, still()), texture({96, 80}, moved(0.3, 0.2)), horn_schunck_classic(20, 400));
  EXPECT_LT(mean_endpoint_error(flow, moved(-0.3, -0.2), 8), 0.05);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

void refuses(const horn_schunck_options& o, const std::string& name) {
  const std::string said = rejection([&] { horn_schunck({16, 16}, o); });
  EXPECT_NE(said.find("horn_schunck: options." + name + ":"), std::string::npos) << name << ": " << said;
}

TEST(HornSchunck, NamesTheOptionThatIsWrong) {
  refuses({.model = static_cast<horn_schunck_model>(2)}, "model");
  for (double bad : {0.0, nan, infinity, -1.0, 1e300}) refuses({.smoothness = {.weight = bad}}, "smoothness.weight");
  for (double bad : {nan, infinity, -1.0, 1e-300})
    refuses({.smoothness = {.edge_scale = bad}}, "smoothness.edge_scale");
  for (double bad : {nan, -0.1, 1.5}) refuses({.smoothness = {.edge_floor = bad}}, "smoothness.edge_floor");
  for (double bad : {nan, infinity, -0.1, 1e-4, 1001.0}) refuses({.smoothness = {.epsilon = bad}}, "smoothness.epsilon");
  for (int bad : {0, -1, INT_MAX, INT_MIN}) refuses({.solver = {.sweeps = bad}}, "solver.sweeps");
  for (double bad : {nan, 1.0, -0.1}) refuses({.solver = {.chebyshev_radius = bad}}, "solver.chebyshev_radius");
  refuses(horn_schunck_classic(0), "smoothness.weight");
  refuses(horn_schunck_classic(1, -5), "solver.sweeps");
  EXPECT_NE(
      rejection([] { horn_schunck_preset(static_cast<flow_quality>(-1)); }).find("horn_schunck_preset: quality:"),
      std::string::npos);
}

TEST(HornSchunck, NamesTheSharedOptionThatIsWrong) {
  for (double bad : {nan, infinity, -1.0, 11.0}) refuses({.pyramid = {.presmoothing = bad}}, "pyramid.presmoothing");
  for (double bad : {nan, 0.2, 1.0}) refuses({.pyramid = {.factor = bad}}, "pyramid.factor");
  refuses({.pyramid = {.coarsest_side = 3}}, "pyramid.coarsest_side");
  for (int bad : {0, 65}) refuses({.pyramid = {.max_levels = bad}}, "pyramid.max_levels");
  for (int bad : {-1, 513}) refuses({.search = {.radius = bad}}, "search.radius");
  for (double bad : {nan, infinity, -1.0, 1e300}) refuses({.data_term = {.brightness = bad}}, "data_term.brightness");
  for (double bad : {nan, infinity, -1.0, 1e300}) refuses({.data_term = {.gradient = bad}}, "data_term.gradient");
  refuses({.data_term = {.brightness = 0, .gradient = 0}}, "data_term.brightness");
  refuses({.data_term = {.brightness_epsilon = 1e-200}}, "data_term.brightness_epsilon");
  refuses({.data_term = {.gradient_epsilon = -1}}, "data_term.gradient_epsilon");
  for (int bad : {0, INT_MAX}) refuses({.warping = {.warps = bad}}, "warping.warps");
  for (double bad : {nan, 0.0, 512.0}) refuses({.warping = {.max_increment = bad}}, "warping.max_increment");
  for (int bad : {-1, 4}) refuses({.median = {.radius = bad}}, "median.radius");
  for (int bad : {0, 9}) refuses({.median = {.passes = bad}}, "median.passes");
  for (double bad : {nan, -1.0, infinity}) refuses({.validity = {.flat = bad}}, "validity.flat");
  for (double bad : {nan, -1.0, infinity}) refuses({.validity = {.aperture = bad}}, "validity.aperture");
  for (double bad : {nan, -1.0, 1025.0}) refuses({.validity = {.variation = bad}}, "validity.variation");
  for (double bad : {nan, -1.0, infinity}) refuses({.validity = {.residual = bad}}, "validity.residual");
  for (double bad : {nan, -1.0, infinity}) refuses({.validity = {.cut_score = bad}}, "validity.cut_score");
  for (double bad : {nan, -1.0, 513.0}) refuses({.validity = {.consistency = bad}}, "validity.consistency");
}

TEST(HornSchunck, NamesWhatIsWrongWithTheGeometry) {
  auto wrong = [](const flow_geometry& g, const std::string& name) {
    const std::string said = rejection([&] { horn_schunck{g}; });
    EXPECT_NE(said.find("horn_schunck: geometry." + name + ":"), std::string::npos) << name << ": " << said;
  };
  for (int bad : {0, -3, INT_MAX}) {
    wrong({bad, 16}, "width");
    wrong({16, bad}, "height");
    wrong({16, 16, bad}, "channels");
    wrong({.width = 16, .height = 16, .count = bad}, "count");
    wrong({.width = 16, .height = 16, .bit_depth = bad}, "bit_depth");
  }
  wrong({16, 16, 1, element_type::f16}, "type");
  wrong({16, 16, 1, static_cast<element_type>(77)}, "type");
  for (double bad : {0.0, nan, infinity, -1.0}) wrong({.width = 16, .height = 16, .white = bad}, "white");
}

}  // namespace
