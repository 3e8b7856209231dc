// SPDX-License-Identifier: Apache-2.0
// Image comparison against its definitions in long double, and what it refuses.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/metrics.hpp"
#include "tests/support/processors.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::random_image;

using plane_of_values = std::vector<std::vector<long double>>;

template <class T>
plane_of_values values(const image<T>& im, int channel) {
  plane_of_values v(im.height(), std::vector<long double>(im.width()));
  for (int y = 0; y < im.height(); ++y)
    for (int x = 0; x < im.width(); ++x) v[y][x] = im(x, y, channel);
  return v;
}

struct oracle_sums {
  long double error = 0, signal = 0;
};
oracle_sums oracle_squares(const plane_of_values& a, const plane_of_values& b) {
  oracle_sums s;
  for (std::size_t y = 0; y < a.size(); ++y)
    for (std::size_t x = 0; x < a[y].size(); ++x) {
      s.error += (a[y][x] - b[y][x]) * (a[y][x] - b[y][x]);
      s.signal += b[y][x] * b[y][x];
    }
  return s;
}

/// Mean of SSIM over windows with weights w[i] w[j], by the formula of Wang et al., equation 13.
long double oracle_ssim(const plane_of_values& a, const plane_of_values& b, const std::vector<long double>& w,
                        int stride, long double c1, long double c2) {
  const int n = static_cast<int>(w.size());
  const int height = static_cast<int>(a.size()), width = static_cast<int>(a[0].size());
  long double sum = 0;
  int count = 0;
  for (int top = 0; top + n <= height; top += stride)
    for (int left = 0; left + n <= width; left += stride, ++count) {
      long double mean_a = 0, mean_b = 0, var_a = 0, var_b = 0, covariance = 0;
      const auto over_window = [&](auto&& f) {
        for (int j = 0; j < n; ++j)
          for (int i = 0; i < n; ++i) f(w[i] * w[j], a[top + j][left + i], b[top + j][left + i]);
      };
      over_window(
          [&](long double weight, long double p, long double q) { mean_a += weight * p, mean_b += weight * q; });
      over_window([&](long double weight, long double p, long double q) {
        var_a += weight * (p - mean_a) * (p - mean_a);
        var_b += weight * (q - mean_b) * (q - mean_b);
        covariance += weight * (p - mean_a) * (q - mean_b);
      });
      sum += (2 * mean_a * mean_b + c1) * (2 * covariance + c2) /
             ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
    }
  return sum / count;
}

std::vector<long double> gaussian_weights() {
  std::vector<long double> w;
  long double sum = 0;
  for (int i = -5; i <= 5; ++i) sum += std::exp(-i * i / 4.5L);
  for (int i = -5; i <= 5; ++i) w.push_back(std::exp(-i * i / 4.5L) / sum);
  return w;
}

/// A picture with structure, and the same with noise.
template <class T>
std::pair<image<T>, image<T>> noisy_pair(int width, int height, int channels, double peak, double noise) {
  image<T> clean(width, height, channels), noisy(width, height, channels);
  test::random r(7);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) {
        const double v =
            peak * (0.5 + 0.3 * std::sin(0.21 * x + c) * std::cos(0.17 * y) + 0.1 * ((x / 7 + y / 5) % 2));
        const double n = v + peak * noise * (r.below(2001) - 1000) / 1000.0;
        const auto clamped = [&](double t) { return T(std::min(std::max(t, 0.0), peak)); };
        clean(x, y, c) = clamped(v);
        noisy(x, y, c) = clamped(n);
      }
  return {noisy, clean};
}

template <class T>
class ImageComparison : public testing::Test {};
using types = testing::Types<u8, u16, f32>;
TYPED_TEST_SUITE(ImageComparison, types);

