// SPDX-License-Identifier: Apache-2.0
// The weighted median and the trust in flow: every backend against the scalar one, and that one against the
// description.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "host/plan/weighted_median.hpp"
#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;
using kernels::plane;
using kernels::status;

/// Planes with room for whole vectors behind their rows.
class WeightedMedian : public testing::Test {
 protected:
  ~WeightedMedian() override { kernels::force_cpu_target(""); }

  template <class T, class Value>
  plane<T> made(size s, int count, const Value& value) {
    constexpr int unit = 64 / sizeof(T);
    const std::ptrdiff_t pitch = (s.width + unit - 1) / unit * unit, stride = pitch * s.height;
    blocks_.push_back(std::shared_ptr<void>(std::aligned_alloc(64, stride * count * sizeof(T)), std::free));
    const plane<T> p{static_cast<T*>(blocks_.back().get()), s.width, s.height, pitch, count, stride};
    for (std::ptrdiff_t i = 0; i < stride * count; ++i) {
      const auto row = static_cast<int>(i / pitch % s.height), column = static_cast<int>(i % pitch);
      p.data[i] = static_cast<T>(value(column, row));
    }
    return p;
  }
  kernels::flow_planes room(size s, int count) {
    const auto nothing = [](int, int) { return 0; };
    return {made<std::int16_t>(s, count, nothing), made<std::int16_t>(s, count, nothing)};
  }
  /// Smooth motion of two parts with some noise, or any values.
  plane<std::int16_t> drawn_flow(size s, int count, bool wild) {
    return made<std::int16_t>(s, count, [&](int x, int y) {
      if (wild) return static_cast<int>(random_() % 65535) - 32767;
      return (x + 2 * y < s.width ? 200 : -90) + x + static_cast<int>(random_() % 9) +
             (random_() % 20 == 0 ? 700 : 0);
    });
  }
  kernels::median_guide drawn_guide(size s, int count, int planes) {
    kernels::median_guide guide;
    guide.count = planes;
    for (int c = 0; c < planes; ++c)
      guide.planes[c] = made<u16>(s, count, [&](int x, int y) {
        return std::min(4080, (x + 2 * y < s.width ? 1500 : 1500 + 300 * c + 40) + static_cast<int>(random_() % 60));
      });
    return guide;
  }
  plane<u8> drawn_trust(size s, int count) {
    return made<u8>(s, count, [&](int x, int y) {
      return x > 12 && y > 3 && x < 30 ? 0 : random_() % 3 ? 250 : random_() % 256;
    });
  }
  static kernels::weighted_median_rule rule_of(int radius, int planes) {
    return plan::make_weighted_median_rule(radius, 4, planes);
  }

  template <class T>
  static bool equal(const plane<T>& a, const plane<T>& b) {
    for (int n = 0; n < a.count; ++n)
      for (int y = 0; y < a.height; ++y) {
        const std::ptrdiff_t at = n * a.stride + y * a.pitch;
        if (!std::equal(a.data + at, a.data + at + a.width, b.data + at)) return false;
      }
    return true;
  }

  std::mt19937 random_{5};
  std::vector<std::shared_ptr<void>> blocks_;
};

TEST_F(WeightedMedian, IsTheSameOnEveryBackend) {
  for (auto s : {size{1, 1}, size{2, 9}, size{40, 1}, size{33, 21}, size{64, 18}, size{97, 37}})
    for (int radius : {1, 4, 5, 7})
      for (int kind = 0; kind < 4; ++kind) {
        const int count = 1 + s.width % 2, planes = kind % 2 == 0 ? 1 : 3;
        const kernels::flow_planes in{drawn_flow(s, count, kind > 1), drawn_flow(s, count, kind > 1)};
        const auto guide = drawn_guide(s, count, planes);
        const auto trust = drawn_trust(s, count);
        const auto rule = rule_of(radius, planes);
        const auto expected = room(s, count);
        ASSERT_EQ(kernels::scalar().flow.weighted_median(in, guide, trust, rule, expected, {}), status::ok);
        const auto check = [&](const kernels::backend_table& table, const std::string& who) {
          const auto got = room(s, count);
          ASSERT_EQ(table.flow.weighted_median(in, guide, trust, rule, got, {.threads = 2}), status::ok);
          EXPECT_TRUE(equal(got.u, expected.u) && equal(got.v, expected.v))
              << who << " " << s.width << "x" << s.height << " radius " << radius << " kind " << kind;
        };
        for (const auto& target : kernels::cpu_targets()) {
          ASSERT_TRUE(kernels::force_cpu_target(target));
          check(kernels::cpu(), target);
        }
        if (kernels::cuda() != nullptr) check(*kernels::cuda(), "cuda");
      }
}

