// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/random.hpp"
#include "tests/support/resize_oracle.hpp"

namespace {

using namespace fluxel;
using test::equal;
using test::random_image;

constexpr std::array rules{coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners};
constexpr std::array roundings{nearest_rounding::half_up, nearest_rounding::half_down, nearest_rounding::floor,
                               nearest_rounding::ceil};

const std::vector<std::pair<size, size>> shapes{
    {{1, 1}, {1, 1}},     {{1, 1}, {5, 3}},     {{1, 7}, {1, 4}},      {{7, 1}, {3, 1}},    {{1, 7}, {6, 2}},
    {{9, 5}, {9, 5}},     {{9, 5}, {1, 1}},     {{2, 2}, {1, 1}},      {{3, 3}, {4, 4}},    {{33, 17}, {64, 9}},
    {{64, 48}, {32, 24}}, {{31, 29}, {62, 58}}, {{100, 37}, {67, 81}}, {{257, 3}, {129, 7}}};

template <class T>
long double number(T v) {
  return static_cast<long double>(v);
}

TEST(Nearest, EqualsTheRationalOracleEverywhere) {
  for (auto [from, to] : shapes)
    for (auto rule : rules)
      for (auto rounding : roundings) {
        const auto src = random_image<u16>(from.width, from.height, 3);
        image<u16> dst(to.width, to.height, 3);
        resize_nearest(src.view(), dst.view(), {.coordinates = rule, .rounding = rounding});
        for (int y = 0; y < to.height; ++y)
          for (int x = 0; x < to.width; ++x)
            for (int c = 0; c < 3; ++c)
              ASSERT_EQ(dst(x, y, c), src(test::oracle_nearest(rule, rounding, x, from.width, to.width),
                                          test::oracle_nearest(rule, rounding, y, from.height, to.height), c));
      }
}

TEST(Nearest, WorkedExampleOfTheMethod) {
  image<u8> src(3, 3), dst(4, 4);
  const u8 in[] = {234, 38, 22, 67, 44, 12, 89, 65, 63};
  const u8 out[] = {234, 38, 22, 22, 67, 44, 12, 12, 89, 65, 63, 63, 89, 65, 63, 63};
  std::copy(in, in + 9, src.data());
  // Proportional positions 0, .75, 1.5, 2.25 rounded half up.
  resize_nearest(src.view(), dst.view(), {.coordinates = coordinates::asymmetric});
  for (int i = 0; i < 16; ++i) EXPECT_EQ(dst.data()[i], out[i]) << i;
}

struct rgba {
  u8 r, g, b, a;
  bool operator==(const rgba&) const = default;
};
TEST(Nearest, CopiesElementsOfOneTwoFourAndEightBytes) {
  image<double> wide(3, 2), wide_out(5, 4);
  for (int i = 0; i < 6; ++i) wide.data()[i] = std::nan("") * i + i;
  wide(1, 1) = -0.0;
  resize_nearest(wide.view(), wide_out.view());
  image<rgba> pixels(3, 2), pixels_out(5, 4);
  for (int i = 0; i < 6; ++i) pixels.data()[i] = {u8(i), u8(2 * i), u8(3 * i), u8(255 - i)};
  resize_nearest(pixels.view(), pixels_out.view());
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 5; ++x) {
      const int sx = test::oracle_nearest(coordinates::half_pixel, nearest_rounding::half_up, x, 3, 5);
      const int sy = test::oracle_nearest(coordinates::half_pixel, nearest_rounding::half_up, y, 2, 4);
      EXPECT_EQ(std::memcmp(&wide_out(x, y), &wide(sx, sy), 8), 0);
      EXPECT_EQ(pixels_out(x, y), pixels(sx, sy));
    }
}

