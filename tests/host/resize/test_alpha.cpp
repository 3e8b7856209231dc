// SPDX-License-Identifier: Apache-2.0
// CTest: also on the emulator
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/processors.hpp"
#include "tests/support/random.hpp"
#include "tests/support/resize_oracle.hpp"

namespace {

using namespace fluxel;
using test::equal;
using test::random_image;

template <class T>
long double value(T v) {
  if constexpr (std::is_same_v<T, bf16> || std::is_same_v<T, f16>)
    return 0;
  else
    return v;
}

template <class T>
class StraightAlpha : public testing::Test {};
using types = testing::Types<u8, u16, f32>;
TYPED_TEST_SUITE(StraightAlpha, types);

TYPED_TEST(StraightAlpha, ColorIsTheWeightedMean) {
  using T = TypeParam;
  const long double tolerance = std::is_same_v<T, f32> ? 1e-5L : 0.52L;
  for (int channels : {2, 4})
    for (auto to : {size{9, 14}, size{24, 20}})
      for (auto where : test::processors()) {
        auto src = random_image<T>(16, 12, channels);
        image<T> dst(to.width, to.height, channels);
        resizer({{16, 12}, to, channels, element_traits<T>::type}, {.alpha = alpha::straight}, {where})
            .run(std::as_const(src).view(), dst.view());
        for (int y = 0; y < to.height; ++y)
          for (int x = 0; x < to.width; ++x) {
            auto at = [&](auto&& pixel) {
              return test::oracle_bilinear(test::oracle_position(coordinates::half_pixel, x, 16, to.width),
                                           test::oracle_position(coordinates::half_pixel, y, 12, to.height), {16, 12},
                                           pixel);
            };
            const auto a = at([&](int i, int j) { return value(src(i, j, channels - 1)); });
            ASSERT_NEAR(double(value(dst(x, y, channels - 1))), double(a), double(tolerance));
            for (int c = 0; c + 1 < channels; ++c) {
              const auto product =
                  at([&](int i, int j) { return value(src(i, j, c)) * value(src(i, j, channels - 1)); });
              ASSERT_NEAR(double(value(dst(x, y, c))), double(product / a), double(tolerance));
            }
          }
      }
}

TYPED_TEST(StraightAlpha, InvisibleColorDoesNotBleed) {
  using T = TypeParam;
  image<T> src(8, 8, 4), dst(5, 5, 4);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) {
      const bool seen = (x + y) % 3 != 0;
      src(x, y, 0) = T(seen ? 40 : 200);
      src(x, y, 1) = T(seen ? 50 : 7);
      src(x, y, 2) = T(seen ? 60 : 90);
      src(x, y, 3) = T(seen ? 250 : 0);
    }
  for (auto where : test::processors())
    for (auto options : {resize_options{.alpha = alpha::straight},
                         resize_options{.filter = filter::area, .alpha = alpha::straight}}) {
      resizer({{8, 8}, {5, 5}, 4, element_traits<T>::type}, options, {where})
          .run(std::as_const(src).view(), dst.view());
      for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 5; ++x) {
          ASSERT_NEAR(double(dst(x, y, 0)), 40, 1e-4);
          ASSERT_NEAR(double(dst(x, y, 1)), 50, 1e-4);
          ASSERT_NEAR(double(dst(x, y, 2)), 60, 1e-4);
        }
    }
}

/// A picture of one color keeps it wherever it is seen, whatever the filter and the color of what is not seen.
TYPED_TEST(StraightAlpha, OneColorStaysOneColor) {
  using T = TypeParam;
  const double white = std::is_integral_v<T> ? double(T(-1)) : 1;
  const double color[] = {0.78, 0.12, 0.36};
  const double tolerance = std::is_same_v<T, u8> ? 0 : 6e-5 * white;
  for (const bool soft : {false, true})
    for (const double hidden : {0.0, 1.0}) {
      image<T> src(48, 40, 4);
      for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 48; ++x) {
          const double edge = 15 - std::hypot(x - 23.5, y - 19.5);
          const double a = soft ? std::min(std::max(edge / 3 + 0.5, 0.0), 1.0) : edge > 0;
          for (int c = 0; c < 3; ++c) src(x, y, c) = T((T(a * white) > 0 ? color[c] : hidden) * white);
          src(x, y, 3) = T(a * white);
        }
      for (auto f : {filter::bilinear, filter::area, filter::bicubic, filter::lanczos3, filter::mitchell,
                     filter::gaussian, filter::hamming, filter::spline36})
        for (auto to : {size{19, 21}, size{24, 20}, size{75, 67}})
          for (auto where : test::processors()) {
            image<T> dst(to.width, to.height, 4);
            resizer({{48, 40}, to, 4, element_traits<T>::type},
                    {.filter = f, .antialias = antialias::yes, .cubic_a = -2, .alpha = alpha::straight}, {where})
                .run(src, dst);
            for (int y = 0; y < to.height; ++y)
              for (int x = 0; x < to.width; ++x) {
                if (double(dst(x, y, 3)) < 0.02 * white) continue;
                for (int c = 0; c < 3; ++c)
                  ASSERT_NEAR(double(dst(x, y, c)), double(T(color[c] * white)), tolerance)
                      << "filter " << int(f) << " at " << x << ", " << y;
              }
          }
    }
}

