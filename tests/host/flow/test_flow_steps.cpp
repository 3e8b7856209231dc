// SPDX-License-Identifier: Apache-2.0
// Each step of dense flow against an oracle in double that shares no code with it. Runs on the CPU, and on the CUDA
// row of the library it is linked with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fluxel/flow_steps.hpp"
#include "fluxel/image.hpp"
#include "kernels/contract/backend.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/placed_image.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using flow_steps::i16;
using test::placed;
using test::rejection;

class FlowSteps : public testing::TestWithParam<run_on> {
 protected:
  template <class T>
  placed<T> put(const image<T>& im) const {
    return {GetParam(), im};
  }
  template <class T>
  placed<T> room(size s) const {
    return {GetParam(), image<T>(s.width, s.height)};
  }
};

const size s{45, 37};

template <class T, class F>
image<T> made(size of, F&& f) {
  image<T> im(of.width, of.height);
  for (int y = 0; y < of.height; ++y)
    for (int x = 0; x < of.width; ++x) im(x, y) = static_cast<T>(f(x, y));
  return im;
}

/// Q8.4 of a moved texture.
image<u16> grey(size of, double dx, double dy) {
  return made<u16>(of, [&](int x, int y) {
    return std::lround(16 * std::clamp(test::texture_at({x - dx, y - dy}), 0.0, 255.0));
  });
}

int clamped(int i, int n) { return std::clamp(i, 0, n - 1); }

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

