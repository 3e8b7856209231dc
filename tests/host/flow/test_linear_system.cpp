// SPDX-License-Identifier: Apache-2.0
// The linear system of horn_schunck against the energy that its options describe, solved directly in double.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/support/flow_energy.hpp"

namespace {

using namespace fluxel;
using flow_steps::i16;
using test::grey;
using test::made;
using test::oracle_system;

const size s{45, 37};

class LinearSystem : public test::flow_step_test {
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

INSTANTIATE_TEST_SUITE_P(Processors, LinearSystem, testing::ValuesIn(test::processors()));

}  // namespace