TYPED_TEST(ImageComparison, IsTheDefinition) {
  using T = TypeParam;
  const double peak = std::is_same_v<T, u8> ? 255 : std::is_same_v<T, u16> ? 1023 : 1;
  const comparison_options options{.bit_depth = std::is_same_v<T, u16> ? 10 : 0};
  for (int channels : {1, 3})
    for (size s : {size{71, 40}, size{11, 11}, size{300, 12}})
      for (double noise : {0.02, 0.4})
        for (auto where : test::processors()) {
          const auto [noisy, clean] = noisy_pair<T>(s.width, s.height, channels, peak, noise);
          const auto gaussian = compare_images(noisy, clean, options, {.processor = where});
          auto of_blocks = options;
          of_blocks.similarity = similarity::blocks;
          const auto blocks = compare_images(noisy, clean, of_blocks, {.processor = where});
          ASSERT_EQ(gaussian.size(), std::size_t(channels));
          for (int c = 0; c < channels; ++c) {
            const auto a = values(noisy, c), b = values(clean, c);
            const auto expected = oracle_squares(a, b);
            const long double pixels = 1.0L * s.width * s.height;
            if (std::is_integral_v<T>) {
              EXPECT_EQ(gaussian[c].squared_error, expected.error);
              EXPECT_EQ(gaussian[c].squared_reference, expected.signal);
            }
            EXPECT_NEAR(mse(gaussian[c]), double(expected.error / pixels), 1e-12 * peak * peak);
            EXPECT_NEAR(psnr(gaussian[c], peak), double(10 * std::log10(peak * peak * pixels / expected.error)),
                        1e-9);
            EXPECT_NEAR(snr(gaussian[c]), double(10 * std::log10(expected.signal / expected.error)), 1e-9);
            const long double c1 = 0.01L * peak * 0.01L * peak, c2 = 0.03L * peak * 0.03L * peak;
            // Weights in units of 2^-15, and floats rounded to 16 bits, cost some of the digits.
            EXPECT_NEAR(ssim(gaussian[c]), double(oracle_ssim(a, b, gaussian_weights(), 1, c1, c2)), 5e-5);
            const std::vector<long double> equal(8, 1 / 8.0L);
            EXPECT_NEAR(ssim(blocks[c]), double(oracle_ssim(a, b, equal, 4, c1 / 64, c2 * 63 / 64)), 3e-5);
            EXPECT_EQ(gaussian[c].windows, std::int64_t(s.width - 10) * (s.height - 10));
            EXPECT_EQ(blocks[c].windows, std::int64_t(s.width / 4 - 1) * (s.height / 4 - 1));
          }
        }
}

TYPED_TEST(ImageComparison, EqualImagesAreInfinitelyNear) {
  const auto im = noisy_pair<TypeParam>(37, 29, 3, std::is_integral_v<TypeParam> ? 255 : 1, 0.2).first;
  for (auto windows : {similarity::gaussian, similarity::blocks})
    for (const auto& s : compare_images(im, im, {.similarity = windows})) {
      EXPECT_EQ(mse(s), 0);
      EXPECT_EQ(psnr(s, 255), std::numeric_limits<double>::infinity());
      EXPECT_EQ(snr(s), std::numeric_limits<double>::infinity());
      EXPECT_EQ(ssim(s), 1);
    }
}

TEST(ImageComparison, InvertedImagesAreUnlike) {
  image<u8> a(32, 32, 1), b(32, 32, 1);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x) b(x, y) = u8(255 - (a(x, y) = (x / 4 + y / 4) % 2 != 0 ? 255 : 0));
  const auto s = compare_images(a, b)[0];
  EXPECT_EQ(mse(s), 65025);
  EXPECT_EQ(psnr(s, 255), 0);
  EXPECT_LT(ssim(s), -0.9);
  EXPECT_GE(ssim(s), -1);
}

TEST(ImageComparison, ImagesSmallerThanAWindowHaveNoSimilarity) {
  const auto im = random_image<u8>(10, 40, 1);
  const auto s = compare_images(im, im)[0];
  EXPECT_EQ(s.windows, 0);
  EXPECT_TRUE(std::isnan(ssim(s)));
  EXPECT_EQ(compare_images(im, im, {.similarity = similarity::blocks})[0].windows, 9);
}