TEST(StraightAlpha, OpaqueImagesAreResizedAsWithoutAlphaWithinOne) {
  auto src = random_image<u8>(30, 20, 4);
  for (int i = 0; i < 30 * 20; ++i) src.data()[4 * i + 3] = 255;
  image<u8> with(17, 33, 4), without(17, 33, 4);
  resize(std::as_const(src).view(), with.view(), {.alpha = alpha::straight});
  resize(std::as_const(src).view(), without.view(), {});
  for (std::size_t i = 0; i < with.size(); ++i) ASSERT_NEAR(with.data()[i], without.data()[i], 1);
}

TEST(StraightAlpha, WhollyTransparentIsBlackAndTheSameSizeKeepsSeenColors) {
  image<u8> src(6, 6, 4), dst(4, 4, 4);
  for (int i = 0; i < 36; ++i) src.data()[4 * i] = 99;
  resize(std::as_const(src).view(), dst.view(), {.alpha = alpha::straight});
  for (std::size_t i = 0; i < dst.size(); ++i) EXPECT_EQ(dst.data()[i], 0);
  auto same = random_image<u8>(13, 11, 4);
  image<u8> copy(13, 11, 4);
  resize(std::as_const(same).view(), copy.view(), {.alpha = alpha::straight});
  for (int i = 0; i < 13 * 11; ++i)
    for (int c = 0; c < 4; ++c)
      EXPECT_EQ(copy.data()[4 * i + c], same.data()[4 * i + 3] == 0 ? 0 : same.data()[4 * i + c]);
}

/// A planar frame with an alpha plane against the same pixels interleaved.
TEST(StraightAlpha, PlanarFramesEqualPackedPixels) {
  for (int depth : {8, 10})
    for (auto where : test::processors())
      for (auto fields : {field_order::progressive, field_order::top_first}) {
        auto run = [&]<class T>(T) {
          frame_format planar{.width = 20,
                              .height = 14,
                              .plane_count = 4,
                              .bit_depth = depth,
                              .alpha = alpha::straight,
                              .fields = fields};
          frame_format packed = planar;
          packed.plane_count = 1;
          packed.planes[0].channels = 4;
          image<T> src(20, 14, 4), dst(13, 9, 4);
          test::random r(4);
          for (std::size_t i = 0; i < src.size(); ++i) src.data()[i] = T(r.below(1 << depth));
          image<T> planes(20, 14, 1, 4), planes_dst(13, 9, 1, 4);
          for (int i = 0; i < 20 * 14; ++i)
            for (int c = 0; c < 4; ++c) planes.data()[c * 20 * 14 + i] = src.data()[4 * i + c];
          auto view = [&](auto& im, frame_format f, size s, int count) {
            f.width = s.width;
            f.height = s.height;
            frame_view<void> v{.format = f};
            for (int p = 0; p < count; ++p) {
              v.data[p] = im.data() + p * s.width * s.height;
              v.pitch[p] = std::ptrdiff_t(s.width * f.planes[0].channels * sizeof(T));
            }
            return v;
          };
          resizer(packed, {13, 9}, {}, {where}).run(view(src, packed, {20, 14}, 1), view(dst, packed, {13, 9}, 1));
          resizer(planar, {13, 9}, {}, {where})
              .run(view(planes, planar, {20, 14}, 4), view(planes_dst, planar, {13, 9}, 4));
          for (int i = 0; i < 13 * 9; ++i)
            for (int c = 0; c < 4; ++c) ASSERT_EQ(planes_dst.data()[c * 13 * 9 + i], dst.data()[4 * i + c]);
        };
        if (depth == 8)
          run(u8{});
        else
          run(u16{});
      }
}

/// Chroma of invisible pixels does not reach visible ones, though it is subsampled.
TEST(StraightAlpha, SubsampledChromaIsWeighted) {
  for (auto location : {chroma_location::left, chroma_location::center, chroma_location::top_left})
    for (auto fields : {field_order::progressive, field_order::top_first})
      for (auto where : test::processors()) {
        auto format = formats::yuv({32, 32}, 1, 1);
        format.plane_count = 4;
        format.alpha = alpha::straight;
        format.chroma_location = location;
        format.fields = fields;
        auto to = format;
        to.width = to.height = 20;
        std::vector<u8> luma(32 * 32, 100), chroma(16 * 16), alpha_plane(32 * 32), out_luma(400), out_u(100),
            out_v(100), out_alpha(400);
        for (int y = 0; y < 32; ++y)
          for (int x = 0; x < 32; ++x) {
            const bool seen = x < 16;
            alpha_plane[y * 32 + x] = seen ? 255 : 0;
            chroma[y / 2 * 16 + x / 2] = seen ? 60 : 220;
          }
        auto chroma_v = chroma;
        frame_view<void> src{
            format, {luma.data(), chroma.data(), chroma_v.data(), alpha_plane.data()}, {32, 16, 16, 32}};
        frame_view<void> dst{to, {out_luma.data(), out_u.data(), out_v.data(), out_alpha.data()}, {20, 10, 10, 20}};
        resizer(format, {20, 20}, {}, {where}).run(src, dst);
        for (int y = 0; y < 10; ++y)
          for (int x = 0; x < 10; ++x) {
            const u8 u = out_u[y * 10 + x];
            // Left siting takes half of one sample's weight from the last seen column.
            if (x < 4) {
              ASSERT_EQ(u, 60) << x << "," << y;
            }
            if (x > 6) {
              ASSERT_EQ(u, 0) << x << "," << y;
            }
            ASSERT_EQ(u, out_v[y * 10 + x]);
          }
        for (int y = 0; y < 20; ++y) {
          ASSERT_EQ(out_luma[y * 20 + 3], 100);
          ASSERT_EQ(out_alpha[y * 20 + 3], 255);
          ASSERT_EQ(out_alpha[y * 20 + 16], 0);
        }
      }
}

}  // namespace
