// SPDX-License-Identifier: Apache-2.0
// The classic method, and refusals of options.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

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
  horn_schunck solver({a.width(), a.height(), 1, element_type::u8}, options, run_on::cpu);
  image<float> flow(a.width(), a.height(), 2);
  solver.solve<u8>(a, b.view(), flow);
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

TEST(HornSchunck, NamesTheArgumentThatIsWrong) {
  const flow_geometry g{16, 16, 1, element_type::u8};
  auto refuses = [&](const horn_schunck_options& o, const char* name) {
    EXPECT_NE(rejection([&] { horn_schunck(g, o); }).find(name), std::string::npos) << name;
  };
  refuses({.smoothness = 0}, "options.smoothness");
  refuses({.smoothness = std::nan("")}, "options.smoothness");
  refuses({.brightness = 0, .gradient = 0}, "options.brightness");
  refuses({.max_levels = 65}, "options.max_levels");
  refuses({.max_levels = 0}, "options.max_levels");
  refuses({.warps = 0}, "options.warps");
  refuses({.sweeps = -1}, "options.sweeps");
  refuses({.chebyshev_radius = 1}, "options.chebyshev_radius");
  refuses({.median_radius = 4}, "options.median_radius");
  refuses({.median_passes = 0}, "options.median_passes");
  refuses({.validity = {.consistency = -1}}, "options.validity.consistency");
  refuses(horn_schunck_classic(0), "options.smoothness");
  refuses(horn_schunck_classic(1, -5), "options.sweeps");
  EXPECT_NE(rejection([&] { horn_schunck({0, 16}); }).find("geometry.width"), std::string::npos);
  EXPECT_NE(rejection([&] {
              horn_schunck({16, 16, 1, element_type::f16});
            }).find("geometry.type"),
            std::string::npos);
  EXPECT_NE(rejection([&] {
              horn_schunck({16, 16, 1, element_type::u8, 0});
            }).find("geometry.count"),
            std::string::npos);
}

}  // namespace
