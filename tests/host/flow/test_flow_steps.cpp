// SPDX-License-Identifier: Apache-2.0
// Each step of dense flow against an oracle in double that shares no code with it. Runs on the CPU, and on the CUDA
// row of the library it is linked with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "kernels/contract/backend.hpp"
#include "tests/support/flow_steps.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using flow_steps::i16;
using test::clamped;
using test::grey;
using test::made;
using test::placed;
using test::rejection;
using test::slope;

class FlowSteps : public test::flow_step_test {};

const size s{45, 37};

TEST_P(FlowSteps, PyramidsAreGaussianMeans) {
  image<float> frame(61, 50);
  test::random r(5);
  for (std::size_t i = 0; i < frame.size(); ++i) frame.data()[i] = test::random_value<float>(r);
  const flow_pyramid_options options{.presmoothing = 0.6, .factor = 0.6, .coarsest_side = 16};
  flow_steps::image_pyramid pyramid({61, 50, 1, element_type::f32}, options, {GetParam()});
  const auto source = put(frame);
  EXPECT_NE(rejection([&] { pyramid.grey(0); }).find("image_pyramid: frame:"), std::string::npos);
  pyramid.run(source);
  for (int level : {-1, 3, 77}) {
    EXPECT_NE(rejection([&] { pyramid.grey(level); }).find("image_pyramid: level:"), std::string::npos);
    EXPECT_NE(rejection([&] { pyramid.mask(level); }).find("image_pyramid: level:"), std::string::npos);
    EXPECT_NE(rejection([&] { pyramid.level_size(level); }).find("image_pyramid: level:"), std::string::npos);
  }
  ASSERT_EQ(pyramid.levels(), 3);
  EXPECT_EQ(pyramid.level_size(1), (size{37, 30}));
  EXPECT_EQ(pyramid.level_size(2), (size{22, 18}));
  auto smoothed = [](const std::vector<double>& in, size from, size to, double sigma) {
    std::vector<double> out(std::size_t(to.width) * to.height);
    for (int y = 0; y < to.height; ++y)
      for (int x = 0; x < to.width; ++x) {
        const double cx = (x + 0.5) * from.width / to.width - 0.5, cy = (y + 0.5) * from.height / to.height - 0.5;
        const double rx = std::max(3 * sigma, 0.5 * from.width / to.width);
        const double ry = std::max(3 * sigma, 0.5 * from.height / to.height);
        double sum = 0, weights = 0;
        for (int j = int(std::ceil(cy - ry)); j <= cy + ry; ++j)
          for (int i = int(std::ceil(cx - rx)); i <= cx + rx; ++i) {
            const double w = std::exp(-((i - cx) * (i - cx) + (j - cy) * (j - cy)) / (2 * sigma * sigma));
            sum += w * in[std::size_t(clamped(j, from.height)) * from.width + clamped(i, from.width)];
            weights += w;
          }
        out[std::size_t(y) * to.width + x] = sum / weights;
      }
    return out;
  };
  std::vector<double> expected(frame.size());
  for (std::size_t i = 0; i < frame.size(); ++i) expected[i] = 4080.0 * frame.data()[i];
  size from{61, 50};
  for (int l = 0; l < 3; ++l) {
    const size to = pyramid.level_size(l);
    expected = smoothed(expected, from, to, l == 0 ? 0.6 : 0.6 * std::sqrt(1 / 0.36 - 1));
    const auto view = pyramid.grey(l);
    const std::size_t bytes = std::size_t(view.pitch) * to.height;
    std::vector<u16> pixels(bytes / 2);
    const auto& row = GetParam() == run_on::cuda ? *kernels::cuda() : kernels::cpu();
    row.memory.download(pixels.data(), view.data, bytes, nullptr);
    row.memory.synchronize(nullptr);
    for (int y = 0; y < to.height; ++y)
      for (int x = 0; x < to.width; ++x)
        ASSERT_NEAR(pixels[std::size_t(y) * (view.pitch / 2) + x], expected[std::size_t(y) * to.width + x], 2.0 + l)
            << l << ": " << x << " " << y;
    from = to;
  }
}

double catmull_rom(double d) {
  d = std::abs(d);
  return d < 1 ? 1.5 * d * d * d - 2.5 * d * d + 1 : d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0;
}

