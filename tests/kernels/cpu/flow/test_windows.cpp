// SPDX-License-Identifier: Apache-2.0
// Lucas-Kanade windows: the scalar backend against normal equations in double, and every target against the scalar
// backend.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;
using namespace fluxel::kernels;

template <class T>
struct owned_plane {
  explicit owned_plane(size s) : pitch((s.width + 63) / 64 * 64), memory(pitch * s.height) {
    view = {memory.data(), s.width, s.height, static_cast<std::ptrdiff_t>(pitch), 1, 0};
  }
  T& operator()(int x, int y) { return memory[y * pitch + x]; }

  std::size_t pitch;
  std::vector<T> memory;
  plane<T> view;
};

/// A frame, a warped one, and the flow that warped it.
struct problem {
  explicit problem(size s)
      : first(s), warped(s), reason(s), mask(s), smaller(s), u(s), v(s), to_u(s), to_v(s), extent(s) {}

  flow_frames frames(bool masked) const {
    return {first.view, first.view, masked ? mask.view : plane<const u8>{}, {}};
  }
  warped_frame warped_by_flow() const { return {warped.view, reason.view}; }
  flow_exchange exchange() const { return {{u.view, v.view}, {to_u.view, to_v.view}}; }

  owned_plane<u16> first;
  owned_plane<std::int16_t> warped;
  owned_plane<u8> reason, mask;
  owned_plane<float> smaller;
  owned_plane<std::int16_t> u, v, to_u, to_v;
  size extent;
};

/// Every pixel on its own, reasons and extremes included.
problem noise(size s, unsigned seed) {
  std::mt19937 random(seed);
  problem p(s);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const bool flat = (x / 9 + y / 7) % 3 == 0;
      p.first(x, y) = static_cast<u16>(flat ? 1000 : random() % 3 == 0 ? 4080 : random() % 4081);
      p.warped(x, y) = static_cast<std::int16_t>(flat ? 1003 : static_cast<int>(random() % 6376) - 1148);
      p.reason(x, y) = random() % 11 == 0 ? static_cast<u8>(1 + random() % 2) : u8{0};
      p.smaller(x, y) = static_cast<float>(random() % 100);
      const int most = random() % 8 == 0 ? 32767 : 100;
      p.u(x, y) = static_cast<std::int16_t>(static_cast<int>(random() % (2 * most + 1)) - most);
      p.v(x, y) = static_cast<std::int16_t>(static_cast<int>(random() % (2 * most + 1)) - most);
    }
  return p;
}

constexpr flow_energy robust{.brightness = 0.2f,
                             .gradient = 5,
                             .inverse_brightness_scale = 1 / 9.0f,
                             .inverse_gradient_scale = 1 / 2.25f,
                             .smoothness = 0};
constexpr flow_energy plain{.brightness = 1};

/// A scale at which no sum leaves 32 bits.
flow_windows windows_of(int radius, float contrast_limit, std::span<const std::int32_t> weights = {}) {
  flow_windows w{.radius = radius, .weights = weights};
  double side = 0;
  for (int i = 0; i <= 2 * radius; ++i) side += weights.empty() ? 1 : weights[i];
  double scale = 4096;
  while (contrast_limit * scale * side * side > 1 << 30) scale /= 2;
  w.rule = {.contrast_limit = contrast_limit,
            .scale = static_cast<float>(scale),
            .change_limit = 2147483520.0f,
            .ridge = static_cast<float>(0.5 * scale * side * side),
            .limit = 640};
  return w;
}

class WindowTargets : public testing::TestWithParam<int> {
 protected:
  ~WindowTargets() override { force_cpu_target(""); }
};

