// SPDX-License-Identifier: Apache-2.0
// Calls of objects allocate nothing, nor do repeated calls without an object, where they need no filter tables: every
// operator new of this program is counted.

#include <gtest/gtest.h>

#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/counted_allocations.hpp"
#include "tests/support/random.hpp"

namespace fluxel::test {
namespace {

TEST(Allocations, AreCounted) {
  EXPECT_EQ(allocations_of([] { std::vector<int> v(3); }), 1);
}

TEST(Allocations, ResizersMakeNone) {
  const auto src = random_image<u8>(64, 48, 4);
  image<u8> dst(40, 31, 4);
  for (const auto& options :
       {resize_options{}, resize_options{.filter = filter::nearest}, resize_options{.filter = filter::area},
        resize_options{.filter = filter::bicubic, .antialias = antialias::yes},
        resize_options{.alpha = alpha::straight}}) {
    const resizer r({{64, 48}, {40, 31}, 4}, options, alone);
    EXPECT_EQ(allocations_of([&] { r.run(src, dst); }), 0) << int(options.filter);
  }
}

TEST(Allocations, RaggedBatchesMakeNone) {
  const auto src = random_image<u8>(64, 48, 3), small = random_image<u8>(20, 30, 3);
  image<u8> dst(40, 31, 3), other(10, 10, 3);
  const std::vector<resize_pair<u8>> pairs{{src.view(), dst.view()}, {small.view(), other.view()}};
  resizer r(resize_options{.filter = filter::area}, alone);
  r.prepare(std::vector<resize_geometry>{{{64, 48}, {40, 31}, 3}, {{20, 30}, {10, 10}, 3}});
  EXPECT_EQ(allocations_of([&] { r.run(pairs); }), 0);
}

TEST(Allocations, FramesMakeNone) {
  const auto from = formats::nv12({64, 48}), to = formats::nv12({40, 30});
  const auto src = random_image<u8>(64, 72, 1);
  image<u8> dst(40, 45);
  const resizer r(from, {40, 30}, {}, alone);
  EXPECT_EQ(allocations_of([&] {
              r.run(surface_view<const void>(from, src.data(), 64, 48, memory_kind::host),
                    surface_view<void>(to, dst.data(), 40, 30, memory_kind::host));
            }),
            0);
}

TEST(Allocations, ConvolutionsMakeNone) {
  const auto src = random_image<f32>(33, 20, 4);
  image<f32> dst(66, 40, 4);
  const auto weights = random_image<f32>(4, 4, 1, 4 * 4);
  const transposed_convolution general({33, 20}, conv_weights<f32>{weights.data(), 4, 4, 4, 4}, {},
                                       {.stride_x = 2, .stride_y = 2, .padding = padding_rule::same}, alone);
  EXPECT_EQ(allocations_of([&] { general.run(src, dst); }), 0);

  std::vector<float> bilinear;
  for (int c = 0; c < 4; ++c)
    for (const float w : bilinear_kernel(2)) bilinear.push_back(w);
  const transposed_convolution recognised({33, 20}, conv_weights<f32>{bilinear.data(), 4, 1, 4, 4}, {},
                                          {.stride_x = 2, .stride_y = 2, .padding = padding_rule::same, .groups = 4},
                                          alone);
  ASSERT_TRUE(recognised.recognised_bilinear());
  EXPECT_EQ(allocations_of([&] { recognised.run(src, dst); }), 0);
}

/// Repeated calls, of two sizes in turn.
template <class T>
void expect_no_allocations() {
  const auto src = random_image<T>(64, 48, 3), small = random_image<T>(20, 30, 3);
  image<T> dst(128, 96, 3), other(33, 41, 3), twice(40, 60, 3);
  EXPECT_EQ(allocations_of([&] {
              resize_bilinear(src, dst, {}, alone);
              resize_bilinear(small, other, {}, alone);
            }),
            0);
  EXPECT_EQ(allocations_of([&] {
              resize_nearest(src, dst, {}, alone);
              resize_nearest(small, other, {}, alone);
            }),
            0);
  EXPECT_EQ(allocations_of([&] { resize(small, other, {.antialias = antialias::no}, alone); }), 0);
  for (const auto edge : {edge::zero, edge::replicate})
    EXPECT_EQ(allocations_of([&] {
                upsample_conv_transpose(src, dst, 2, edge, alone);
                upsample_conv_transpose(small, twice, 2, edge, alone);
              }),
              0);
}

TEST(Allocations, RepeatedCallsWithoutAnObjectMakeNone) {
  expect_no_allocations<u8>();
  expect_no_allocations<u16>();
  expect_no_allocations<f16>();
  expect_no_allocations<f32>();
}

TEST(Allocations, TablesOfOtherSizesAreMadeAnew) {
  const auto src = random_image<u8>(64, 48, 3);
  EXPECT_GT(allocations_of([&] {
              for (int width = 70; width < 80; ++width) {  // more than are kept
                image<u8> dst(width, 50, 3);
                resize_nearest(src, dst, {}, alone);
              }
            }),
            10);
}

}  // namespace
}  // namespace fluxel::test
