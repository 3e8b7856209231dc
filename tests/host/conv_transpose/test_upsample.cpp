// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "fluxel/resize.hpp"
#include "fluxel/transposed_convolution.hpp"
#include "fluxel/image.hpp"
#include "fluxel/upsample_conv_transpose.hpp"
#include "tests/support/numbers.hpp"

namespace fluxel::test {
namespace {

template <class T>
image<T> random_image(int width, int height, int channels, int planes = 1, unsigned seed = 1) {
  std::mt19937 engine(seed);
  image<T> im(width, height, channels, planes);
  for (std::size_t i = 0; i < im.size(); ++i) {
    if constexpr (std::is_integral_v<T>)
      im.data()[i] = static_cast<T>(engine());
    else
      im.data()[i] = from_double<T>(std::uniform_real_distribution<double>(-4, 4)(engine));
  }
  return im;
}

template <class T>
bool same_bytes(const image<T>& a, const image<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

TEST(BilinearKernel, FollowsItsFormula) {
  const std::vector<float> two = bilinear_kernel(2);
  const float side[] = {1, 3, 3, 1};
  ASSERT_EQ(two.size(), 16u);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x) EXPECT_EQ(two[y * 4 + x], side[y] * side[x] / 16);
  for (int f = 1; f <= 40; ++f) {
    const int k = 2 * f - f % 2;
    const double c = k % 2 ? f - 1 : f - 0.5;
    const auto kernel = bilinear_kernel(f);
    ASSERT_EQ(kernel.size(), std::size_t(k) * k);
    for (int y = 0; y < k; ++y)
      for (int x = 0; x < k; ++x)
        EXPECT_NEAR(kernel[y * k + x], (1 - std::fabs(x - c) / f) * (1 - std::fabs(y - c) / f), 0x1p-24);
  }
  EXPECT_THROW(bilinear_kernel(0), error);
  EXPECT_THROW(bilinear_kernel(1025), error);
}

/// The example worked by hand: 1 ... 18 in 3 rows of 6.
TEST(Upsample, WorkedExampleOfThreeBySixDoubled) {
  image<f32> src(6, 3), dst(12, 6);
  for (int i = 0; i < 18; ++i) src.data()[i] = float(i + 1);
  upsample_conv_transpose<f32>(src.view(), dst.view(), 2, edge::zero);
  auto pixel = [&](int x, int y) { return x < 0 || x > 5 || y < 0 || y > 2 ? 0.0 : double(src(x, y)); };
  image<f32> bilinear(12, 6);
  resize_bilinear<f32>(src.view(), bilinear.view());
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 12; ++x) {
      const double sx = x / 2.0 - 0.25, sy = y / 2.0 - 0.25;
      const int x0 = int(std::floor(sx)), y0 = int(std::floor(sy));
      const double fx = sx - x0, fy = sy - y0;
      const double want = (1 - fy) * ((1 - fx) * pixel(x0, y0) + fx * pixel(x0 + 1, y0)) +
                          fy * ((1 - fx) * pixel(x0, y0 + 1) + fx * pixel(x0 + 1, y0 + 1));
      EXPECT_EQ(dst(x, y), want) << x << "," << y;
      const bool border = x == 0 || x == 11 || y == 0 || y == 5;
      EXPECT_EQ(dst(x, y) != bilinear(x, y), border) << x << "," << y;
    }
  EXPECT_EQ(dst(0, 0), 0.5625f);   // 9/16 of pixel 1
  EXPECT_EQ(dst(1, 0), 0.9375f);   // (9 * 1 + 3 * 2) / 16
  EXPECT_EQ(dst(1, 1), 2.75f);     // (9 * 1 + 3 * 2 + 3 * 7 + 1 * 8) / 16
  EXPECT_EQ(dst(11, 5), 10.125f);  // 9/16 of pixel 18
}

template <class T>
class UpsampleOf : public testing::Test {};
using all_types = testing::Types<u8, u16, f16, bf16, f32>;
TYPED_TEST_SUITE(UpsampleOf, all_types);

TYPED_TEST(UpsampleOf, ReplicateIsResizeBilinearBitForBit) {
  for (int factor = 1; factor <= 8; ++factor)
    for (size s : {size{1, 1}, size{1, 7}, size{9, 1}, size{33, 17}})
      for (int channels : {1, 3, 4}) {
        const auto src = random_image<TypeParam>(s.width, s.height, channels, 2);
        image<TypeParam> up(s.width * factor, s.height * factor, channels, 2), resized = up;
        upsample_conv_transpose<TypeParam>(src.view(), up.view(), factor, edge::replicate);
        resize_bilinear<TypeParam>(src.view(), resized.view());
        ASSERT_TRUE(same_bytes(up, resized)) << factor << " " << s.width << "x" << s.height;
      }
}

/// With zeros around the image, replicating the edge of the larger image is the same as zeros beyond the smaller one.
TYPED_TEST(UpsampleOf, ZeroEdgeIsReplicateOfAnImageFramedWithZeros) {
  for (int factor = 1; factor <= 9; ++factor)
    for (size s : {size{1, 1}, size{2, 5}, size{40, 3}})
      for (int channels : {1, 3}) {
        const auto src = random_image<TypeParam>(s.width, s.height, channels, 2);
        image<TypeParam> framed(s.width + 2, s.height + 2, channels, 2);
        auto inside = framed.view().sub_view(1, 1, s.width, s.height);
        resize_nearest<TypeParam>(src.view(), inside);
        image<TypeParam> want(framed.width() * factor, framed.height() * factor, channels, 2);
        resize_bilinear<TypeParam>(framed.view(), want.view());
        image<TypeParam> cut(s.width * factor, s.height * factor, channels, 2), got = cut;
        resize_nearest<TypeParam>(want.view().sub_view(factor, factor, got.width(), got.height()), cut.view());
        upsample_conv_transpose<TypeParam>(src.view(), got.view(), factor, edge::zero);
        ASSERT_TRUE(same_bytes(cut, got)) << factor << " " << s.width << "x" << s.height;
      }
}

/// The kernel as it is given to the general path: one copy per channel.
template <class T>
std::vector<T> kernels_for(int factor, int channels) {
  std::vector<T> all;
  for (int c = 0; c < channels; ++c)
    for (float w : bilinear_kernel(factor)) all.push_back(from_double<T>(w));
  return all;
}

template <class T>
image<T> by_general_path(const image<T>& src, int factor, int planes) {
  const int k = 2 * factor - factor % 2;
  image<T> dst(src.width() * factor, src.height() * factor, 1, planes);
  const auto weights = kernels_for<T>(factor, planes);
  conv_transpose<T>(src.view(), {weights.data(), planes, 1, k, k}, {}, dst.view(),
                    {.stride_x = factor, .stride_y = factor, .padding = padding_rule::same, .groups = planes});
  return dst;
}

TEST(Upsample, AgreesWithTheGeneralPathWithinRounding) {
  for (int factor = 1; factor <= 16; ++factor) {
    const auto src = random_image<f32>(13, 9, 1, 3);
    const auto general = by_general_path(src, factor, 3);
    image<f32> recognised(src.width() * factor, src.height() * factor, 1, 3);
    upsample_conv_transpose<f32>(src.view(), recognised.view(), factor, edge::zero);
    // Pixels are below 4, the four weights are positive and sum to at most one. General: a rounded weight and a
    // rounded sum per tap, 8 half-units. Recognised: 32-bit fractions rounded to 24, a difference of at most 8 and a
    // sum per axis, at most 8 half-units of a value below 8 per axis.
    const double bound = 8 * 4 * 0x1p-24 + 2 * 8 * 8 * 0x1p-24;
    for (std::size_t i = 0; i < general.size(); ++i)
      ASSERT_NEAR(general.data()[i], recognised.data()[i], bound) << "factor " << factor;
  }
}

TEST(Upsample, EqualsTheGeneralPathWhereEverythingIsExact) {
  for (int factor : {1, 2, 4, 8, 16}) {
    image<f32> src(13, 9, 1, 3);
    std::mt19937 engine(factor);
    for (std::size_t i = 0; i < src.size(); ++i) src.data()[i] = float(int(engine() % 511) - 255);
    const auto general = by_general_path(src, factor, 3);
    image<f32> recognised(src.width() * factor, src.height() * factor, 1, 3);
    upsample_conv_transpose<f32>(src.view(), recognised.view(), factor, edge::zero);
    for (std::size_t i = 0; i < general.size(); ++i) ASSERT_EQ(general.data()[i], recognised.data()[i]);
  }
}

template <class T>
class PlanOf : public testing::Test {};
using float_types = testing::Types<f16, bf16, f32>;
TYPED_TEST_SUITE(PlanOf, float_types);

TYPED_TEST(PlanOf, RecognisesExactlyTheBilinearKernel) {
  const size from{7, 5};
  for (int factor = 1; factor <= 8; ++factor) {
    const int k = 2 * factor - factor % 2;
    auto weights = kernels_for<TypeParam>(factor, 3);
    const conv_weights<TypeParam> described{weights.data(), 3, 1, k, k};
    conv_transpose_options o{.stride_x = factor, .stride_y = factor, .padding = padding_rule::same, .groups = 3};
    const transposed_convolution plan(from, described, {}, o);
    EXPECT_TRUE(plan.recognised_bilinear()) << factor;
    EXPECT_EQ(plan.output_size(), (size{from.width * factor, from.height * factor}));
    const int low = factor / 2;
    const int high = k - factor - low;  // what remains of the kernel's overhang
    conv_transpose_options placed{
        .stride_x = factor, .stride_y = factor, .left = low, .top = low, .right = high, .bottom = high, .groups = 3};
    EXPECT_TRUE(transposed_convolution(from, described, {}, placed).recognised_bilinear()) << factor;
    const std::vector<TypeParam> zeros(3);
    EXPECT_FALSE(transposed_convolution(from, described, zeros, o).recognised_bilinear());
    if (factor > 1) {
      conv_transpose_options valid = o;
      valid.padding = padding_rule::valid;
      EXPECT_FALSE(transposed_convolution(from, described, {}, valid).recognised_bilinear());
      conv_transpose_options dense = o;
      dense.groups = 1;
      const auto three_times = kernels_for<TypeParam>(factor, 9);
      EXPECT_FALSE(transposed_convolution(from, conv_weights<TypeParam>{three_times.data(), 3, 3, k, k}, {}, dense)
                       .recognised_bilinear());
    }
    weights.back() = from_double<TypeParam>(to_double(weights.back()) * 1.01);
    EXPECT_FALSE(transposed_convolution(from, described, {}, o).recognised_bilinear()) << factor;
  }
}

TYPED_TEST(PlanOf, RunsTheRecognisedKernelAsUpsamplingAndAnyOtherAsTheCall) {
  const auto src = random_image<TypeParam>(11, 6, 3);
  auto weights = kernels_for<TypeParam>(3, 3);
  const conv_weights<TypeParam> described{weights.data(), 3, 1, 5, 5};
  const conv_transpose_options o{.stride_x = 3, .stride_y = 3, .padding = padding_rule::same, .groups = 3};
  image<TypeParam> planned(33, 18, 3), direct(33, 18, 3);
  transposed_convolution({11, 6}, described, {}, o).run(src.view(), planned.view());
  upsample_conv_transpose<TypeParam>(src.view(), direct.view(), 3, edge::zero);
  EXPECT_TRUE(same_bytes(planned, direct));
  weights[0] = from_double<TypeParam>(0.75);
  const std::vector<TypeParam> bias{from_double<TypeParam>(1), from_double<TypeParam>(-2),
                                    from_double<TypeParam>(0.5)};
  transposed_convolution({11, 6}, described, bias, o).run(src.view(), planned.view());
  conv_transpose<TypeParam>(src.view(), described, bias, direct.view(), o);
  EXPECT_TRUE(same_bytes(planned, direct));
}

TEST(ConvTransposePlan, CopiesItsWeightsAndRejectsOtherGeometries) {
  image<f32> src(4, 4), dst(5, 5), want(5, 5), other(4, 5), wrong(5, 6);
  src(1, 1) = 1;
  std::vector<f32> weights{1, 2, 3, 4};
  const transposed_convolution plan({4, 4}, conv_weights<f32>{weights.data(), 1, 1, 2, 2}, {});
  conv_transpose<f32>(src.view(), {weights.data(), 1, 1, 2, 2}, {}, want.view());
  weights.assign(4, 99);
  plan.run(src.view(), dst.view());
  EXPECT_TRUE(same_bytes(dst, want));
  EXPECT_THROW(plan.run(other.view(), wrong.view()), error);
  image<f16> half(4, 4), half_dst(5, 5);
  EXPECT_THROW(plan.run(half.view(), half_dst.view()), error);
  EXPECT_THROW(transposed_convolution({4, 4}, conv_weights<f32>{weights.data(), 1, 1, 2, 2}, {}, {.left = -1}),
               error);
}

TYPED_TEST(UpsampleOf, RejectsBadInputByName) {
  image<TypeParam> src(3, 2), dst(6, 4);
  auto message = [&](int factor, edge e, image<TypeParam>& to) -> std::string {
    try {
      upsample_conv_transpose<TypeParam>(src.view(), to.view(), factor, e);
    } catch (const error& problem) {
      return problem.what();
    }
    return "accepted";
  };
  EXPECT_NE(message(0, edge::zero, dst).find(": factor: "), std::string::npos);
  EXPECT_NE(message(3, edge::zero, dst).find(": dst.width: "), std::string::npos);
  EXPECT_NE(message(2, edge(5), dst).find(": edge: "), std::string::npos);
  image<TypeParam> wide(6, 6), colored(6, 4, 3);
  EXPECT_NE(message(2, edge::zero, wide).find(": dst.height: "), std::string::npos);
  EXPECT_NE(message(2, edge::zero, colored).find(": dst.channels: "), std::string::npos);
}

}  // namespace
}  // namespace fluxel::test