TEST_P(FlowSteps, WarpsInterpolateByCatmullRom) {
  const auto first = grey(s, 0, 0), second = grey(s, 3, -2);
  test::random r(7);
  const auto u = made<i16>(s, [&](int, int) { return r.below(20 * 64) - 10 * 64; });
  const auto v = made<i16>(s, [&](int, int) { return r.below(20 * 64) - 10 * 64; });
  const auto a = put(first), b = put(second);
  const auto fu = put(u), fv = put(v);
  const auto warped = room<i16>(s);
  const auto reason = room<u8>(s);
  flow_steps::warp(a, b, {fu.view(), fv.view()}, warped, reason);
  const auto got = warped.get();
  const auto why = reason.get();
  int outside = 0;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double px = x + u(x, y) / 64.0, py = y + v(x, y) / 64.0;
      if (px < 0 || py < 0 || px > s.width - 1 || py > s.height - 1) {
        ++outside;
        EXPECT_EQ(why(x, y), u8(flow_reason::outside));
        EXPECT_EQ(got(x, y), first(x, y));
        continue;
      }
      double sum = 0;
      const int ix = int(px), iy = int(py);
      for (int j = -1; j <= 2; ++j)
        for (int i = -1; i <= 2; ++i)
          sum += catmull_rom(px - (ix + i)) * catmull_rom(py - (iy + j)) *
                 second(clamped(ix + i, s.width), clamped(iy + j, s.height));
      EXPECT_EQ(why(x, y), 0);
      ASSERT_NEAR(got(x, y), sum, 2) << x << " " << y;
    }
  EXPECT_GT(outside, 20);
}

TEST_P(FlowSteps, DerivativesFollowTheStencil) {
  const auto a = grey(s, 0, 0);
  const auto w = made<i16>(s, [&](int x, int y) { return grey(s, 0.7, 0.4)(x, y) - 300; });
  const auto first = put(a);
  const auto second = put(w);
  std::vector<std::unique_ptr<placed<i16>>> out;
  for (int i = 0; i < 8; ++i) out.push_back(std::make_unique<placed<i16>>(GetParam(), image<i16>(s.width, s.height)));
  auto view = [&](int i) { return out[i]->view(); };
  flow_steps::derivatives(first, second, {view(0), view(1), view(2), view(3), view(4), view(5), view(6), view(7)});
  const auto sum = made<double>(s, [&](int x, int y) { return a(x, y) + w(x, y); });
  const auto change = made<double>(s, [&](int x, int y) { return w(x, y) - a(x, y); });
  const auto mx = slope(sum, false), my = slope(sum, true);
  const image<double> expected[8] = {
      mx, my, slope(mx, false), slope(mx, true), slope(my, true), change, slope(change, false), slope(change, true)};
  const double rounding[8] = {0.5, 0.5, 1.7, 1.7, 1.7, 0, 0.5, 0.5};  // second slopes add up those of the first
  for (int i = 0; i < 8; ++i) {
    const auto got = out[i]->get();
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x)
        ASSERT_NEAR(got(x, y), expected[i](x, y), rounding[i] + 1e-9) << i << ": " << x << " " << y;
  }
}

TEST_P(FlowSteps, MediansAreSelected) {
  test::random r(3);
  const auto u = made<i16>(s, [&](int, int) { return r.below(65535) - 32767; });
  const auto v = made<i16>(s, [&](int, int) { return r.below(9); });
  auto reflected = [](int i, int n) {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
  };
  const auto fu = put(u), fv = put(v);
  const auto mu = room<i16>(s), mv = room<i16>(s);
  for (int radius : {1, 2, 3}) {
    flow_steps::median({fu.view(), fv.view()}, {mu.view(), mv.view()}, radius);
    const image<i16> got[2] = {mu.get(), mv.get()};
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x)
        for (int c = 0; c < 2; ++c) {
          std::vector<i16> window;
          for (int j = -radius; j <= radius; ++j)
            for (int i = -radius; i <= radius; ++i)
              window.push_back((c == 0 ? u : v)(reflected(x + i, s.width), reflected(y + j, s.height)));
          std::sort(window.begin(), window.end());
          ASSERT_EQ(got[c](x, y), window[window.size() / 2]) << radius << ": " << x << " " << y;
        }
  }
}