/// The stencil's slopes of a plane, a border's value repeated.
image<double> slope(const image<double>& f, bool along_y) {
  return made<double>(s, [&](int x, int y) {
    auto at = [&](int d) { return along_y ? f(x, clamped(y + d, s.height)) : f(clamped(x + d, s.width), y); };
    return (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / 8;
  });
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

/// The system of the energy in horn_schunck_options around one warp by `flow_u` and `flow_v` (1/64 px), in double, from
/// the options' description.
class oracle_system {
 public:
  oracle_system(const image<u16>& prev, const image<i16>& warped, const horn_schunck_options& o)
      : oracle_system(prev, warped, made<i16>(s, [](int, int) { return 0; }), made<i16>(s, [](int, int) { return 0; }),
                      o) {}
  oracle_system(const image<u16>& prev, const image<i16>& warped, const image<i16>& flow_u, const image<i16>& flow_v,
                const horn_schunck_options& o) {
    const int w = s.width, h = s.height;
    unknowns_ = 2 * w * h;
    matrix_.assign(std::size_t(unknowns_) * unknowns_, 0);
    right_.assign(unknowns_, 0);
    const auto mean = made<double>(s, [&](int x, int y) { return (prev(x, y) + warped(x, y)) / 32.0; });
    const auto change = made<double>(s, [&](int x, int y) { return (warped(x, y) - prev(x, y)) / 16.0; });
    auto per_pixel = [](image<double> im) {  // the stencil / 12
      for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] *= 8.0 / 12;
      return im;
    };
    const auto mx = per_pixel(slope(mean, false)), my = per_pixel(slope(mean, true));
    const auto xx = per_pixel(slope(mx, false)), xy = per_pixel(slope(mx, true)), yy = per_pixel(slope(my, true));
    const auto tx = per_pixel(slope(change, false)), ty = per_pixel(slope(change, true));
    auto psi = [](double squared, double epsilon) {
      return epsilon == 0 ? 1 : 1 / std::sqrt(1 + squared / (epsilon * epsilon));
    };
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) {
        const double t = change(x, y);
        const double wb = o.data_term.brightness * psi(t * t, o.data_term.brightness_epsilon);
        const double wg =
            o.data_term.gradient * psi(tx(x, y) * tx(x, y) + ty(x, y) * ty(x, y), o.data_term.gradient_epsilon);
        auto from_flow = [&](double weight, double a, double b, double c) {
          constraint(x, y, weight, a, b, c - (a * flow_u(x, y) + b * flow_v(x, y)) / 64);
        };
        from_flow(wb, mx(x, y), my(x, y), t);
        from_flow(wg, xx(x, y), xy(x, y), tx(x, y));
        from_flow(wg, xy(x, y), yy(x, y), ty(x, y));
        auto to = [&](int i, int j) {
          const double du = (flow_u(i, j) - flow_u(x, y)) / 64.0, dv = (flow_v(i, j) - flow_v(x, y)) / 64.0;
          smooth(index(x, y), index(i, j), o.smoothness, prev(x, y) - prev(i, j),
                 psi(du * du + dv * dv, o.smoothness.epsilon));
        };
        if (x + 1 < w) to(x + 1, y);
        if (y + 1 < h) to(x, y + 1);
      }
  }

  /// |b - A x| / |b|
  double residual(const image<i16>& u, const image<i16>& v) const {
    double sum = 0, norm = 0;
    for (int i = 0; i < unknowns_; ++i) {
      double r = right_[i];
      for (int j = 0; j < unknowns_; ++j)
        r -= matrix_[std::size_t(i) * unknowns_ + j] * ((j % 2 ? v : u).data()[j / 2] / 64.0);
      sum += r * r;
      norm += right_[i] * right_[i];
    }
    return std::sqrt(sum / norm);
  }

  /// By Cholesky's factorisation.
  std::vector<double> solved() const {
    auto a = matrix_;
    auto x = right_;
    auto at = [&](int i, int j) -> double& { return a[std::size_t(i) * unknowns_ + j]; };
    const int band = 2 * s.width + 2;
    for (int j = 0; j < unknowns_; ++j) {
      for (int k = std::max(0, j - band); k < j; ++k) at(j, j) -= at(j, k) * at(j, k);
      at(j, j) = std::sqrt(at(j, j));
      for (int i = j + 1; i < std::min(unknowns_, j + band + 1); ++i) {
        for (int k = std::max(0, i - band); k < j; ++k) at(i, j) -= at(i, k) * at(j, k);
        at(i, j) /= at(j, j);
      }
    }
    for (int i = 0; i < unknowns_; ++i) {
      for (int k = std::max(0, i - band); k < i; ++k) x[i] -= at(i, k) * x[k];
      x[i] /= at(i, i);
    }
    for (int i = unknowns_ - 1; i >= 0; --i) {
      for (int k = i + 1; k < std::min(unknowns_, i + band + 1); ++k) x[i] -= at(k, i) * x[k];
      x[i] /= at(i, i);
    }
    return x;
  }

 private:
  static int index(int x, int y) { return y * s.width + x; }
  double& entry(int i, int j) { return matrix_[std::size_t(i) * unknowns_ + j]; }
  /// weight * (a u + b v + c)^2
  void constraint(int x, int y, double weight, double a, double b, double c) {
    const int u = 2 * index(x, y), v = u + 1;
    entry(u, u) += weight * a * a;
    entry(u, v) += weight * a * b;
    entry(v, u) += weight * a * b;
    entry(v, v) += weight * b * b;
    right_[u] -= weight * a * c;
    right_[v] -= weight * b * c;
  }
  void smooth(int p, int q, const horn_schunck_smoothness& o, double difference, double robust) {
    const double grey = difference / 16.0;
    const double edge =
        o.edge_scale == 0
            ? 1
            : o.edge_floor + (1 - o.edge_floor) * std::exp(-grey * grey / (2 * o.edge_scale * o.edge_scale));
    const double weight = o.weight * edge * robust;
    for (int c = 0; c < 2; ++c) {
      const int i = 2 * p + c, j = 2 * q + c;
      entry(i, i) += weight;
      entry(j, j) += weight;
      entry(i, j) -= weight;
      entry(j, i) -= weight;
    }
  }

  int unknowns_ = 0;
  std::vector<double> matrix_, right_;
};

class LinearSystem : public FlowSteps {
 protected:
  /// Frames whose motion stretches the range of the flow: rounding to 1/64 px is small beside it.
  image<u16> prev = grey(s, 0, 0);
  image<i16> warped =
      made<i16>(s, [](int x, int y) { return grey(s, 0, 0)(x, y) + 500 * std::sin(0.3 * x + 0.2 * y); });

  std::pair<image<i16>, image<i16>> relaxed(horn_schunck_options options, int sweeps) const {
    const auto still = made<i16>(s, [](int, int) { return 0; });
    return relaxed(options, sweeps, still, still);
  }
  std::pair<image<i16>, image<i16>> relaxed(horn_schunck_options options, int sweeps, const image<i16>& flow_u,
                                            const image<i16>& flow_v) const {
    options.solver.sweeps = sweeps;
    options.warping.max_increment = 500;
    flow_steps::linear_system system(s, options, {GetParam()});
    const auto a = put(prev);
    const auto w = put(warped);
    const auto known = room<u8>(s);
    const auto from_u = put(flow_u), from_v = put(flow_v);
    const auto u = room<i16>(s), v = room<i16>(s);
    system.run(a, w, known, {from_u.view(), from_v.view()}, {u.view(), v.view()});
    return {u.get(), v.get()};
  }
};

