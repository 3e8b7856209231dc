// SPDX-License-Identifier: Apache-2.0
// Resizes in linear light against their definition in long double, for images and frames.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/filter_oracle.hpp"
#include "tests/support/processors.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::random_image;

long double light(long double e) { return e <= 0.04045L ? e / 12.92L : std::pow((e + 0.055L) / 1.055L, 2.4L); }
long double sample(long double l) {
  l = std::clamp(l, 0.0L, 1.0L);
  return l <= 0.0031308L ? l * 12.92L : 1.055L * std::pow(l, 1 / 2.4L) - 0.055L;
}

template <class T>
class LinearLight : public testing::Test {};
using types = testing::Types<u8, u16>;
TYPED_TEST_SUITE(LinearLight, types);

TYPED_TEST(LinearLight, IsTheMeanOfLight) {
  using T = TypeParam;
  const long double white = T(-1);
  for (auto f : {filter::bilinear, filter::area, filter::lanczos3})
    for (int channels : {1, 3})
      for (auto to : {size{9, 14}, size{31, 20}})
        for (auto where : test::processors()) {
          const resize_options options{
              .filter = f, .antialias = antialias::yes, .linear_light = transfer_function::srgb};
          const auto src = random_image<T>(16, 12, channels);
          image<T> dst(to.width, to.height, channels);
          resizer({{16, 12}, to, channels, element_traits<T>::type}, options, {.processor = where}).run(src, dst);
          for (int c = 0; c < channels; ++c) {
            std::vector<long double> plane;
            for (int y = 0; y < 12; ++y)
              for (int x = 0; x < 16; ++x) plane.push_back(light(src(x, y, c) / white));
            const auto exact = test::oracle_resize(plane, {16, to.width, options.coordinates},
                                                   {12, to.height, options.coordinates}, options);
            for (int y = 0; y < to.height; ++y)
              for (int x = 0; x < to.width; ++x) {
                const auto expected = static_cast<double>(sample(exact[std::size_t(y) * to.width + x]) * white);
                ASSERT_NEAR(double(dst(x, y, c)), expected, 0.51 + (sizeof(T) == 2 ? 1.5 : 0)) << x << "," << y;
              }
          }
        }
}

TYPED_TEST(LinearLight, TheSameSizeKeepsThePixels) {
  using T = TypeParam;
  for (auto transfer : {transfer_function::srgb, transfer_function::bt1886, transfer_function::hlg})
    for (auto where : test::processors()) {
      const auto src = random_image<T>(33, 21, 3);
      image<T> dst(33, 21, 3);
      resizer({{33, 21}, {33, 21}, 3, element_traits<T>::type}, {.linear_light = transfer}, {.processor = where})
          .run(src, dst);
      for (std::size_t i = 0; i < src.size(); ++i) ASSERT_NEAR(dst.data()[i], src.data()[i], sizeof(T) - 1);
    }
}

TEST(LinearLight, CheckerboardBecomesHalfTheLight) {
  image<u8> src(32, 32, 3), dst(16, 16, 3);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x)
      for (int c = 0; c < 3; ++c) src(x, y, c) = (x + y) % 2 != 0 ? 255 : 0;
  resize(src, dst, {.filter = filter::area, .linear_light = transfer_function::srgb});
  for (std::size_t i = 0; i < dst.size(); ++i) ASSERT_EQ(dst.data()[i], 188);
  resize(src, dst, {.filter = filter::area, .linear_light = transfer_function::bt1886});
  for (std::size_t i = 0; i < dst.size(); ++i) ASSERT_EQ(dst.data()[i], 191);
}

TEST(LinearLight, AlphaIsNoLight) {
  image<u8> src(8, 8, 4), dst(5, 5, 4);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) {
      const bool seen = x < 4;
      for (int c = 0; c < 3; ++c) src(x, y, c) = seen ? u8(60 + 50 * c) : 255;
      src(x, y, 3) = seen ? 255 : 0;
    }
  for (auto where : test::processors()) {
    resizer({{8, 8}, {5, 5}, 4, element_type::u8},
            {.filter = filter::area, .alpha = alpha::straight, .linear_light = transfer_function::srgb},
            {.processor = where})
        .run(src, dst);
    for (int x = 0; x < 3; ++x)
      for (int c = 0; c < 3; ++c) EXPECT_EQ(dst(x, 2, c), 60 + 50 * c);
    EXPECT_EQ(dst(2, 2, 3), 128);
  }
}

/// A grey checkerboard in YUV is the same light, and has no color.
TEST(LinearLight, FramesOfLumaAndChroma) {
  for (int depth : {8, 10})
    for (auto fields : {field_order::progressive, field_order::top_first})
      for (int shift : {0, 1})
        for (auto where : test::processors()) {
          const auto run = [&]<class T>(T) {
            auto format = formats::yuv({64, 64}, shift, shift, depth);
            format.matrix = color_matrix::bt709;
            format.range = color_range::limited;
            format.fields = fields;
            auto to = format;
            to.width = to.height = 32;
            const int unit = 1 << (depth - 8), side = 64 >> shift;
            std::vector<T> luma(64 * 64), chroma(side * side, T(128 * unit)), out(32 * 32), out_u(side * side / 4),
                out_v(side * side / 4);
            for (int y = 0; y < 64; ++y)
              for (int x = 0; x < 64; ++x) luma[y * 64 + x] = T((x + y / 2) % 2 != 0 ? 235 * unit : 16 * unit);
            auto chroma_v = chroma;
            const auto pitch = [](int samples) { return std::ptrdiff_t(samples * sizeof(T)); };
            const frame_view<void> src{
                format, {luma.data(), chroma.data(), chroma_v.data()}, {pitch(64), pitch(side), pitch(side)}};
            const frame_view<void> dst{
                to, {out.data(), out_u.data(), out_v.data()}, {pitch(32), pitch(side / 2), pitch(side / 2)}};
            resizer(format, {32, 32}, {.filter = filter::area, .linear_light = transfer_function::bt1886},
                    {.processor = where})
                .run(src, dst);
            const double expected = 16 * unit + 219 * unit * std::pow(0.5, 1 / 2.4);
            for (const T v : out) ASSERT_NEAR(double(v), expected, 0.6);
            for (const T v : out_u) ASSERT_EQ(v, 128 * unit);
            for (const T v : out_v) ASSERT_EQ(v, 128 * unit);
          };
          if (depth == 8)
            run(u8{});
          else
            run(u16{});
        }
}

TEST(LinearLight, RejectsWhatItCannotDecode) {
  using test::rejection;
  EXPECT_EQ(rejection([] {
              resizer({{8, 8}, {4, 4}, 1, element_type::f32}, {.linear_light = transfer_function::srgb});
            }),
            "resizer: options.linear_light: needs pixels of u8 or u16");
  EXPECT_EQ(rejection([] { resizer(resize_options{.linear_light = transfer_function(7)}); }),
            "resizer: options.linear_light: is not one of none, srgb, bt1886, gamma22, gamma28, pq and hlg");
}

}  // namespace