TEST(Bilinear, WorkedExamplesByGeometricCentres) {
  image<f32> src(3, 3), up(5, 5), down(3, 3);
  const f32 in[] = {234, 38, 22, 67, 44, 12, 89, 65, 63};
  std::copy(in, in + 9, src.data());
  resize_bilinear(src.view(), up.view());
  // Positions -0.2, 0.4, 1, 1.6, 2.2.
  EXPECT_FLOAT_EQ(up(0, 0), 234);
  EXPECT_FLOAT_EQ(up(1, 0), 234 + 0.4f * (38 - 234));
  EXPECT_FLOAT_EQ(up(2, 2), 44);
  EXPECT_FLOAT_EQ(up(4, 4), 63);
  EXPECT_NEAR(up(1, 1), 0.6 * (0.6 * 234 + 0.4 * 38) + 0.4 * (0.6 * 67 + 0.4 * 44), 1e-4);
  resize_bilinear(up.view(), down.view());
  // Positions 1/3, 2, 3 2/3.
  EXPECT_FLOAT_EQ(down(1, 1), up(2, 2));
  EXPECT_NEAR(down(0, 1), up(0, 2) + (up(1, 2) - up(0, 2)) / 3, 1e-4);
  EXPECT_NEAR(down(2, 1), up(3, 2) + (up(4, 2) - up(3, 2)) * 2 / 3, 1e-4);
}

template <class T>
class BilinearOf : public testing::Test {};
using integers = testing::Types<u8, u16>;
TYPED_TEST_SUITE(BilinearOf, integers);

TYPED_TEST(BilinearOf, IsNeverOffByMoreThanOneAndNearlyAlwaysRounded) {
  using T = TypeParam;
  auto shapes_and_more = shapes;
  for (auto s :
       {std::pair{size{640, 3}, size{1000, 4}}, {{997, 5}, {701, 4}}, {{300, 30}, {301, 31}}, {{1080, 9}, {224, 4}}})
    shapes_and_more.push_back(s);
  for (auto [from, to] : shapes_and_more)
    for (auto rule : rules) {
      const auto src = random_image<T>(from.width, from.height, 2);
      image<T> dst(to.width, to.height, 2);
      resize_bilinear(src.view(), dst.view(), {.coordinates = rule});
      int wrong = 0;
      const int all = to.width * to.height * 2;
      for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x)
          for (int c = 0; c < 2; ++c) {
            const auto exact = test::oracle_bilinear(test::oracle_position(rule, x, from.width, to.width),
                                                     test::oracle_position(rule, y, from.height, to.height), from,
                                                     [&](int i, int j) { return src(i, j, c); });
            const long double off = std::fabs(number(dst(x, y, c)) - exact);
            ASSERT_LT(off, 1) << from.width << "x" << from.height << " at " << x << "," << y;
            wrong += off > 0.5L + 1e-12L;
          }
      EXPECT_LE(wrong, std::max(1.0, all * 0.005))
          << from.width << "x" << from.height << " to " << to.width << "x" << to.height;
    }
}

TYPED_TEST(BilinearOf, DyadicWeightsAreRoundedHalfUpEverywhere) {
  using T = TypeParam;
  for (auto to : {size{64, 96}, size{128, 192}, size{16, 24}, size{8, 12}}) {
    const auto src = random_image<T>(32, 48);
    image<T> dst(to.width, to.height);
    resize_bilinear(src.view(), dst.view());
    for (int y = 0; y < to.height; ++y)
      for (int x = 0; x < to.width; ++x) {
        const auto exact = test::oracle_bilinear(test::oracle_position(coordinates::half_pixel, x, 32, to.width),
                                                 test::oracle_position(coordinates::half_pixel, y, 48, to.height),
                                                 {32, 48}, [&](int i, int j) { return src(i, j); });
        ASSERT_EQ(number(dst(x, y)), std::floor(exact + 0.5L));
      }
  }
}

