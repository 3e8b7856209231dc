// Bilinear integer pixels against exact rational arithmetic, and f32 against double.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
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

between exact_position(int src, int dst, int i) {
  const long long d = 2LL * dst;
  const long long n = (2LL * i + 1) * src - dst;
  if (n <= 0) return {0, 0, 0, d};
  if (n >= (src - 1) * d) return {src - 1, src - 1, 0, d};
  const int index = static_cast<int>(n / d);
  return {index, index + 1, n % d, d};
}

template <class T>
std::vector<T> run(const std::vector<T>& src, size from, size to) {
  std::vector<T> dst(std::size_t(to.width) * to.height);
  auto view = [](const T* data, size s) {
    return kernels::image{.data = const_cast<T*>(data),
                          .width = s.width,
                          .height = s.height,
                          .pitch = std::ptrdiff_t{s.width} * std::ptrdiff_t(sizeof(T))};
  };
  const kernels::image_pair pair{view(src.data(), from), view(dst.data(), to)};
  EXPECT_EQ(kernels::cpu().resize.linear({&pair, 1}, element_traits<T>::type, coordinates::half_pixel, {}),
            kernels::status::ok);
  return dst;
}

struct score {
  double pixels = 0;
  double rounded = 0;
  int worst = 0;  ///< distance from the correctly rounded value
};

/// The exact value is a fraction with denominator dx * dy; rounded half up.
template <class T>
score measure(size from, size to) {
  std::mt19937 random(11);
  std::vector<T> src(std::size_t(from.width) * from.height);
  for (auto& v : src) v = static_cast<T>(random());
  const auto dst = run(src, from, to);
  score s;
  for (int j = 0; j < to.height; ++j)
    for (int i = 0; i < to.width; ++i) {
      const auto x = exact_position(from.width, to.width, i);
      const auto y = exact_position(from.height, to.height, j);
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
    const double percent = 100 * s.rounded / s.pixels;
    EXPECT_LE(s.worst, 1);
    EXPECT_GE(percent, least) << type << " " << from.width << "x" << from.height;
    if (from.width == from.height)
      std::printf("%d -> %d %s: correctly rounded %.4f %%, off by %d at most\n", c.src, c.dst, type, percent,
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

// A known gap: enlarging by 3/2 the exact values are multiples of 1/36, so that one pixel in 36 is an exact half, and
// its side depends on how the weights 1/6 and 5/6 were rounded. Never off by more than 1 here either.
TEST(BilinearTies, OfThreeHalvesFallToEitherSide) {
  check<u8>({720, 1080}, 98, "u8");
  check<u16>({720, 1080}, 97.5, "u16");
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
        const auto x = exact_position(from.width, to.width, i);
        const auto y = exact_position(from.height, to.height, j);
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
