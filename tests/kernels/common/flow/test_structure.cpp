// SPDX-License-Identifier: Apache-2.0
// The structure tensor against its definition in doubles, which shares no code with it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/contract/backend.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;

struct frame {
  int width, height;
  std::vector<u16> level;

  double at(int x, int y) const {
    return level[std::size_t(std::clamp(y, 0, height - 1)) * width + std::clamp(x, 0, width - 1)] / 16.0;
  }
  double dx(int x, int y) const { return (at(x - 2, y) - 8 * at(x - 1, y) + 8 * at(x + 1, y) - at(x + 2, y)) / 12; }
  double dy(int x, int y) const { return (at(x, y - 2) - 8 * at(x, y - 1) + 8 * at(x, y + 1) - at(x, y + 2)) / 12; }
};

frame random_frame(int width, int height, std::uint64_t seed) {
  test::random r(seed);
  frame f{width, height, std::vector<u16>(std::size_t(width) * height)};
  for (auto& v : f.level) v = r.below(8) == 0 ? (r.below(2) != 0 ? 4095 : 0) : static_cast<u16>(r.below(4096));
  return f;
}

std::pair<double, double> oracle(const frame& f, int x, int y, int radius) {
  double a = 0, b = 0, c = 0;
  for (int j = y - radius; j <= y + radius; ++j)
    for (int i = x - radius; i <= x + radius; ++i) {
      const int u = std::clamp(i, 0, f.width - 1), v = std::clamp(j, 0, f.height - 1);
      a += f.dx(u, v) * f.dx(u, v);
      b += f.dx(u, v) * f.dy(u, v);
      c += f.dy(u, v) * f.dy(u, v);
    }
  const double n = (2.0 * radius + 1) * (2 * radius + 1), root = std::sqrt((a - c) * (a - c) / 4 + b * b);
  return {((a + c) / 2 - root) / n, ((a + c) / 2 + root) / n};
}

struct planes {
  std::vector<float> smaller, larger;
};
planes structure(const kernels::backend_table& row, const frame& f, int radius, int threads = 1) {
  planes p{std::vector<float>(f.level.size()), std::vector<float>(f.level.size())};
  auto plane = [&](auto* data) {
    return kernels::plane<std::remove_pointer_t<decltype(data)>>{data, f.width, f.height, f.width};
  };
  EXPECT_EQ(row.flow.structure(plane(f.level.data()), radius, plane(p.smaller.data()), plane(p.larger.data()),
                               {.threads = threads}),
            kernels::status::ok);
  return p;
}

TEST(Structure, EqualsTheDefinitionInDoubles) {
  for (auto [width, height] : {std::pair{1, 1}, {1, 9}, {7, 1}, {3, 4}, {23, 17}, {40, 33}})
    for (int radius : {0, 1, 2, 5, 15}) {
      const frame f = random_frame(width, height, width * 100 + radius);
      const planes p = structure(kernels::cpu(), f, radius);
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
          const auto [smaller, larger] = oracle(f, x, y, radius);
          const std::size_t i = std::size_t(y) * width + x;
          ASSERT_NEAR(p.larger[i], larger, 4e-7 * larger + 2e-4) << width << "x" << height << " radius " << radius;
          ASSERT_NEAR(p.smaller[i], smaller, 4e-7 * larger + 2e-4);
          ASSERT_GE(p.smaller[i], 0);
        }
    }
}

TEST(Structure, SlopeHasOneEigenvalueAndFlatNone) {
  frame f{30, 20, std::vector<u16>(600, 1000)};
  planes p = structure(kernels::cpu(), f, 2);
  EXPECT_EQ(std::count(p.larger.begin(), p.larger.end(), 0.0f), 600);
  for (int i = 0; i < 600; ++i) f.level[i] = static_cast<u16>(32 * (i % 30));  // 2 grey levels per pixel
  p = structure(kernels::cpu(), f, 2);
  EXPECT_FLOAT_EQ(p.larger[10 * 30 + 15], 4);
  EXPECT_EQ(p.smaller[10 * 30 + 15], 0);
}

TEST(Structure, TurnsWithTheImage) {
  const frame f = random_frame(31, 31, 5);
  frame turned = f, mirrored = f;
  for (int y = 0; y < 31; ++y)
    for (int x = 0; x < 31; ++x) {
      turned.level[x * 31 + 30 - y] = f.level[y * 31 + x];
      mirrored.level[y * 31 + 30 - x] = f.level[y * 31 + x];
    }
  const planes p = structure(kernels::cpu(), f, 2), t = structure(kernels::cpu(), turned, 2),
               m = structure(kernels::cpu(), mirrored, 2);
  for (int y = 0; y < 31; ++y)
    for (int x = 0; x < 31; ++x) {
      ASSERT_EQ(p.smaller[y * 31 + x], t.smaller[x * 31 + 30 - y]);
      ASSERT_EQ(p.smaller[y * 31 + x], m.smaller[y * 31 + 30 - x]);
    }
}

TEST(Structure, DoesNotDependOnBandsOrTargets) {
  const frame f = random_frame(97, 120, 9);
  for (int radius : {1, 4}) {
    const planes expected = structure(kernels::scalar(), f, radius);
    for (const auto& target : kernels::cpu_targets())
      for (int threads : {1, 2, 7}) {
        ASSERT_TRUE(kernels::force_cpu_target(target));
        const planes p = structure(kernels::cpu(), f, radius, threads);
        EXPECT_EQ(p.smaller, expected.smaller) << target << " " << threads;
        EXPECT_EQ(p.larger, expected.larger) << target << " " << threads;
      }
    kernels::force_cpu_target("");
  }
}

}  // namespace