TEST(Bilinear, F32IsWithinAFewUnitsOfTheLastPlace) {
  for (auto [from, to] : shapes)
    for (auto rule : rules) {
      const auto src = random_image<f32>(from.width, from.height, 3);
      image<f32> dst(to.width, to.height, 3);
      resize_bilinear(src.view(), dst.view(), {.coordinates = rule});
      for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x)
          for (int c = 0; c < 3; ++c) {
            const auto exact = test::oracle_bilinear(test::oracle_position(rule, x, from.width, to.width),
                                                     test::oracle_position(rule, y, from.height, to.height), from,
                                                     [&](int i, int j) { return src(i, j, c); });
            ASSERT_NEAR(dst(x, y, c), static_cast<double>(exact), 4 * 0x1p-24);
          }
    }
}

template <class T>
class EveryType : public testing::Test {};
using types = testing::Types<u8, u16, f16, bf16, f32>;
TYPED_TEST_SUITE(EveryType, types);

TYPED_TEST(EveryType, SubViewsPitchesFlipsPlanesAndBatchesEqualPlainCalls) {
  using T = TypeParam;
  for (auto [from, to] : shapes)
    for (int channels : {1, 2, 3, 4, 5}) {
      const auto big = random_image<T>(from.width + 4, from.height + 3, channels);
      const image_view<const T> sub = big.view().sub_view(3, 2, from.width, from.height);
      image<T> packed(from.width, from.height, channels);
      resize_nearest<T>(sub, packed.view());  // same size: a copy
      ASSERT_TRUE(equal<T>(sub, packed.view()));
      image<T> want(to.width, to.height, channels);
      resize_bilinear(std::as_const(packed).view(), want.view());
      test::guarded_image<T> got(to.width, to.height, channels);
      resize_bilinear(sub, got.view());
      ASSERT_TRUE(equal<T>(want.view(), got.view()));
      ASSERT_TRUE(got.intact());
      // Bottom row first on both sides turns the result over as well.
      test::guarded_image<T> flipped(to.width, to.height, channels);
      const image<T> turned = [&] {
        image<T> im(from.width, from.height, channels);
        resize_nearest<T>(sub.flipped(), im.view());
        return im;
      }();
      resize_bilinear(sub.flipped(), flipped.view());
      image<T> want_turned(to.width, to.height, channels);
      resize_bilinear(turned.view(), want_turned.view());
      ASSERT_TRUE(equal<T>(want_turned.view(), flipped.view()));
      ASSERT_TRUE(flipped.intact());
      test::guarded_image<T> into_flipped(to.width, to.height, channels);
      resize_bilinear(sub, into_flipped.view().flipped());
      ASSERT_TRUE(equal<T>(want.view(), image_view<const T>(into_flipped.view().flipped())));
      ASSERT_TRUE(into_flipped.intact());
    }
}

TYPED_TEST(EveryType, BatchesAndPlanesEqualTheirImages) {
  using T = TypeParam;
  const auto src = random_image<T>(19, 13, 2, 3, 4);
  image<T> dst(30, 7, 2, 3, 4);
  resize_bilinear(src.view(), dst.view());
  for (int n = 0; n < 4; ++n)
    for (int p = 0; p < 3; ++p) {
      auto one = [&](auto view) {
        view = view.unpacked();
        using element = std::remove_pointer_t<decltype(view.data)>;
        view.data += (n * view.stride + p * view.plane_stride) / std::ptrdiff_t(sizeof(element));
        view.planes = view.count = 1;
        return view;
      };
      image<T> want(30, 7, 2);
      resize_bilinear<T>(one(src.view()), want.view());
      EXPECT_TRUE(equal<T>(want.view(), one(std::as_const(dst).view())));
    }
}

TYPED_TEST(EveryType, AnyNumberOfThreadsGivesTheSameBytes) {
  using T = TypeParam;
  const auto src = random_image<T>(641, 367, 3);
  for (auto to : {size{300, 200}, size{900, 700}}) {
    image<T> one(to.width, to.height, 3);
    resize_bilinear(src.view(), one.view(), {}, {.threads = 1});
    for (int threads : {2, 3, 7, 0}) {
      image<T> many(to.width, to.height, 3);
      resize_bilinear(src.view(), many.view(), {}, {.threads = threads});
      EXPECT_TRUE(equal<T>(one.view(), many.view())) << threads;
    }
  }
}

