// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour resize on every CPU target and thread count against the scalar definition, by recipe and by the
// call without one.

#include <gtest/gtest.h>

#include "host/plan/recipe.hpp"
#include "tests/kernels/backends_under_test.hpp"

namespace fluxel::test {
namespace {

struct nearest_case {
  size src, dst;
};

constexpr nearest_case geometries[] = {
    {{1, 1}, {40, 3}},    {{3, 3}, {4, 4}},     {{64, 20}, {128, 40}}, {{129, 31}, {64, 16}}, {{90, 33}, {60, 22}},
    {{61, 9}, {200, 29}}, {{640, 12}, {48, 5}}, {{47, 8}, {47, 20}},   {{500, 4}, {499, 4}},
};

class Nearest : public testing::TestWithParam<int> {};

TEST_P(Nearest, EveryTargetAndThreadCountWritesTheScalarBytes) {
  for (const auto& g : geometries)
    for (int channels : {1, 2, 3, 4, 5})
      for (auto rule : {coordinates::half_pixel, coordinates::align_corners}) {
        auto recipe = plan::make_recipe({g.src, g.dst, channels, element_type::u8},
                                        {.filter = filter::nearest, .coordinates = rule});
        std::get<kernels::nearest_recipe>(recipe.method).element_bytes = GetParam();
        expect_scalar_bytes(recipe, g.src, g.dst, {channels, GetParam(), 2, 2});
        if (testing::Test::HasFailure()) return;
      }
}

TEST_P(Nearest, WithoutARecipeItIsTheSame) {
  for (const auto& g : geometries)
    for (auto rounding :
         {nearest_rounding::half_up, nearest_rounding::half_down, nearest_rounding::floor, nearest_rounding::ceil}) {
      const image_shape shape{3, GetParam(), 1, 1};
      guarded_images src(g.src, shape);
      src.fill(false);
      auto run = [&](const kernels::backend_table& row, int threads) {
        guarded_images dst(g.dst, shape);
        const kernels::image_pair pair{src.image(), dst.image()};
        EXPECT_EQ(row.resize.nearest({&pair, 1}, GetParam(), coordinates::asymmetric, rounding, {.threads = threads}),
                  kernels::status::ok);
        return dst.bytes();
      };
      const auto expected = run(kernels::scalar(), 1);
      for (int threads : {1, 2, 7}) EXPECT_EQ(expected, run(kernels::cpu(), threads));
    }
}

// Blocks of 16 bytes begin and end inside pixels, and pixels repeat: every width, so that a window just holds them.
TEST_P(Nearest, PixelsThatRepeatAreWholeInTheirWindow) {
  for (int channels : {1, 3, 5})
    for (int from = 1; from <= 24; ++from)
      for (int to = from; to <= 4 * from; ++to) {
        auto recipe =
            plan::make_recipe({{from, 2}, {to, 2}, channels, element_type::u8}, {.filter = filter::nearest});
        std::get<kernels::nearest_recipe>(recipe.method).element_bytes = GetParam();
        expect_scalar_bytes(recipe, {from, 2}, {to, 2}, {channels, GetParam(), 1, 1});
        if (testing::Test::HasFailure()) return;
      }
}

INSTANTIATE_TEST_SUITE_P(ElementBytes, Nearest, testing::Values(1, 2, 4, 8));

TEST(NearestExample, ThreeByThreeToFourByFour) {
  const std::uint8_t src[] = {234, 38, 22, 67, 44, 12, 89, 65, 63};
  const std::uint8_t expected[] = {234, 38, 22, 22, 67, 44, 12, 12, 89, 65, 63, 63, 89, 65, 63, 63};
  for (const auto* row : {&kernels::scalar(), &kernels::cpu()}) {
    std::uint8_t dst[16] = {};
    const kernels::image_pair pair{{.data = const_cast<std::uint8_t*>(src), .width = 3, .height = 3, .pitch = 3},
                                   {.data = dst, .width = 4, .height = 4, .pitch = 4}};
    row->resize.nearest({&pair, 1}, 1, coordinates::asymmetric, nearest_rounding::half_up, {});
    EXPECT_EQ(std::memcmp(dst, expected, sizeof dst), 0) << row->name;
  }
}

}  // namespace
}  // namespace fluxel::test