TEST_P(WindowTargets, EqualWindowsSummedOneByOne) {
  const int radius = GetParam();
  std::vector<std::int32_t> weights;
  for (int i = -radius; i <= radius; ++i) weights.push_back(1 + 60 / (1 + i * i));
  for (auto s : {size{1, 1}, size{1, 19}, size{40, 1}, size{3, 5}, size{67, 43}, size{130, 50}}) {
    for (bool box : {true, false}) {
      problem p = noise(s, static_cast<unsigned>(radius * 1000 + s.width));
      auto w = windows_of(radius, box ? 30.0f : 200000.0f, box ? std::span<const std::int32_t>() : weights);
      if (radius % 2 == 1) {
        w.smaller = p.smaller.view;
        w.least_eigenvalue = 20;
      }
      const auto frames = p.frames(radius % 3 == 0);
      const auto& energy = box ? robust : plain;
      ASSERT_EQ(scalar().flow.solve_windows(frames, p.warped_by_flow(), energy, w, p.exchange(), {}), status::ok);
      const auto u = p.to_u.memory, v = p.to_v.memory;
      for (const auto& target : kernels::cpu_targets())
        for (int threads : {1, 3}) {
          ASSERT_TRUE(force_cpu_target(target));
          std::fill(p.to_u.memory.begin(), p.to_u.memory.end(), std::int16_t{0});
          std::fill(p.to_v.memory.begin(), p.to_v.memory.end(), std::int16_t{0});
          launch_options launch;
          launch.threads = threads;
          ASSERT_EQ(cpu().flow.solve_windows(frames, p.warped_by_flow(), energy, w, p.exchange(), launch),
                    status::ok);
          EXPECT_TRUE(p.to_u.memory == u && p.to_v.memory == v) << target << " " << threads << " threads, " << s.width
                                                                << "x" << s.height << (box ? " box" : " weights");
        }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Radii, WindowTargets, testing::Values(0, 1, 2, 3, 4, 7, 10, 15));

/// Least squares in double over one window, from the paper: brightness constancy, derivatives of the mean frame.
struct oracle {
  problem& p;
  int radius;
  double ridge;

  double mean(int x, int y) const {
    return (p.first(at(x, p.extent.width), at(y, p.extent.height)) +
            p.warped(at(x, p.extent.width), at(y, p.extent.height))) /
           32.0;
  }
  static int at(int i, int n) { return std::clamp(i, 0, n - 1); }

  std::pair<double, double> flow_of(int x, int y) const {
    double a11 = 0, a12 = 0, a22 = 0, b1 = 0, b2 = 0;
    for (int j = y - radius; j <= y + radius; ++j)
      for (int i = x - radius; i <= x + radius; ++i) {
        if (i < 0 || j < 0 || i >= p.extent.width || j >= p.extent.height || p.reason(i, j) != 0) continue;
        const double gx = (mean(i - 2, j) - 8 * mean(i - 1, j) + 8 * mean(i + 1, j) - mean(i + 2, j)) / 12;
        const double gy = (mean(i, j - 2) - 8 * mean(i, j - 1) + 8 * mean(i, j + 1) - mean(i, j + 2)) / 12;
        const double change = (p.warped(i, j) - p.first(i, j)) / 16.0 - gx * p.u(i, j) / 64.0 - gy * p.v(i, j) / 64.0;
        a11 += gx * gx, a12 += gx * gy, a22 += gy * gy, b1 -= gx * change, b2 -= gy * change;
      }
    const double weight = ridge * (2 * radius + 1) * (2 * radius + 1);
    a11 += weight, a22 += weight, b1 += weight * p.u(x, y) / 64.0, b2 += weight * p.v(x, y) / 64.0;
    const double det = a11 * a22 - a12 * a12;
    return {(a22 * b1 - a12 * b2) / det, (a11 * b2 - a12 * b1) / det};
  }
};

TEST(Windows, SolveTheNormalEquations) {
  for (int radius : {1, 2, 5}) {
    problem p({48, 40});
    std::mt19937 random(static_cast<unsigned>(radius));
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 48; ++x) {
        const double texture = 2000 + 900 * std::sin(x * 0.7 + 0.3 * y) + 800 * std::cos(0.6 * y - 0.2 * x);
        p.first(x, y) = static_cast<u16>(texture + random() % 200);
        p.warped(x, y) = static_cast<std::int16_t>(texture + random() % 200);
        p.u(x, y) = static_cast<std::int16_t>(random() % 128 + 300);
        p.v(x, y) = static_cast<std::int16_t>(random() % 128 - 800);
        p.reason(x, y) = random() % 9 == 0 ? u8{2} : u8{0};
      }
    const auto w = windows_of(radius, 200000);
    ASSERT_EQ(scalar().flow.solve_windows(p.frames(false), p.warped_by_flow(), plain, w, p.exchange(), {}),
              status::ok);
    double worst = 0;
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 48; ++x) {
        const auto [u, v] = oracle{p, radius, 0.5}.flow_of(x, y);
        worst = std::max({worst, std::fabs(p.to_u(x, y) / 64.0 - u), std::fabs(p.to_v(x, y) / 64.0 - v)});
      }
    EXPECT_LT(worst, 0.02) << "radius " << radius;  // slopes are rounded to 1/48 grey level, flow to 1/64 pixel
  }
}

TEST(Windows, ThatKnowNothingLeaveTheFlow) {
  problem p({20, 18});
  std::fill(p.first.memory.begin(), p.first.memory.end(), u16{800});
  std::fill(p.warped.memory.begin(), p.warped.memory.end(), std::int16_t{816});
  std::fill(p.u.memory.begin(), p.u.memory.end(), std::int16_t{-77});
  std::fill(p.v.memory.begin(), p.v.memory.end(), std::int16_t{32767});
  auto w = windows_of(2, 30);
  for (float ridge : {w.rule.ridge, 0.0f}) {
    w.rule.ridge = ridge;
    for (const auto* row : {&scalar(), &cpu()}) {
      ASSERT_EQ(row->flow.solve_windows(p.frames(false), p.warped_by_flow(), robust, w, p.exchange(), {}),
                status::ok);
      for (int y = 0; y < 18; ++y)
        for (int x = 0; x < 20; ++x) {
          ASSERT_EQ(p.to_u(x, y), -77);
          ASSERT_EQ(p.to_v(x, y), 32767);
        }
    }
  }
}

}  // namespace