TEST_P(LinearSystem, TheResidualFallsToTheLastBitOfTheFlow) {
  horn_schunck_options options;
  const oracle_system oracle(prev, warped, options);
  auto after = [&](double radius, int sweeps) {
    options.solver.chebyshev_radius = radius;
    const auto [u, v] = relaxed(options, sweeps);
    return oracle.residual(u, v);
  };
  double before = 1;
  for (int sweeps : {1, 2, 4, 8, 16, 32}) {
    const double now = after(0, sweeps);
    EXPECT_LE(now, before) << sweeps;
    before = now;
  }
  EXPECT_LT(before, 0.025);
  EXPECT_LT(after(0.95, 16), 0.025);
}

TEST_P(LinearSystem, ChebyshevTravelsFartherThanGaussSeidel) {
  horn_schunck_options options;
  options.smoothness = {.weight = 2000, .edge_scale = 0};
  const auto expected = oracle_system(prev, warped, options).solved();
  auto error_after = [&](double radius, int sweeps) {
    options.solver.chebyshev_radius = radius;
    const auto [u, v] = relaxed(options, sweeps);
    double sum = 0;
    for (int i = 0; i < s.width * s.height; ++i)
      sum += std::hypot(u.data()[i] / 64.0 - expected[2 * i], v.data()[i] / 64.0 - expected[2 * i + 1]);
    return sum / (s.width * s.height);
  };
  double before = error_after(0, 1);
  for (int sweeps : {2, 4, 8, 16, 32}) {
    const double now = error_after(0, sweeps);
    EXPECT_LT(now, before) << sweeps;
    before = now;
  }
  EXPECT_LT(error_after(0.97, 32), 0.5 * before) << before;
}

TEST_P(LinearSystem, BothReachTheDirectSolution) {
  for (double edge_scale : {0.0, 5.0})
    for (double radius : {0.0, 0.97}) {
      horn_schunck_options options;
      options.smoothness.edge_scale = edge_scale;
      options.solver.chebyshev_radius = radius;
      const auto expected = oracle_system(prev, warped, options).solved();
      const auto [u, v] = relaxed(options, radius == 0 ? 3000 : 400);
      double worst = 0, largest = 0;
      for (int i = 0; i < s.width * s.height; ++i) {
        worst = std::max({worst, std::abs(u.data()[i] / 64.0 - expected[2 * i]),
                          std::abs(v.data()[i] / 64.0 - expected[2 * i + 1])});
        largest = std::max({largest, std::abs(expected[2 * i]), std::abs(expected[2 * i + 1])});
      }
      // The slopes are rounded to integers: that, and the last bit of the flow, is all that differs.
      EXPECT_LT(worst, 0.02 * largest + 1.0 / 64) << edge_scale << " " << radius << " " << largest;
    }
}

TEST_P(LinearSystem, SmoothnessCountsLessWhereTheFlowDiffers) {
  const auto u = made<i16>(s, [](int x, int y) { return x < y ? 40 : 64 * 3 + x; });
  const auto v = made<i16>(s, [](int x, int y) { return x < y ? -30 + y : 90; });
  auto miss = [&](double epsilon, double expected_epsilon) {
    horn_schunck_options options;
    options.smoothness.epsilon = expected_epsilon;
    const auto expected = oracle_system(prev, warped, u, v, options).solved();
    options.smoothness.epsilon = epsilon;
    const auto [got_u, got_v] = relaxed(options, 400, u, v);
    double worst = 0, largest = 0;
    for (int i = 0; i < s.width * s.height; ++i) {
      worst = std::max({worst, std::abs(got_u.data()[i] / 64.0 - expected[2 * i]),
                        std::abs(got_v.data()[i] / 64.0 - expected[2 * i + 1])});
      largest = std::max({largest, std::abs(expected[2 * i]), std::abs(expected[2 * i + 1])});
    }
    return worst - (0.02 * largest + 1.0 / 64);
  };
  for (double epsilon : {0.0, 0.05, 0.1, 2.0}) EXPECT_LT(miss(epsilon, epsilon), 0) << epsilon;
  EXPECT_GT(miss(0, 0.1), 0);  // the weights matter
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

std::vector<run_on> processors() {
  std::vector<run_on> all{run_on::cpu};
  if (device_count() > 0) all.push_back(run_on::cuda);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Processors, FlowSteps, testing::ValuesIn(processors()));
INSTANTIATE_TEST_SUITE_P(Processors, LinearSystem, testing::ValuesIn(processors()));

}  // namespace