/// The payload of a NaN is not promised: an infinity instead.
template <class T>
T without_payload(T v) {
  if constexpr (std::is_same_v<T, f32>) return v == v ? v : HUGE_VALF;
  if constexpr (std::is_same_v<T, f16>) v.bits &= (v.bits & 0x7c00) == 0x7c00 ? 0xfc00 : 0xffff;
  if constexpr (std::is_same_v<T, bf16>) v.bits &= (v.bits & 0x7f80) == 0x7f80 ? 0xff80 : 0xffff;
  return v;
}

TYPED_TEST(EveryType, TheSameSizeIsACopyWhateverTheValues) {
  using T = TypeParam;
  image<T> src(23, 9, 3), dst(23, 9, 3);
  test::random r(8);
  for (std::size_t i = 0; i < src.size() * sizeof(T); ++i)  // NaN and infinities too
    reinterpret_cast<unsigned char*>(src.data())[i] = static_cast<unsigned char>(r.next());
  for (std::size_t i = 0; i < src.size(); ++i) src.data()[i] = without_payload(src.data()[i]);
  for (auto rule : rules) {
    resize_bilinear(src.view(), dst.view(), {.coordinates = rule});
    EXPECT_TRUE(equal<T>(src.view(), dst.view()));
  }
}

TEST(Bilinear, FlippingCommutesWhereTheWeightsAllowIt) {
  // Twice the size: weights 1/4 and 3/4 are exact in every type, and so is a mirrored sum in integers before the one
  // rounding; half up is not symmetric under v -> 255 - v but flipping does not touch values.
  for (auto [from, to] : {std::pair{size{16, 12}, size{32, 24}}, {{16, 12}, {8, 6}}, {{16, 12}, {16, 24}}}) {
    const auto src = random_image<u8>(from.width, from.height, 3);
    image<u8> straight(to.width, to.height, 3), turned(to.width, to.height, 3);
    resize_bilinear(src.view(), straight.view());
    resize_bilinear<u8>(src.view().flipped(), turned.view());
    EXPECT_TRUE(equal<u8>(straight.view(), image_view<const u8>(turned.view().flipped())));
    auto mirrored = [](const image<u8>& im) {
      image<u8> m(im.width(), im.height(), im.channels());
      for (int y = 0; y < im.height(); ++y)
        for (int x = 0; x < im.width(); ++x)
          for (int c = 0; c < im.channels(); ++c) m(x, y, c) = im(im.width() - 1 - x, y, c);
      return m;
    };
    resize_bilinear(mirrored(src), turned.view());
    EXPECT_TRUE(equal<u8>(straight.view(), std::as_const(turned = mirrored(turned)).view()));
  }
}

TEST(Bilinear, AConstantStaysConstantAndARampStaysARamp) {
  for (auto [from, to] : shapes) {
    image<f32> flat(from.width, from.height), out(to.width, to.height);
    for (std::size_t i = 0; i < flat.size(); ++i) flat.data()[i] = 0.1f;
    resize_bilinear(std::as_const(flat).view(), out.view());
    for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out.data()[i], 0.1f);
  }
  image<u16> ramp(50, 1), wide(125, 1);
  for (int x = 0; x < 50; ++x) ramp(x, 0) = u16(1000 * x);
  resize_bilinear(std::as_const(ramp).view(), wide.view());
  for (int x = 2; x < 122; ++x) ASSERT_NEAR(wide(x, 0), 1000 * ((x + 0.5) * 0.4 - 0.5), 0.51);
}

TEST(Bilinear, AnInfinityBesideAnExactHitDoesNotSpread) {
  image<f32> src(3, 1), dst(3, 1);
  src(0, 0) = 1, src(1, 0) = HUGE_VALF, src(2, 0) = 3;
  resize_bilinear(std::as_const(src).view(), dst.view());
  EXPECT_EQ(dst(0, 0), 1);
  EXPECT_EQ(dst(1, 0), HUGE_VALF);
  EXPECT_EQ(dst(2, 0), 3);
}

}  // namespace