TEST(ImageComparison, HighBitsAreThoseOfTheLowerAlignment) {
  const auto [noisy, clean] = noisy_pair<u16>(40, 30, 1, 1023, 0.1);
  image<u16> a(40, 30, 1), b(40, 30, 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a.data()[i] = u16(noisy.data()[i] << 6);
    b.data()[i] = u16(clean.data()[i] << 6);
  }
  const auto low = compare_images(noisy, clean, {.bit_depth = 10})[0];
  const auto high = compare_images(a, b, {.bit_depth = 10, .low_zero_bits = 6})[0];
  EXPECT_EQ(low.squared_error, high.squared_error);
  EXPECT_EQ(low.similarity, high.similarity);
}

TEST(ImageComparison, BatchesPlanesAndChannelsAreMeasuredAlone) {
  const auto [noisy, clean] = noisy_pair<u8>(33, 21, 2, 255, 0.1);
  image<u8> a(33, 21, 2, 3, 2), b(33, 21, 2, 3, 2);
  test::random r(1);
  for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = u8(r.below(256)), b.data()[i] = u8(r.below(256));
  const std::size_t plane = std::size_t(33) * 21 * 2, fourth = 4 * plane;  // image 1, plane 1
  std::copy_n(noisy.data(), plane, a.data() + fourth);
  std::copy_n(clean.data(), plane, b.data() + fourth);
  for (auto where : test::processors()) {
    image_comparison object({33, 21, 2, 3, 2, element_type::u8}, {}, {.processor = where});
    std::vector<comparison_sums> all(12);
    object.run(a, b, all);
    const auto alone = compare_images(noisy, clean);
    for (int c = 0; c < 2; ++c) {
      EXPECT_EQ(all[8 + c].squared_error, alone[c].squared_error);
      EXPECT_EQ(all[8 + c].similarity, alone[c].similarity);
    }
    EXPECT_EQ(pooled(all).pixels, std::int64_t(12) * 33 * 21);
    EXPECT_GT(object.workspace_size(), 0u);
  }
}

TEST(ImageComparison, RejectsWhatDoesNotFit) {
  const image<u8> im(20, 20, 3);
  image_comparison object({20, 20, 3});
  std::vector<comparison_sums> sums(3);
  using test::rejection;
  EXPECT_EQ(rejection([&] { object.run(im, image<u8>(20, 21, 3), sums); }),
            "image_comparison: reference: is 20x21, but the object was built for 20x20");
  EXPECT_EQ(rejection([&] { object.run(im, im, std::span(sums).first(2)); }),
            "image_comparison: sums: has 2 elements; must have 3");
  EXPECT_EQ(rejection([&] { object.run(image<u16>(20, 20, 3), image<u16>(20, 20, 3), sums); }),
            "image_comparison: image: has elements of another type than the object was built for");
  EXPECT_EQ(rejection([&] { image_comparison({0, 20}); }), "image_comparison: geometry: is empty (0x20)");
  EXPECT_EQ(rejection([&] {
              image_comparison({9, 9}, {.bit_depth = 10});
            }),
            "image_comparison: options.bit_depth: is 10; must be 0, or 8 to 16 for u16");
  EXPECT_EQ(rejection([&] {
              image_comparison({9, 9}, {.white = 0});
            }),
            "image_comparison: options.white: is 0.000000; must be within 2^-60 and 2^60");
  EXPECT_EQ(rejection([&] { compare_images(im, image<u8>(20, 20, 1)); }),
            "compare_images: reference.channels: is 1, but the object was built for 3");
  auto moved = std::move(object);
  EXPECT_EQ(rejection([&] { object.run(im, im, sums); }), "image_comparison: object: has been moved from");
}

}  // namespace
