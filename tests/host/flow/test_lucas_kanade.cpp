// SPDX-License-Identifier: Apache-2.0
// The classic method, windows, and refusals of options.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "fluxel/image.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "host/plan/lucas_kanade.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::mean_endpoint_error;
using test::moved;
using test::rejection;
using test::still;
using test::texture;

struct outcome {
  image<float> flow;
  image<u8> validity;
};

outcome solve(const image<u8>& a, const image<u8>& b, const lucas_kanade_options& options) {
  outcome o{image<float>(a.width(), a.height(), 2), image<u8>(a.width(), a.height())};
  lucas_kanade({a.width(), a.height()}, options, {run_on::cpu}).run({a, b}, {o.flow, o.validity});
  return o;
}

/// Least squares in double over one window around (x, y): derivatives of the mean frame, (-1 8 0 -8 1) / 12.
struct classic_oracle {
  const image<u8>&a, &b;
  int radius;

  double at(const image<u8>& im, int x, int y) const {
    return im(std::clamp(x, 0, im.width() - 1), std::clamp(y, 0, im.height() - 1));
  }
  double mean(int x, int y) const { return (at(a, x, y) + at(b, x, y)) / 2; }

  test::point flow_at(int x, int y) const {
    double xx = 0, xy = 0, yy = 0, xt = 0, yt = 0;
    for (int j = std::max(y - radius, 0); j <= std::min(y + radius, a.height() - 1); ++j)
      for (int i = std::max(x - radius, 0); i <= std::min(x + radius, a.width() - 1); ++i) {
        const double gx = (mean(i - 2, j) - 8 * mean(i - 1, j) + 8 * mean(i + 1, j) - mean(i + 2, j)) / 12;
        const double gy = (mean(i, j - 2) - 8 * mean(i, j - 1) + 8 * mean(i, j + 1) - mean(i, j + 2)) / 12;
        const double t = at(b, i, j) - at(a, i, j);
        xx += gx * gx, xy += gx * gy, yy += gy * gy, xt += gx * t, yt += gy * t;
      }
    const double det = xx * yy - xy * xy;
    return {(xy * yt - yy * xt) / det, (xy * xt - xx * yt) / det};
  }
};

TEST(Classic, SolvesEachWindowByLeastSquares) {
  const auto a = texture({61, 47}, still()), b = texture({61, 47}, moved(0.4, -0.3));
  for (int radius : {2, 4, 7, 15}) {
    const auto found = solve(a, b, lucas_kanade_classic(radius));
    const classic_oracle oracle{a, b, radius};
    double worst = 0;
    for (int y = 0; y < 47; ++y)
      for (int x = 0; x < 61; ++x) {
        if (found.validity(x, y) != u8(flow_reason::valid)) continue;
        const auto [u, v] = oracle.flow_at(x, y);
        worst = std::max({worst, std::fabs(found.flow(x, y, 0) - u), std::fabs(found.flow(x, y, 1) - v)});
      }
    EXPECT_LT(worst, 0.03) << "radius " << radius;
  }
}

TEST(Classic, LeavesWindowsWithoutAnInverse) {
  // Flat on the left, bars in the middle, texture on the right.
  const size s{90, 40};
  auto frame = [&](double shift) {
    image<u8> im(s.width, s.height);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x)
        im(x, y) = x < 30   ? u8{80}
                   : x < 60 ? static_cast<u8>(std::lround(128 + 60 * std::sin((x - shift) * 0.6)))
                            : static_cast<u8>(std::lround(test::texture_at({x - shift, double(y)})));
    return im;
  };
  const auto found = solve(frame(0), frame(0.5), lucas_kanade_classic(3));
  for (int y = 8; y < s.height - 8; ++y) {
    for (int x = 0; x < 20; ++x) {
      ASSERT_EQ(found.validity(x, y), u8(flow_reason::flat)) << x << " " << y;
      ASSERT_EQ(found.flow(x, y, 0), 0.0f);
      ASSERT_EQ(found.flow(x, y, 1), 0.0f);
    }
    for (int x = 36; x < 54; ++x) {
      ASSERT_EQ(found.validity(x, y), u8(flow_reason::aperture)) << x << " " << y;
      ASSERT_EQ(found.flow(x, y, 0), 0.0f);
      ASSERT_EQ(found.flow(x, y, 1), 0.0f);
    }
    for (int x = 68; x < 82; ++x) {
      ASSERT_EQ(found.validity(x, y), u8(flow_reason::valid)) << x << " " << y;
      EXPECT_NEAR(found.flow(x, y, 0), 0.5, 0.15);
      EXPECT_NEAR(found.flow(x, y, 1), 0, 0.15);
    }
  }
}

TEST(Windows, RecoverMotionWhateverTheirShape) {
  const auto a = texture({96, 80}, still()), b = texture({96, 80}, moved(2.3, -1.6));
  for (int radius : {1, 3, 6, 15})
    for (double sigma : {0.0, 1.5, 4.0}) {
      auto options = lucas_kanade_preset(flow_quality::fast);
      options.window.radius = radius;
      options.window.sigma = sigma;
      EXPECT_LT(mean_endpoint_error(solve(a, b, options).flow, moved(-2.3, 1.6), 8), 0.08) << radius << " " << sigma;
    }
}

TEST(WindowRule, LeavesNoSumMoreThanItsBits) {
  for (int radius : {0, 2, 15})
    for (double sigma : {0.0, 2.0})
      for (double limit : {0.0, 0.1, 20.0, 1e9})
        for (double weight : {1e-3, 1.0, 1e6}) {
          const auto weights = plan::window_weights(radius, sigma);
          double side = weights.empty() ? 2 * radius + 1 : 0;
          for (auto w : weights) side += w;
          const auto rule = plan::make_window_rule({weight, weight, limit, 0.5, 1, radius, weights});
          const double entry = double(rule.contrast_limit) * rule.scale;
          EXPECT_EQ(std::exp2(std::round(std::log2(rule.scale))), rule.scale);
          EXPECT_LT((entry + 1) * side * side, 2147483648.0);
          EXPECT_LT((entry * 2 * 32768 + 2147483648.0) * side * side, 9007199254740992.0);
          EXPECT_GE(entry, 60000) << "too coarse: " << radius << " " << sigma << " " << limit;
        }
}

TEST(LucasKanade, NamesTheOptionThatIsWrong) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  auto refuses = [&](const lucas_kanade_options& o, const char* name) {
    const auto said = rejection([&] { lucas_kanade({16, 16}, o); });
    EXPECT_NE(said.find(std::string("lucas_kanade: options.") + name + ":"), std::string::npos) << said;
  };
  refuses({.model = static_cast<lucas_kanade_model>(7)}, "model");
  refuses({.model = static_cast<lucas_kanade_model>(-1)}, "model");
  for (double radius : {-1, 16}) refuses({.window = {.radius = int(radius)}}, "window.radius");
  for (double bad : {nan, infinity, -1.0, 1e-9}) refuses({.window = {.sigma = bad}}, "window.sigma");
  for (double bad : {nan, infinity, -0.5, 1e300}) refuses({.window = {.ridge = bad}}, "window.ridge");
  for (double bad : {nan, infinity, -1.0, 1e-300})
    refuses({.window = {.contrast_limit = bad}}, "window.contrast_limit");
  refuses(lucas_kanade_classic(40), "window.radius");
  EXPECT_NE(
      rejection([] { lucas_kanade_preset(static_cast<flow_quality>(9)); }).find("lucas_kanade_preset: quality:"),
      std::string::npos);
}

}  // namespace