TEST_F(WeightedMedian, TrustIsTheSameOnEveryBackend) {
  for (auto s : {size{1, 1}, size{3, 8}, size{70, 33}}) {
    const auto grey = made<u16>(s, 2, [&](int, int) { return random_() % 4081; });
    const kernels::flow_planes flow{drawn_flow(s, 2, false), drawn_flow(s, 2, true)};
    const kernels::warped_frame warped{
        made<std::int16_t>(s, 2,
                           [&](int x, int y) { return grey.data[y * grey.pitch + x] + int(random_() % 900) - 450; }),
        made<u8>(s, 2, [&](int, int) { return random_() % 4 == 0 ? random_() % 3 : 0; })};
    auto trust_by = [&](const kernels::backend_table& table) {
      const auto trust = made<u8>(s, 2, [](int, int) { return 77; });
      EXPECT_EQ(table.flow.trust(grey, flow, warped, trust, {}), status::ok);
      return trust;
    };
    const auto expected = trust_by(kernels::scalar());
    EXPECT_TRUE(equal(trust_by(kernels::cpu()), expected));
    if (kernels::cuda() != nullptr) EXPECT_TRUE(equal(trust_by(*kernels::cuda()), expected));
  }
}

TEST_F(WeightedMedian, HalfOfTheWeightLiesBelowIt) {
  const size s{40, 31};
  const kernels::flow_planes in{drawn_flow(s, 1, false), drawn_flow(s, 1, false)};
  const auto guide = drawn_guide(s, 1, 3);
  const auto trust = drawn_trust(s, 1);
  const auto got = room(s, 1);
  ASSERT_EQ(kernels::scalar().flow.weighted_median(in, guide, trust, rule_of(7, 3), got, {}), status::ok);
  auto mirrored = [](int i, int n) { return i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i; };
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      double below = 0, up_to = 0, total = 0;
      for (int j = -7; j <= 7; ++j)
        for (int i = -7; i <= 7; ++i) {
          const int px = mirrored(x + i, s.width), py = mirrored(y + j, s.height);
          double squared = 0;
          for (const auto& p : guide.planes)
            squared += std::pow((p.data[py * p.pitch + px] - p.data[y * p.pitch + x]) / 16.0, 2) / 3;
          const double likeness = std::pow(std::max(0.0, 1 - squared / (6 * 4 * 4)), 3);
          const double weight =
              std::exp(-(i * i + j * j) / (2 * 7.0 * 7)) * likeness * trust.data[py * trust.pitch + px];
          const int value = in.u.data[py * in.u.pitch + px], median = got.u.data[y * got.u.pitch + x];
          total += weight;
          below += value < median ? weight : 0;
          up_to += value <= median ? weight : 0;
        }
      if (total < 500) continue;  // rounding of weights decides
      EXPECT_LT(below, 0.53 * total) << x << " " << y;
      EXPECT_GT(up_to, 0.47 * total) << x << " " << y;
    }
}

TEST_F(WeightedMedian, WhatNobodyTrustsStays) {
  const size s{34, 9};
  const kernels::flow_planes in{drawn_flow(s, 1, true), drawn_flow(s, 1, true)};
  const auto trust = made<u8>(s, 1, [](int, int) { return 0; });
  for (const auto* table : {&kernels::scalar(), &kernels::cpu(), kernels::cuda()}) {
    if (table == nullptr) continue;
    const auto got = room(s, 1);
    ASSERT_EQ(table->flow.weighted_median(in, drawn_guide(s, 1, 1), trust, rule_of(7, 1), got, {}), status::ok);
    EXPECT_TRUE(equal(got.u, in.u) && equal(got.v, in.v));
  }
}

TEST(WeightedMedianRule, HasTheStandardDeviationsOfItsDescription) {
  for (double likeness = 2; likeness <= 28; likeness += 0.25)
    for (int planes : {1, 3}) {
      const auto rule = plan::make_weighted_median_rule(5, likeness, planes);
      EXPECT_EQ(rule.radius, 5);
      const double unit = 16.0 / (1 << rule.shift);  // of a grey level
      EXPECT_NEAR(rule.likeness.limit, planes * 6 * std::pow(likeness * unit, 2), 0.51);
      EXPECT_LE(rule.likeness.limit, 127 * 127);  // what differs more weighs nothing, and squares are cut there
      EXPECT_EQ(rule.likeness.limit * rule.likeness.factor >> 16, 255);
      for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) EXPECT_NEAR(rule.nearness[y][x], 255 * std::exp(-(x * x + y * y) / 98.0), 0.51);
    }
}

}  // namespace
