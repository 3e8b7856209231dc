// SPDX-License-Identifier: Apache-2.0
// Bilinear integer pixels against exact rational arithmetic, and f32 against double.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <random>

#include "host/plan/recipe.hpp"

namespace fluxel::test {
namespace {

using int128 = __int128;

/// Where output i lies between two source pixels: the second counts by numerator / denominator.
struct between {
  int low = 0;
  int high = 0;
  long long numerator = 0;
  long long denominator = 1;
};

between exact_position(coordinates rule, int src, int dst, int i) {
  long long n = (2LL * i + 1) * src - dst;
  long long d = 2LL * dst;
  if (rule == coordinates::asymmetric) n = 1LL * i * src, d = dst;
  if (rule == coordinates::align_corners) n = 1LL * i * (src - 1), d = dst - 1;
  if (n <= 0) return {0, 0, 0, d};
  if (n >= (src - 1) * d) return {src - 1, src - 1, 0, d};
  const int index = static_cast<int>(n / d);
  return {index, index + 1, n % d, d};
}

template <class T>
kernels::image view(const T* data, size s) {
  return {.data = const_cast<T*>(data),
          .width = s.width,
          .height = s.height,
          .pitch = std::ptrdiff_t{s.width} * std::ptrdiff_t(sizeof(T))};
}

template <class T>
std::vector<T> run(const std::vector<T>& src, size from, size to, coordinates rule = coordinates::half_pixel) {
  std::vector<T> dst(std::size_t(to.width) * to.height);
  const kernels::image_pair pair{view(src.data(), from), view(dst.data(), to)};
  EXPECT_EQ(kernels::cpu().resize.linear({&pair, 1}, element_traits<T>::type, rule, {}), kernels::status::ok);
  return dst;
}

template <class T>
std::vector<T> random_pixels(size s) {
  std::mt19937 random(11);
  std::vector<T> pixels(std::size_t(s.width) * s.height);
  for (auto& v : pixels) v = static_cast<T>(random());
  return pixels;
}

struct score {
  double pixels = 0;
  double rounded = 0;
  int worst = 0;  ///< distance from the correctly rounded value
  double percent() const { return 100 * rounded / pixels; }
};

/// The exact value is a fraction with denominator dx * dy; rounded half up.
template <class T>
score compare(const std::vector<T>& src, const std::vector<T>& dst, size from, size to, coordinates rule) {
  score s;
  for (int j = 0; j < to.height; ++j)
    for (int i = 0; i < to.width; ++i) {
      const auto x = exact_position(rule, from.width, to.width, i);
      const auto y = exact_position(rule, from.height, to.height, j);
      auto at = [&](int px, int py) { return int128{src[std::size_t(py) * from.width + px]}; };
      auto row = [&](int py) { return at(x.low, py) * (x.denominator - x.numerator) + at(x.high, py) * x.numerator; };
      const int128 sum = row(y.low) * (y.denominator - y.numerator) + row(y.high) * y.numerator;
      const int128 unit = int128{x.denominator} * y.denominator;
      const int expected = static_cast<int>((2 * sum + unit) / (2 * unit));
      const int off = std::abs(expected - int{dst[std::size_t(j) * to.width + i]});
      s.pixels += 1;
      s.rounded += off == 0;
      s.worst = std::max(s.worst, off);
    }
  return s;
}

template <class T>
score measure(size from, size to, coordinates rule = coordinates::half_pixel) {
  const auto src = random_pixels<T>(from);
  return compare(src, run(src, from, to, rule), from, to, rule);
}

struct ratio_case {
  int src;
  int dst;
};
void PrintTo(const ratio_case& c, std::ostream* out) { *out << c.src << "->" << c.dst; }

template <class T>
void check(const ratio_case& c, double least, const char* type) {
  // The second axis has another ratio, and both take turns.
  for (const auto& [from, to] : {std::pair{size{c.src, 157}, size{c.dst, 101}},
                                 {{157, c.src}, {101, c.dst}},
                                 {{c.src, c.src}, {c.dst, c.dst}}}) {
    const auto s = measure<T>(from, to);
    EXPECT_LE(s.worst, 1);
    EXPECT_GE(s.percent(), least) << type << " " << from.width << "x" << from.height;
    if (from.width == from.height)
      std::printf("%d -> %d %s: correctly rounded %.4f %%, off by %d at most\n", c.src, c.dst, type, s.percent(),
                  s.worst);
  }
}

class AnyRatio : public testing::TestWithParam<ratio_case> {};
TEST_P(AnyRatio, IsCorrectlyRoundedForAlmostAllPixels) {
  check<u8>(GetParam(), 99.5, "u8");
  check<u16>(GetParam(), 99.5, "u16");
}
INSTANTIATE_TEST_SUITE_P(Bilinear, AnyRatio,
                         testing::Values(ratio_case{1080, 224}, ratio_case{997, 701}, ratio_case{640, 1000},
                                         ratio_case{300, 301}, ratio_case{301, 300}, ratio_case{1080, 720},
                                         ratio_case{299, 1001}, ratio_case{7, 911}, ratio_case{641, 97}));

// Enlarging by 3/2 the exact values are multiples of 1/36, so that one pixel in 36 is an exact half, and its side
// depends on how the weights 1/6 and 5/6 were rounded; 4/5 and 5/6 have fewer of them, a single axis more.
INSTANTIATE_TEST_SUITE_P(BilinearTies, AnyRatio,
                         testing::Values(ratio_case{720, 1080}, ratio_case{864, 1080}, ratio_case{900, 1080},
                                         ratio_case{480, 1080}, ratio_case{540, 900}));

/// Every reduced ratio of small numbers, with images whose sides are about `side` pixels.
std::vector<ratio_case> small_ratios(int largest, int side) {
  std::vector<ratio_case> all;
  for (int p = 1; p <= largest; ++p)
    for (int q = 1; q <= largest; ++q)
      if (std::gcd(p, q) == 1) all.push_back({p * (side / q + 1), q * (side / q + 1)});
  return all;
}

template <class T>
score worst_of_small_ratios(coordinates rule) {
  score worst{.pixels = 1, .rounded = 1};
  const int more = rule == coordinates::align_corners ? 1 : 0;  // it divides src - 1 by dst - 1
  for (const ratio_case& x : small_ratios(9, 230))
    for (const ratio_case& y : {x, ratio_case{200, 200}, ratio_case{400, 200}, ratio_case{100, 300},
                                ratio_case{240, 288}, ratio_case{300, 301}}) {
      const auto s = measure<T>({x.src + more, y.src + more}, {x.dst + more, y.dst + more}, rule);
      EXPECT_LE(s.worst, 1) << x.src << "->" << x.dst << ", " << y.src << "->" << y.dst;
      EXPECT_GE(s.percent(), 99.5) << x.src << "->" << x.dst << ", " << y.src << "->" << y.dst;
      if (s.percent() < worst.percent()) worst = s;
    }
  return worst;
}

class AnyRule : public testing::TestWithParam<coordinates> {};
TEST_P(AnyRule, IsCorrectlyRoundedForAlmostAllPixelsAtSmallRatios) {
  std::printf("worst ratio: u8 %.4f %%, u16 %.4f %%\n", worst_of_small_ratios<u8>(GetParam()).percent(),
              worst_of_small_ratios<u16>(GetParam()).percent());
}
INSTANTIATE_TEST_SUITE_P(Bilinear, AnyRule,
                         testing::Values(coordinates::half_pixel, coordinates::asymmetric,
                                         coordinates::align_corners));

// Denominators of 1440 and 2040, whose halves are lifted, and 2160 and 4200, whose are not.
TEST(BilinearTies, AreCorrectlyRoundedOnBothSidesOfTheLimit) {
  for (const ratio_case& y : {ratio_case{70, 240}, ratio_case{70, 360}, ratio_case{70, 340}, ratio_case{85, 350}}) {
    EXPECT_GE(measure<u8>({110, y.src}, {600, y.dst}, coordinates::asymmetric).percent(), 99.5) << y.dst;
    EXPECT_GE(measure<u16>({110, y.src}, {600, y.dst}, coordinates::asymmetric).percent(), 99.5) << y.dst;
  }
}

/// By a plan whose positions are doubles: a scale that is the ratio of the sizes.
template <class T>
score measure_scaled(size from, size to) {
  resize_options options;
  options.scale_x = static_cast<double>(to.width) / from.width;
  options.scale_y = static_cast<double>(to.height) / from.height;
  const auto prepared =
      kernels::cpu().resize.prepare(plan::make_recipe({from, to, 1, element_traits<T>::type}, options));
  const auto src = random_pixels<T>(from);
  std::vector<T> dst(std::size_t(to.width) * to.height);
  const kernels::image_pair pair{view(src.data(), from), view(dst.data(), to)};
  EXPECT_EQ(prepared->run({&pair, 1}, {}), kernels::status::ok);
  return compare(src, dst, from, to, coordinates::half_pixel);
}

TEST(BilinearScale, IsCorrectlyRoundedForAlmostAllPixels) {
  for (const ratio_case& c : small_ratios(6, 230)) {
    const size from{c.src, c.src}, to{c.dst, c.dst};
    EXPECT_GE(measure_scaled<u8>(from, to).percent(), 99.5) << c.src << "->" << c.dst;
    EXPECT_GE(measure_scaled<u16>(from, to).percent(), 99.5) << c.src << "->" << c.dst;
  }
  EXPECT_EQ(measure_scaled<u8>({60, 40}, {240, 320}).percent(), 100);
}

// What the last rounding adds never carries a constant beyond itself, nor the largest value beyond its type.
template <class T>
void expect_constants_stay(size from, size to) {
  for (int value = 0; value <= std::numeric_limits<T>::max(); ++value) {
    const std::vector<T> src(std::size_t(from.width) * from.height, static_cast<T>(value));
    const auto dst = run(src, from, to);
    ASSERT_EQ(dst, std::vector<T>(dst.size(), static_cast<T>(value)));
  }
}
TEST(BilinearConstants, StayAtEveryValue) {
  for (const auto& [from, to] : {std::pair{size{2, 2}, size{3, 3}}, {{2, 3}, {4, 6}}, {{5, 7}, {3, 5}}}) {
    expect_constants_stay<u8>(from, to);
    expect_constants_stay<u16>(from, to);
  }
}

class DyadicRatio : public testing::TestWithParam<ratio_case> {};
TEST_P(DyadicRatio, IsCorrectlyRoundedEverywhere) {
  const auto [src, dst] = GetParam();
  for (const auto& s : {measure<u8>({src, src}, {dst, dst}), measure<u16>({src, src}, {dst, dst})})
    EXPECT_EQ(s.rounded, s.pixels);
}
INSTANTIATE_TEST_SUITE_P(Bilinear, DyadicRatio,
                         testing::Values(ratio_case{120, 240}, ratio_case{120, 480}, ratio_case{64, 512},
                                         ratio_case{480, 240}, ratio_case{480, 120}, ratio_case{512, 64},
                                         ratio_case{100, 100}, ratio_case{17, 272}));

TEST(BilinearFloat, IsWithinAFewUlpOfDouble) {
  double worst = 0;
  for (const auto& [from, to] :
       {std::pair{size{1080, 61}, size{224, 40}}, {{300, 40}, {301, 77}}, {{64, 64}, {128, 32}}}) {
    std::mt19937 random(5);
    std::vector<float> src(std::size_t(from.width) * from.height);
    for (auto& v : src) v = static_cast<float>(random()) * 0x1p-32f;
    const auto dst = run(src, from, to);
    for (int j = 0; j < to.height; ++j)
      for (int i = 0; i < to.width; ++i) {
        const auto x = exact_position(coordinates::half_pixel, from.width, to.width, i);
        const auto y = exact_position(coordinates::half_pixel, from.height, to.height, j);
        auto mix = [](double a, double b, const between& p) {
          return a + (b - a) * (static_cast<double>(p.numerator) / static_cast<double>(p.denominator));
        };
        auto row = [&](int py) {
          const float* r = &src[std::size_t(py) * from.width];
          return mix(r[x.low], r[x.high], x);
        };
        const double exact = mix(row(y.low), row(y.high), y);
        // Units in the last place of the largest pixel: differences of pixels are rounded on the way.
        worst = std::max(worst, std::fabs(exact - dst[std::size_t(j) * to.width + i]) * 0x1p24);
      }
  }
  std::printf("f32: off by %.2f ulp of the value range at most\n", worst);
  EXPECT_LE(worst, 4);
}

// The worked examples of geometric centres, from their fractions. 3 -> 5: positions -0.2, 0.4, 1, 1.6, 2.2.
TEST(BilinearExample, ThreeByThreeToFiveByFiveAndBack) {
  const std::vector<u8> small{234, 38, 22, 67, 44, 12, 89, 65, 63};
  const auto large = run<u8>(small, {3, 3}, {5, 5});
  EXPECT_EQ(large[0], 234);
  EXPECT_EQ(large[1], 156);  // .6 * 234 + .4 * 38 = 155.6
  EXPECT_EQ(large[2], 38);
  EXPECT_EQ(large[3], 28);  // .4 * 38 + .6 * 22 = 28.4
  EXPECT_EQ(large[4], 22);
  EXPECT_EQ(large[6], 116);  // .36 * 234 + .24 * 38 + .24 * 67 + .16 * 44 = 116.48
  EXPECT_EQ(large[12], 44);
  EXPECT_EQ(large[24], 63);
  // 5 -> 3: positions 1/3, 2, 11/3.
  const auto back = run<u8>(large, {5, 5}, {3, 3});
  auto at = [&](int x, int y) { return double{large[y * 5 + x] * 1.0}; };
  EXPECT_EQ(back[0], std::floor((4 * at(0, 0) + 2 * at(1, 0) + 2 * at(0, 1) + at(1, 1)) / 9 + 0.5));
  EXPECT_EQ(back[4], large[12]);
  EXPECT_EQ(back[8], std::floor((4 * at(4, 4) + 2 * at(3, 4) + 2 * at(4, 3) + at(3, 3)) / 9 + 0.5));
}

}  // namespace
}  // namespace fluxel::test
