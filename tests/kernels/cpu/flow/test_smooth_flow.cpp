// SPDX-License-Identifier: Apache-2.0
// Flow as solvers make it: smooth, with jumps. Rows have faster loops for it, between which they change on the way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/flow_steps.hpp"
#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;
using flow_steps::i16;

/// How a component of the flow varies, in 1/64 px.
struct motion {
  const char* name;
  double mean, slope_x, slope_y;
  int noise;  ///< at most
  int jump;   ///< of every third block of 200 x 9 pixels
  int stray;  ///< of every twentieth pixel
};
const motion motions[] = {{"still", 0, 0, 0, 0, 0},
                          {"still, with noise about a whole pixel", 0, 0, 0, 1, 0},
                          {"zoom", -70, .6, .2, 2, 0},
                          {"one whole pixel more at the right", 40, .2, 0, 0, 0},
                          {"jumps", 10, .05, .1, 3, 700},
                          {"a byte's range", 5, 0, 0, 127, 0},
                          {"one more than a byte's range", 5, 0, 0, 129, 0},
                          {"moves on from row to row", 0, .1, 9, 1, 0},
                          {"moves back from row to row", 0, -.1, -21, 1, 0},
                          {"strays", 3, .1, .1, 2, 0, 9000},
                          {"strays and jumps", 3, .1, .1, 2, -300, 9000},
                          {"largest", 32700, 0, 0, 67, 0},
                          {"least", -32700, 0, 0, 68, 0}};

std::vector<i16> component(const motion& m, size s, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<i16> flow;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const int noise = static_cast<int>(random() % (2 * m.noise + 1)) - m.noise;
      const double at = m.mean + m.slope_x * x + m.slope_y * y + ((x / 200 + y / 9) % 3 == 0 ? m.jump : 0) + noise +
                        (random() % 20 == 0 ? m.stray : 0);
      flow.push_back(static_cast<i16>(std::clamp(std::lround(at), -32768L, 32767L)));
    }
  return flow;
}

std::vector<u16> grey(size s, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<u16> values(static_cast<std::size_t>(s.width) * s.height);
  for (u16& v : values) v = static_cast<u16>(random() % 3 == 0 ? random() % 2 * 4080 : random() % 4081);
  return values;
}

struct results {
  std::vector<i16> warped, u, v, twice_u, twice_v;
  std::vector<u8> validity;
  bool operator==(const results&) const = default;
};

using flow_pair = std::pair<std::vector<i16>, std::vector<i16>>;

kernels::plane<i16> plane_of(std::vector<i16>& values, size s) {
  return {values.data(), s.width, s.height, s.width, 1, static_cast<std::ptrdiff_t>(values.size())};
}

flow_pair median_twice(std::vector<i16> u, std::vector<i16> v, size s, int radius, int threads) {
  flow_pair between{u, v}, out{u, v};
  auto planes = [s](flow_pair& f) { return kernels::flow_planes{plane_of(f.first, s), plane_of(f.second, s)}; };
  const kernels::flow_planes in{plane_of(u, s), plane_of(v, s)};
  const kernels::launch_options launch{nullptr, threads};
  const auto& flow = kernels::cpu().flow;
  if (flow.median_twice) {
    EXPECT_EQ(flow.median_twice(in, planes(between), planes(out), radius, launch), kernels::status::ok);
  } else {
    EXPECT_EQ(flow.median(in, planes(between), radius, launch), kernels::status::ok);
    EXPECT_EQ(flow.median(planes(between), planes(out), radius, launch), kernels::status::ok);
  }
  return out;
}

results compute(const motion& m, size s, int radius, int threads) {
  const auto prev = grey(s, 1), next = grey(s, 2);
  const auto u = component(m, s, 3), v = component(m, s, 4);
  auto view = [s](auto& values) { return image_view(values.data(), s.width, s.height); };
  const auto n = prev.size();
  results r;
  for (auto* values : {&r.warped, &r.u, &r.v}) values->resize(n);
  r.validity.resize(n);
  const placement where{.threads = threads};
  flow_steps::warp(view(prev), view(next), {view(u), view(v)}, view(r.warped), view(r.validity), where);
  flow_steps::median({view(u), view(v)}, {view(r.u), view(r.v)}, radius, where);
  std::tie(r.twice_u, r.twice_v) = median_twice(u, v, s, radius, threads);
  return r;
}

class SmoothFlow : public testing::TestWithParam<size> {
 protected:
  ~SmoothFlow() override { kernels::force_cpu_target(""); }
};

TEST_P(SmoothFlow, IsWarpedByAndFilteredAsByTheScalarBackend) {
  for (const motion& m : motions)
    for (int radius : {1, 2, 3}) {
      ASSERT_TRUE(kernels::force_cpu_target("scalar"));
      const results expected = compute(m, GetParam(), radius, 1);
      for (const auto& target : kernels::cpu_targets())
        for (int threads : {1, 3}) {
          ASSERT_TRUE(kernels::force_cpu_target(target));
          const results actual = compute(m, GetParam(), radius, threads);
          EXPECT_TRUE(actual == expected) << m.name << ", radius " << radius << ", " << target << ", " << threads;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SmoothFlow,
                         testing::Values(size{1, 1}, size{7, 5}, size{32, 9}, size{40, 33}, size{250, 12},
                                         size{241, 21}, size{251, 40}, size{777, 36}, size{1024, 3}));

}  // namespace
