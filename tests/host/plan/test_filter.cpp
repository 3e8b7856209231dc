// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "host/plan/filter.hpp"
#include "host/plan/recipe.hpp"
#include "tests/support/filter_oracle.hpp"

namespace fluxel::test {
namespace {

constexpr int sides[] = {1, 2, 3, 17, 100, 1080};
constexpr int other_sides[] = {1, 2, 5, 99, 224, 1000};

const resize_options choices[] = {
    {.filter = filter::area},
    {.filter = filter::area, .coordinates = coordinates::align_corners},
    {.filter = filter::bilinear, .antialias = antialias::yes},
    {.filter = filter::bicubic},
    {.filter = filter::bicubic, .antialias = antialias::yes, .cubic_a = -2},
    {.filter = filter::bicubic, .coordinates = coordinates::align_corners},
    {.filter = filter::lanczos3, .coordinates = coordinates::asymmetric},
    {.filter = filter::lanczos3, .antialias = antialias::yes},
    {.filter = filter::mitchell},
    {.filter = filter::mitchell, .antialias = antialias::yes, .cubic_b = 1, .cubic_c = 0},
    {.filter = filter::catmull_rom, .antialias = antialias::yes},
    {.filter = filter::gaussian},
    {.filter = filter::gaussian, .antialias = antialias::yes},
    {.filter = filter::hamming, .coordinates = coordinates::align_corners},
    {.filter = filter::hamming, .antialias = antialias::yes},
    {.filter = filter::spline36},
    {.filter = filter::spline36, .antialias = antialias::yes, .coordinates = coordinates::asymmetric},
};

plan::exact_filter filter_of(int src, int dst, const resize_options& options) {
  return plan::make_filter(plan::make_axis(src, dst, options, true), options);
}

template <class F>
void for_each_filter(F&& f) {
  for (const auto& options : choices)
    for (int src : sides)
      for (int dst : other_sides) {
        SCOPED_TRACE(testing::Message() << src << "->" << dst << " filter " << static_cast<int>(options.filter));
        f(src, dst, options);
        if (testing::Test::HasFatalFailure()) return;
      }
}

TEST(Filter, WeightsAreThoseOfTheDefinition) {
  for_each_filter([](int src, int dst, const resize_options& options) {
    const auto f = filter_of(src, dst, options);
    const oracle_axis axis(src, dst, options.coordinates);
    for (int i = 0; i < dst; i += 1 + dst / 50) {
      auto expected = oracle_weights(axis, options, i);
      for (std::size_t k = f.begin[i]; k < f.begin[i + 1]; ++k) {
        ASSERT_NEAR(f.weight[k], expected[f.first[i] + (k - f.begin[i])], 1e-9);
        expected[f.first[i] + (k - f.begin[i])] = 0;
      }
      for (auto w : expected) ASSERT_LE(std::fabs(w), 0x1p-31L) << "a tap is missing in output " << i;
    }
  });
}

TEST(Filter, WeightsAreThoseOfThePapers) {
  // Far from the border, enlarged by two: weights on a sample, and halfway between two.
  const auto expect = [](const resize_options& options, const std::vector<double>& on,
                         const std::vector<double>& half) {
    resize_options o = options;
    o.coordinates = coordinates::asymmetric;
    const auto f = filter_of(32, 64, o);
    for (const auto& [i, expected] : {std::pair(32, on), std::pair(33, half)}) {
      ASSERT_EQ(f.begin[i + 1] - f.begin[i], expected.size()) << i;
      for (std::size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(f.weight[f.begin[i] + k], expected[k], 1e-15) << i;
    }
  };
  expect({.filter = filter::mitchell}, {1 / 18.0, 16 / 18.0, 1 / 18.0}, {-5 / 144., 77 / 144., 77 / 144., -5 / 144.});
  expect({.filter = filter::mitchell, .cubic_b = 1, .cubic_c = 0}, {1 / 6.0, 4 / 6.0, 1 / 6.0},
         {1 / 48.0, 23 / 48.0, 23 / 48.0, 1 / 48.0});
  expect({.filter = filter::catmull_rom}, {1}, {-1 / 16.0, 9 / 16.0, 9 / 16.0, -1 / 16.0});
  expect({.filter = filter::hamming}, {1}, {0.5, 0.5});
  expect({.filter = filter::spline36}, {1}, {3 / 152.0, -18 / 152.0, 91 / 152.0, 91 / 152.0, -18 / 152.0, 3 / 152.0});
  const double e2 = 0.13533528323661269189;                                 // exp(-2)
  const double e05 = 0.60653065971263342360, e45 = 0.01110899653824230650;  // exp(-1/2), exp(-9/2)
  expect(
      {.filter = filter::gaussian}, {e2 / (1 + 2 * e2), 1 / (1 + 2 * e2), e2 / (1 + 2 * e2)},
      {e45 / (2 * e45 + 2 * e05), e05 / (2 * e45 + 2 * e05), e05 / (2 * e45 + 2 * e05), e45 / (2 * e45 + 2 * e05)});
}

TEST(Filter, CatmullRomIsKeysWithMinusHalfAndMitchellWithBZero) {
  for (auto antialias : {antialias::no, antialias::yes}) {
    const auto catmull = filter_of(99, 40, {.filter = filter::catmull_rom, .antialias = antialias});
    EXPECT_EQ(catmull.weight,
              filter_of(99, 40, {.filter = filter::bicubic, .antialias = antialias, .cubic_a = -0.5}).weight);
    const auto bc =
        filter_of(99, 40, {.filter = filter::mitchell, .antialias = antialias, .cubic_b = 0, .cubic_c = 0.5});
    ASSERT_EQ(bc.weight.size(), catmull.weight.size());
    for (std::size_t i = 0; i < bc.weight.size(); ++i) EXPECT_NEAR(bc.weight[i], catmull.weight[i], 1e-14);
  }
}

TEST(Filter, IntegerWeightsSumToOneAndRoundThePrefixSums) {
  for_each_filter([](int src, int dst, const resize_options& options) {
    const auto f = filter_of(src, dst, options);
    for (int bits : {14, 22}) {
      const auto table = plan::integer_table(f, bits);
      for (int i = 0; i < dst; ++i) {
        ASSERT_GE(table.first[i], 0);
        ASSERT_LE(table.first[i] + table.taps, src);
        std::int64_t sum = 0;
        double exact = 0;
        for (int k = 0; k < table.taps; ++k) {
          sum += table.integer[i * table.taps + k];
          const auto at = table.first[i] + k - f.first[i];
          if (at >= 0 && at < static_cast<int>(f.begin[i + 1] - f.begin[i])) exact += f.weight[f.begin[i] + at];
          ASSERT_LE(std::fabs(static_cast<double>(sum) - std::ldexp(exact, bits)), 0.5 + 1e-6) << "prefix " << k;
        }
        ASSERT_EQ(sum, std::int64_t{1} << bits);
      }
    }
  });
}

TEST(Filter, MirrorsWherePositionsDo) {
  for (const auto& options : choices) {
    if (options.coordinates == coordinates::asymmetric) continue;  // its positions do not
    for (int src : sides)
      for (int dst : other_sides) {
        if (dst == 1 && options.coordinates == coordinates::align_corners) continue;  // the first pixel alone
        const auto f = filter_of(src, dst, options);
        const bool folds = options.antialias == antialias::no;  // edge pixels are summed from one side
        for (int i = 0; i < dst; ++i) {
          const int j = dst - 1 - i;
          const auto n = f.begin[i + 1] - f.begin[i];
          ASSERT_EQ(n, f.begin[j + 1] - f.begin[j]);
          ASSERT_EQ(f.first[i] + static_cast<int>(n), src - f.first[j]);
          for (std::size_t k = 0; k < n; ++k) {
            const double mirrored = f.weight[f.begin[j + 1] - 1 - k];
            if (folds)
              ASSERT_NEAR(f.weight[f.begin[i] + k], mirrored, 1e-15);
            else
              ASSERT_EQ(f.weight[f.begin[i] + k], mirrored);
          }
        }
      }
  }
}

TEST(Filter, WindowsNeverMoveBack) {
  for_each_filter([](int src, int dst, const resize_options& options) {
    const auto table = plan::float_table(filter_of(src, dst, options));
    for (int i = 1; i < dst; ++i) ASSERT_LE(table.first[i - 1], table.first[i]) << i;
  });
}

TEST(Filter, HasNoMoreTapsThanItNeeds) {
  EXPECT_EQ(filter_of(1080, 540, {.filter = filter::area}).taps, 2);
  EXPECT_EQ(filter_of(1080, 720, {.filter = filter::area}).taps, 2);
  EXPECT_EQ(filter_of(720, 1080, {.filter = filter::area}).taps, 2);
  EXPECT_EQ(filter_of(1080, 540, {.filter = filter::bilinear, .antialias = antialias::yes}).taps, 4);
  EXPECT_EQ(filter_of(99, 33, {.filter = filter::bilinear, .antialias = antialias::yes}).taps, 5);
  EXPECT_EQ(filter_of(100, 100, {.filter = filter::lanczos3, .antialias = antialias::yes}).taps, 1);
}

TEST(Filter, RegionsBeyondTheImageRepeatItsBorder) {
  for (auto f : {filter::area, filter::bicubic, filter::lanczos3})
    for (double x : {-1e9, -50.0, 150.0, 1e9}) {
      const resize_options options{.filter = f, .region = rect{x, 0, 30, 10}};
      const auto table = filter_of(100, 10, options);
      for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(table.begin[i + 1] - table.begin[i], 1u);
        EXPECT_EQ(table.first[i], x < 0 ? 0 : 99);
        EXPECT_EQ(table.weight[table.begin[i]], 1.0);
      }
    }
  // A huge region costs no more than the image has pixels.
  const resize_options wide{
      .filter = filter::lanczos3, .antialias = antialias::yes, .region = rect{-1e9, 0, 2e9, 10}};
  EXPECT_LE(filter_of(100, 10, wide).weight.size(), 1000u);
}

/// The largest and smallest sum of weights times samples in [low, high].
std::pair<std::int64_t, std::int64_t> sum_range(const kernels::filter_axis& t, std::int64_t low, std::int64_t high) {
  std::int64_t least = 0, most = 0;
  for (int i = 0; i < t.dst_size; ++i) {
    std::int64_t a = 0, b = 0;
    for (int k = 0; k < t.taps; ++k) {
      const std::int64_t w = t.integer[std::size_t(i) * t.taps + k];
      a += w > 0 ? w * low : w * high;
      b += w > 0 ? w * high : w * low;
    }
    least = std::min(least, a);
    most = std::max(most, b);
  }
  return {least, most};
}

/// Recomputes from the tables that nothing overflows and that the weights err by less than 1/4 in the worst image.
void check_engine(const kernels::filtered_recipe& r) {
  const bool vertical_first = r.order == kernels::pass_order::vertical_first;
  const bool i16 = r.engine == kernels::filter_engine::i16;
  const auto& one = vertical_first ? r.y : r.x;
  const auto& two = vertical_first ? r.x : r.y;
  const std::int64_t weight = i16 ? 32767 : (1 << 30) - 1;
  for (const auto* t : {&one, &two})
    for (const std::int64_t w : t->integer) ASSERT_LE(std::abs(w), weight);
  const int drop = one.integer_bits - r.intermediate_bits;
  ASSERT_GE(drop, 1);
  ASSERT_LE(drop, 32);
  const std::int64_t sum = i16 ? INT32_MAX : INT64_MAX / 2;
  const std::int64_t kept = i16 ? INT16_MAX : INT32_MAX;
  const auto first = sum_range(one, 0, r.max_value);
  const std::int64_t first_half = std::int64_t{1} << (drop - 1);
  ASSERT_LE(std::max(first.second + first_half, -first.first), sum);
  const std::int64_t low = (first.first + first_half) >> drop;
  const std::int64_t high = (first.second + first_half) >> drop;
  ASSERT_LE(std::max(high, -low), kept);
  const auto second = sum_range(two, low, high);
  const std::int64_t second_half = std::int64_t{1} << (two.integer_bits + r.intermediate_bits - 1);
  ASSERT_LE(std::max(second.second + second_half, -second.first), sum);
  const double error = std::ldexp(r.max_value * (one.taps - 1.0), -one.integer_bits - 1) +
                       std::ldexp((high - low) * (two.taps - 1.0), -two.integer_bits - 1 - r.intermediate_bits);
  ASSERT_LT(error, 0.25);
}

TEST(Recipe, EveryEngineHasRoomForEverySum) {
  for (auto type : {element_type::u8, element_type::u16})
    for (const auto& options : choices)
      for (size src : {size{1080, 3}, size{17, 640}, size{2, 2}, size{5000, 700}})
        for (size dst : {size{224, 5}, size{1, 31}, size{1000, 1000}, size{19, 640}}) {
          const auto recipe = plan::make_recipe({src, dst, 1, type}, options);
          const auto* r = std::get_if<kernels::filtered_recipe>(&recipe.method);
          if (r == nullptr) continue;
          SCOPED_TRACE(testing::Message() << src.width << "x" << src.height << " -> " << dst.width << "x"
                                          << dst.height << " filter " << static_cast<int>(options.filter));
          check_engine(*r);
          if (HasFatalFailure()) return;
        }
}

TEST(Recipe, HalvingIntegersByAreaIsLinear) {
  auto is_linear = [](size src, size dst, element_type type, resize_options options = {.filter = filter::area}) {
    return std::holds_alternative<kernels::linear_recipe>(plan::make_recipe({src, dst, 3, type}, options).method);
  };
  EXPECT_TRUE(is_linear({64, 32}, {32, 16}, element_type::u8));
  EXPECT_TRUE(is_linear({64, 32}, {32, 32}, element_type::u16));
  EXPECT_FALSE(is_linear({65, 32}, {32, 16}, element_type::u8));
  EXPECT_FALSE(is_linear({64, 32}, {32, 16}, element_type::f32));
  EXPECT_FALSE(is_linear({64, 32}, {32, 16}, element_type::u8,
                         {.filter = filter::area, .coordinates = coordinates::asymmetric}));
}

TEST(Recipe, UsualGeometriesOfU8TakeI16) {
  for (const auto& options : choices)
    for (int dst : {32, 224, 541, 720, 2160}) {
      const auto recipe = plan::make_recipe({{1080, 1080}, {dst, dst}, 3, element_type::u8}, options);
      const auto* r = std::get_if<kernels::filtered_recipe>(&recipe.method);
      if (r == nullptr) continue;
      // Area with align_corners has half a footprint on the edge pixel; its large weight costs the others bits.
      if (options.coordinates == coordinates::align_corners && dst == 32) continue;
      EXPECT_EQ(r->engine, kernels::filter_engine::i16) << dst << " filter " << static_cast<int>(options.filter);
    }
}

}  // namespace
}  // namespace fluxel::test
