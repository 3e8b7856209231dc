// SPDX-License-Identifier: Apache-2.0
// Filtered resize on every CPU target and thread count against the scalar definition: equal bytes, and not one
// outside the destination.

#include <gtest/gtest.h>

#include "host/plan/recipe.hpp"
#include "tests/kernels/backends_under_test.hpp"

namespace fluxel::test {
namespace {

struct filtered_case {
  size src, dst;
  int channels;
  int planes = 1;
  int count = 1;
};

constexpr filtered_case geometries[] = {
    {{1, 1}, {1, 1}, 1},       {{1, 1}, {5, 3}, 3},       {{3, 2}, {1, 1}, 4},          {{2, 9}, {7, 4}, 1},
    {{64, 64}, {32, 32}, 3},   {{65, 33}, {32, 17}, 1},   {{33, 70}, {66, 35}, 2},      {{40, 30}, {60, 45}, 4},
    {{127, 61}, {31, 90}, 3},  {{50, 129}, {75, 41}, 5},  {{300, 40}, {7, 5}, 3, 2, 2}, {{17, 19}, {40, 36}, 3, 3, 2},
    {{1500, 12}, {700, 7}, 3}, {{200, 8}, {1500, 20}, 3}, {{2200, 3}, {3, 3}, 1},       {{16, 16}, {8, 8}, 4},
};

resize_options options_of(filter f, antialias a, coordinates c = coordinates::half_pixel) {
  return {.filter = f, .antialias = a, .coordinates = c};
}

const resize_options choices[] = {
    options_of(filter::area, antialias::no),
    options_of(filter::bilinear, antialias::yes),
    options_of(filter::bicubic, antialias::no, coordinates::align_corners),
    options_of(filter::bicubic, antialias::yes),
    options_of(filter::lanczos3, antialias::no),
    options_of(filter::lanczos3, antialias::yes, coordinates::asymmetric),
};

class Filtered : public testing::TestWithParam<element_type> {};

TEST_P(Filtered, EveryTargetAndThreadCountWritesTheScalarBytes) {
  for (const auto& g : geometries)
    for (const auto& options : choices) {
      const auto recipe = plan::make_recipe({g.src, g.dst, g.channels, GetParam()}, options);
      if (!std::holds_alternative<kernels::filtered_recipe>(recipe.method)) continue;
      const image_shape shape{g.channels, element_size(GetParam()), g.planes, g.count};
      expect_scalar_bytes(recipe, g.src, g.dst, shape);
      if (testing::Test::HasFailure()) return;
    }
}

class FilteredFloats : public testing::TestWithParam<element_type> {};

TEST_P(FilteredFloats, WeightsOfZeroNeverTouchAPixel) {
  // Interior zeros: Lanczos at whole positions; padding: the borders.
  const auto recipe =
      plan::make_recipe({{40, 40}, {40, 20}, 3, GetParam()}, options_of(filter::lanczos3, antialias::yes));
  expect_scalar_bytes(recipe, {40, 40}, {40, 20}, {3, element_size(GetParam()), 1, 1, contents::special});
}

INSTANTIATE_TEST_SUITE_P(Types, Filtered,
                         testing::Values(element_type::u8, element_type::u16, element_type::f16, element_type::bf16,
                                         element_type::f32));

INSTANTIATE_TEST_SUITE_P(Types, FilteredFloats,
                         testing::Values(element_type::f16, element_type::bf16, element_type::f32));

TEST(FilteredDepth, TenBitsAboveSixZerosKeepTheirZerosAndRange) {
  for (const auto& options : choices) {
    const auto recipe =
        plan::make_recipe({{61, 47}, {33, 60}, 2, element_type::u16}, options, {.bits = 10, .low_zero_bits = 6});
    expect_scalar_bytes(recipe, {61, 47}, {33, 60}, {2, 2, 1, 1, contents::high_ten_bits});
  }
}

kernels::filter_engine engine_of(const kernels::resize_recipe& recipe) {
  return std::get<kernels::filtered_recipe>(recipe.method).engine;
}

TEST(FilteredEngines, LongTablesOfBytesTakeI64) {
  const resize_geometry g{{20000, 5}, {2, 3}, 1, element_type::u8};
  for (double cubic_a : {-0.5, -2.0}) {
    auto options = options_of(filter::bicubic, antialias::yes);
    options.cubic_a = cubic_a;
    const auto recipe = plan::make_recipe(g, options);
    EXPECT_EQ(engine_of(recipe), kernels::filter_engine::i64);
    expect_scalar_bytes(recipe, g.src, g.dst, {1, 1});
  }
  EXPECT_EQ(engine_of(plan::make_recipe({{64, 64}, {32, 32}, 3, element_type::u8}, choices[1])),
            kernels::filter_engine::i16);
  EXPECT_EQ(engine_of(plan::make_recipe({{640, 640}, {32, 32}, 3, element_type::u8}, choices[5])),
            kernels::filter_engine::i16);
}

TEST(FilteredEngines, I64WritesTheBytesOfItsRecipeForU8Too) {
  for (const auto& g : geometries) {
    auto recipe = plan::make_recipe({g.src, g.dst, g.channels, element_type::u8}, choices[3]);
    std::get<kernels::filtered_recipe>(recipe.method).engine = kernels::filter_engine::i64;
    expect_scalar_bytes(recipe, g.src, g.dst, {g.channels, 1, g.planes, g.count});
  }
}

}  // namespace
}  // namespace fluxel::test
