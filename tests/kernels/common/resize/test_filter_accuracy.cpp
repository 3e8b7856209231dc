// SPDX-License-Identifier: Apache-2.0
// Filtered integer pixels against long double: never off by more than 1, and how many are correctly rounded.

#include <gtest/gtest.h>

#include <cstdio>
#include <random>

#include "host/plan/recipe.hpp"
#include "tests/support/filter_oracle.hpp"

namespace fluxel::test {
namespace {

struct accuracy_case {
  const char* name;
  resize_options options;
  /// Percent of the pixels that are correctly rounded at least, over the ratios below.
  double u8_rounded;
  double u16_rounded;
};

void PrintTo(const accuracy_case& c, std::ostream* out) { *out << c.name; }

constexpr size shapes[][2] = {
    {{1080, 31}, {224, 20}}, {{320, 48}, {500, 75}}, {{300, 70}, {301, 71}}, {{499, 50}, {351, 31}},
    {{64, 64}, {32, 32}},    {{60, 60}, {20, 20}},   {{1000, 80}, {53, 20}}, {{33, 21}, {100, 99}},
};

struct score {
  double pixels = 0;
  double rounded = 0;
  long double worst = 0;  ///< distance of the result from the exact value
};

template <class T>
score measure(const resize_options& options, size src_size, size dst_size, int noise) {
  std::mt19937 random(3);
  std::vector<T> src(std::size_t(src_size.width) * src_size.height);
  for (auto& v : src) {
    v = static_cast<T>(random());
    if (noise == 1) v = random() % 2 ? std::numeric_limits<T>::max() : 0;  // the most contrast there is
  }
  std::vector<T> dst(std::size_t(dst_size.width) * dst_size.height);
  auto view = [](T* data, size s) {
    return kernels::image{.data = data,
                          .width = s.width,
                          .height = s.height,
                          .pitch = std::ptrdiff_t{s.width} * std::ptrdiff_t(sizeof(T))};
  };
  const kernels::image_pair pair{view(src.data(), src_size), view(dst.data(), dst_size)};
  const auto recipe = plan::make_recipe({src_size, dst_size, 1, element_traits<T>::type}, options);
  kernels::cpu().resize.prepare(recipe)->run({&pair, 1}, {.threads = 1});
  const auto exact = oracle_resize({src.begin(), src.end()}, {src_size.width, dst_size.width, options.coordinates},
                                   {src_size.height, dst_size.height, options.coordinates}, options);
  score s;
  for (std::size_t i = 0; i < dst.size(); ++i) {
    const long double clamped =
        std::clamp<long double>(exact[i], 0, static_cast<long double>(std::numeric_limits<T>::max()));
    s.pixels += 1;
    s.worst = std::max(s.worst, std::fabs(clamped - dst[i]));
    // An exact half may be rounded either way here: long double does not know whether it is one.
    s.rounded += std::fabs(clamped - dst[i]) <= 0.5L + 1e-12L;
  }
  return s;
}

template <class T>
void check(const accuracy_case& c, double least_rounded, const char* type) {
  score all;
  for (const auto& [src, dst] : shapes)
    for (int noise : {0, 1}) {
      const auto s = measure<T>(c.options, src, dst, noise);
      all.pixels += s.pixels;
      all.rounded += s.rounded;
      all.worst = std::max(all.worst, s.worst);
      // The distance from the exact value is below 1: off by one at most from the correctly rounded value.
      EXPECT_LT(s.worst, 1.0L) << src.width << "x" << src.height << " -> " << dst.width << "x" << dst.height;
    }
  const double percent = 100 * all.rounded / all.pixels;
  EXPECT_GE(percent, least_rounded);
  std::printf("%-22s %-3s correctly rounded %.3f %%, largest distance from the exact value %.4Lf\n", c.name, type,
              percent, all.worst);
}

class FilterAccuracy : public testing::TestWithParam<accuracy_case> {};

TEST_P(FilterAccuracy, OfBytes) { check<u8>(GetParam(), GetParam().u8_rounded, "u8"); }
TEST_P(FilterAccuracy, OfWords) { check<u16>(GetParam(), GetParam().u16_rounded, "u16"); }

constexpr auto yes = antialias::yes;
const accuracy_case cases[] = {
    {"area", {.filter = filter::area}, 99, 99.9},
    {"area_align_corners", {.filter = filter::area, .coordinates = coordinates::align_corners}, 99, 99.9},
    {"bilinear_antialias", {.filter = filter::bilinear, .antialias = yes}, 99.5, 99.9},
    {"bicubic", {.filter = filter::bicubic}, 99, 99.9},
    {"bicubic_antialias", {.filter = filter::bicubic, .antialias = yes, .cubic_a = -0.5}, 99, 99.9},
    {"bicubic_steep", {.filter = filter::bicubic, .antialias = yes, .cubic_a = -2}, 99, 99.9},
    {"bicubic_align_corners", {.filter = filter::bicubic, .coordinates = coordinates::align_corners}, 99, 99.9},
    {"lanczos3", {.filter = filter::lanczos3}, 99, 99.9},
    {"lanczos3_antialias", {.filter = filter::lanczos3, .antialias = yes}, 99, 99.9},
    {"lanczos3_asymmetric",
     {.filter = filter::lanczos3, .antialias = yes, .coordinates = coordinates::asymmetric},
     99,
     99.9},
    {"mitchell", {.filter = filter::mitchell}, 99, 99.9},
    {"mitchell_antialias", {.filter = filter::mitchell, .antialias = yes}, 99, 99.9},
    {"catmull_rom_antialias", {.filter = filter::catmull_rom, .antialias = yes}, 99, 99.9},
    {"gaussian", {.filter = filter::gaussian}, 99, 99.9},
    {"gaussian_antialias", {.filter = filter::gaussian, .antialias = yes}, 99, 99.9},
    {"hamming_antialias", {.filter = filter::hamming, .antialias = yes}, 99, 99.9},
    {"spline36", {.filter = filter::spline36}, 99, 99.9},
    {"spline36_antialias", {.filter = filter::spline36, .antialias = yes}, 99, 99.9},
};
INSTANTIATE_TEST_SUITE_P(Filters, FilterAccuracy, testing::ValuesIn(cases),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fluxel::test