TEST_P(FlowSteps, EnlargementIsBilinear) {
  const size small{19, 15};
  test::random r(9);
  const auto u = made<i16>(small, [&](int, int) { return r.below(2000) - 1000; });
  const auto fu = put(u);
  const auto to_u = room<i16>(s), to_v = room<i16>(s);
  flow_steps::upscale_flow({fu.view(), fu.view()}, {to_u.view(), to_v.view()});
  const image<i16> got[2] = {to_u.get(), to_v.get()};
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double px = std::clamp((x + 0.5) * small.width / s.width - 0.5, 0.0, small.width - 1.0);
      const double py = std::clamp((y + 0.5) * small.height / s.height - 0.5, 0.0, small.height - 1.0);
      const int i = int(px), j = int(py), right = clamped(i + 1, small.width), below = clamped(j + 1, small.height);
      const double fx = px - i, fy = py - j;
      const double value =
          (1 - fy) * ((1 - fx) * u(i, j) + fx * u(right, j)) + fy * ((1 - fx) * u(i, below) + fx * u(right, below));
      ASSERT_NEAR(got[0](x, y), value * s.width / small.width, 0.51) << x << " " << y;
      ASSERT_NEAR(got[1](x, y), value * s.height / small.height, 0.51) << x << " " << y;
    }
}

TEST_P(FlowSteps, TheForwardBackwardCheckMeasuresTheDistance) {
  test::random r(11);
  const auto there = made<i16>(s, [&](int, int) { return 100 + r.below(20); });
  const auto back = made<i16>(s, [&](int, int) { return -100 - r.below(60); });
  const auto f = put(there), b = put(back);
  const auto reasons = room<u8>(s);
  flow_steps::check_forward_backward({f.view(), f.view()}, {b.view(), b.view()}, 0.3, reasons);
  const auto got = reasons.get();
  int missed = 0;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double d = there(x, y) / 64.0, px = x + d, py = y + d;
      if (px > s.width - 1 || py > s.height - 1) {
        EXPECT_EQ(got(x, y), u8(flow_reason::outside));
        continue;
      }
      const int i = int(px), j = int(py), right = clamped(i + 1, s.width), below = clamped(j + 1, s.height);
      const double fx = px - i, fy = py - j;
      const double again = ((1 - fy) * ((1 - fx) * back(i, j) + fx * back(right, j)) +
                            fy * ((1 - fx) * back(i, below) + fx * back(right, below))) /
                           64;
      const double miss = std::hypot(d + again, d + again);
      if (std::abs(miss - 0.3) < 1e-9) continue;
      missed += miss > 0.3;
      EXPECT_EQ(got(x, y), miss > 0.3 ? u8(flow_reason::inconsistent) : 0) << x << " " << y;
    }
  EXPECT_GT(missed, 100);
  EXPECT_LT(missed, s.width * s.height - 100);
}

TEST_P(FlowSteps, NameTheViewThatDoesNotFit) {
  const auto a = room<u16>(s), b = room<u16>(s), narrow = room<u16>({s.width - 1, s.height});
  const auto u = room<i16>(s), v = room<i16>(s), w = room<i16>(s);
  const auto reason = room<u8>(s);
  auto says = [](const std::string& said, const char* what) {
    EXPECT_NE(said.find(what), std::string::npos) << said;
  };
  says(rejection([&] { flow_steps::warp(a, narrow, {u.view(), v.view()}, w, reason); }), "warp: next:");
  says(rejection([&] { flow_steps::warp(a, b, {u.view(), v.view()}, v, reason); }), "warp: warped: overlaps flow.v");
  says(rejection([&] { flow_steps::median({u.view(), v.view()}, {u.view(), w.view()}, 1); }), "median: out.u:");
  says(rejection([&] { flow_steps::median({u.view(), u.view()}, {v.view(), w.view()}, 4); }), "median: radius:");
  says(rejection([&] {
         flow_steps::check_forward_backward({u.view(), u.view()}, {v.view(), v.view()}, -1, reason);
       }),
       "check_forward_backward: distance:");
}

INSTANTIATE_TEST_SUITE_P(Processors, FlowSteps, testing::ValuesIn(test::processors()));

}  // namespace
