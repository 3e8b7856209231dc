// SPDX-License-Identifier: Apache-2.0
// Position tables against exact rational arithmetic.

#include <gtest/gtest.h>

#include "host/plan/axis.hpp"

namespace fluxel::test {
namespace {

using int128 = __int128;

/// numerator / denominator, exact.
struct rational {
  int128 numerator;
  int128 denominator;
};

rational position(coordinates rule, int src, int dst, int i) {
  switch (rule) {
    case coordinates::asymmetric:
      return {int128{i} * src, dst};
    case coordinates::align_corners:
      return dst == 1 ? rational{0, 1} : rational{int128{i} * (src - 1), dst - 1};
    default:
      return {int128{2 * i + 1} * src - dst, int128{2} * dst};
  }
}

int128 floor_of(const rational& r) { return r.numerator / r.denominator - (r.numerator % r.denominator < 0 ? 1 : 0); }

int clamped(int128 index, int src) { return index < 0 ? 0 : index >= src ? src - 1 : static_cast<int>(index); }

constexpr int sides[] = {1, 2, 3, 5, 224, 300, 301, 997, 1080};
constexpr coordinates rules[] = {coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners};

template <class F>
void for_each_axis(F&& f) {
  for (auto rule : rules)
    for (int src : sides)
      for (int dst : sides) {
        SCOPED_TRACE(testing::Message() << src << "->" << dst << " rule " << static_cast<int>(rule));
        f(rule, src, dst);
        if (testing::Test::HasFatalFailure()) return;
      }
}

TEST(Positions, LinearOnesAreTheExactOnesRoundedDown) {
  for_each_axis([](coordinates rule, int src, int dst) {
    const auto table = plan::linear_table({.src_size = src, .dst_size = dst, .rule = rule, .explicit_mapping = {}});
    for (int i = 0; i < dst; ++i) {
      const auto p = position(rule, src, dst, i);
      const int128 index = floor_of(p);
      const int128 rest = p.numerator - index * p.denominator;
      const bool inside = index >= 0 && index < src - 1;
      ASSERT_EQ(table[i].index, clamped(index, src)) << i;
      ASSERT_EQ(table[i].fraction, inside ? static_cast<std::uint32_t>((rest << 32) / p.denominator) : 0u) << i;
    }
  });
}

TEST(Positions, NearestOnesAreTheExactOnesRounded) {
  for_each_axis([](coordinates rule, int src, int dst) {
    auto check = [&](nearest_rounding rounding, auto&& expected) {
      const auto table =
          plan::nearest_table({.src_size = src, .dst_size = dst, .rule = rule, .explicit_mapping = {}}, rounding);
      for (int i = 0; i < dst; ++i)
        ASSERT_EQ(table[i].index, clamped(expected(position(rule, src, dst, i)), src)) << i;
    };
    check(nearest_rounding::floor, floor_of);
    check(nearest_rounding::ceil, [](rational p) { return -floor_of({-p.numerator, p.denominator}); });
    check(nearest_rounding::half_up, [](rational p) {
      return floor_of({2 * p.numerator + p.denominator, 2 * p.denominator});
    });
    check(nearest_rounding::half_down, [](rational p) {
      return -floor_of({p.denominator - 2 * p.numerator, 2 * p.denominator});
    });
  });
}

TEST(Positions, OfAnImageWithTheMostPixelsDoNotOverflow) {
  const int most = 2147483647;
  const plan::axis a{.src_size = most, .dst_size = 3, .rule = coordinates::half_pixel, .explicit_mapping = {}};
  EXPECT_EQ(plan::nearest_table(a, nearest_rounding::half_up)[1].index, most / 2);
  const auto p = position(coordinates::half_pixel, most, 3, 2);
  EXPECT_EQ(plan::linear_table(a)[2].index, static_cast<int>(floor_of(p)));
}

}  // namespace
}  // namespace fluxel::test
