// SPDX-License-Identifier: Apache-2.0
// The objects of transposed convolution on every processor of the library this test is linked with.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>

#include "fluxel/bilinear_adjoint.hpp"
#include "fluxel/image.hpp"
#include "fluxel/transposed_convolution.hpp"
#include "fluxel/upsample_conv_transpose.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/processors.hpp"
#include "tests/support/random.hpp"

namespace fluxel::test {
namespace {

template <class T>
bool same_bytes(const image<T>& a, const image<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
std::vector<T> bilinear_weights(int factor, int channels) {
  std::vector<T> all;
  for (int c = 0; c < channels; ++c)
    for (float w : bilinear_kernel(factor)) all.push_back(from_double<T>(w));
  return all;
}

template <class T>
class ObjectsOf : public testing::Test {};
using float_types = testing::Types<f32, f16, bf16>;
TYPED_TEST_SUITE(ObjectsOf, float_types);

TYPED_TEST(ObjectsOf, GiveTheBytesOfTheCallOnEveryProcessor) {
  random r(3);
  for (int stride : {1, 2, 3, 4})
    for (int groups : {1, 2, 4})
      for (bool planar : {true, false}) {
        const int k = 2 * stride;
        const int in = 4, out = 8;
        const size from{37, 9};
        std::vector<TypeParam> weights(in * (out / groups) * k * k), bias(out);
        for (auto& w : weights) w = random_value<TypeParam>(r);
        for (auto& b : bias) b = random_value<TypeParam>(r);
        const conv_weights<TypeParam> described{weights.data(), in, out / groups, k, k};
        const conv_transpose_options o{
            .stride_x = stride, .stride_y = stride, .padding = padding_rule::same, .groups = groups};
        const auto src = random_image<TypeParam>(from.width, from.height, planar ? 1 : in, planar ? in : 1, 2);
        image<TypeParam> want(from.width * stride, from.height * stride, planar ? 1 : out, planar ? out : 1, 2);
        conv_transpose<TypeParam>(src.view(), described, bias, want.view(), o);
        for (run_on where : test::processor_settings()) {
          const transposed_convolution object(from, described, bias, o, {where});
          EXPECT_FALSE(object.recognised_bilinear());
          auto got = want;
          std::memset(got.data(), 1, got.size() * sizeof(TypeParam));
          object.run(src.view(), got.view());
          ASSERT_TRUE(same_bytes(got, want)) << "stride " << stride << " groups " << groups << " on " << int(where);
        }
      }
}

TYPED_TEST(ObjectsOf, RecogniseTheBilinearKernelOnEveryProcessor) {
  for (int factor : {2, 3, 4}) {
    const int k = 2 * factor - factor % 2;
    const auto weights = bilinear_weights<TypeParam>(factor, 3);
    const auto src = random_image<TypeParam>(19, 6, 3);
    image<TypeParam> want(19 * factor, 6 * factor, 3), got = want;
    upsample_conv_transpose<TypeParam>(src.view(), want.view(), factor, edge::zero);
    for (run_on where : test::processor_settings()) {
      const transposed_convolution object(
          {19, 6}, conv_weights<TypeParam>{weights.data(), 3, 1, k, k}, {},
          {.stride_x = factor, .stride_y = factor, .padding = padding_rule::same, .groups = 3}, {where});
      EXPECT_TRUE(object.recognised_bilinear());
      object.run(src.view(), got.view());
      ASSERT_TRUE(same_bytes(got, want)) << "factor " << factor << " on " << int(where);
    }
  }
}

TYPED_TEST(ObjectsOf, AdjointsGiveTheSameBytesOnEveryProcessor) {
  for (const auto& [from, to] : {std::pair{size{19, 6}, size{38, 12}}, std::pair{size{7, 6}, size{28, 24}},
                                 std::pair{size{30, 20}, size{11, 33}}}) {
    const resize_geometry g{from, to, 3, element_traits<TypeParam>::type};
    const auto gradient = random_image<TypeParam>(to.width, to.height, 3);
    image<TypeParam> want(from.width, from.height, 3), got = want;
    bilinear_adjoint(g, bilinear_options{}, {run_on::cpu}).run(gradient.view(), want.view());
    for (run_on where : test::processor_settings()) {
      bilinear_adjoint(g, bilinear_options{}, {where}).run(gradient.view(), got.view());
      ASSERT_TRUE(same_bytes(got, want)) << from.width << " on " << int(where);
    }
    if (to.width % from.width != 0) continue;
    bilinear_adjoint::of_upsampling(g, edge::zero, {run_on::cpu}).run(gradient.view(), want.view());
    for (run_on where : test::processor_settings()) {
      bilinear_adjoint::of_upsampling(g, edge::zero, {where}).run(gradient.view(), got.view());
      ASSERT_TRUE(same_bytes(got, want)) << "zero edge, " << from.width << " on " << int(where);
    }
  }
}

TEST(Objects, DoNotDependOnTheCallersRounding) {
  const auto kernel = bilinear_kernel(3);
  const auto weights = bilinear_weights<f32>(3, 1);
  std::fesetround(FE_UPWARD);
  const auto upward = bilinear_kernel(3);
  const bool recognised = transposed_convolution({4, 4}, conv_weights<f32>{weights.data(), 1, 1, 5, 5}, {},
                                                 {.stride_x = 3, .stride_y = 3, .padding = padding_rule::same})
                              .recognised_bilinear();
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(kernel, upward);
  EXPECT_TRUE(recognised);
}

TEST(Objects, CudaIsRefusedWithAReasonWhereThereIsNone) {
  if (device_count() > 0) return;
  const float weight = 1;
  try {
    transposed_convolution({4, 4}, conv_weights<f32>{&weight, 1, 1, 1, 1}, {}, {}, {run_on::cuda});
    ADD_FAILURE() << "was accepted";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::no_device);
  }
}

}  // namespace
}  // namespace fluxel::test
