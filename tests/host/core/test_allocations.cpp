// SPDX-License-Identifier: Apache-2.0
// Calls of objects allocate nothing, or no more than the CPU's kernels by themselves: every operator new of this
// program is counted.

#include <gtest/gtest.h>

#include <vector>

#include "fluxel/fluxel.hpp"
#include "host/plan/recipe.hpp"
#include "kernels/contract/backend.hpp"
#include "tests/support/counted_allocations.hpp"
#include "tests/support/random.hpp"

namespace fluxel::test {
namespace {

TEST(Allocations, AreCounted) {
  EXPECT_EQ(allocations_of([] { std::vector<int> v(3); }), 1);
}

kernels::image image_of(const image<u8>& im) {
  const auto v = im.view();
  return {const_cast<u8*>(v.data), v.width, v.height, v.channels, v.pitch, 1, v.plane_stride, 1, v.stride};
}
kernels::image image_of(const image<f32>& im) {
  const auto v = im.view();
  return {const_cast<f32*>(v.data), v.width, v.height, v.channels, v.pitch, 1, v.plane_stride, 1, v.stride};
}

/// What the CPU's kernels allocate by themselves in a resize of these images.
long allocations_of_kernels(const image<u8>& src, const image<u8>& dst, const resize_options& options) {
  const resize_geometry g{{src.width(), src.height()}, {dst.width(), dst.height()}, src.channels()};
  const auto prepared = kernels::cpu().resize.prepare(plan::make_recipe(g, options));
  const kernels::image_pair pair{image_of(src), image_of(dst)};
  return allocations_of([&] { prepared->run({&pair, 1}, {.threads = 1}); });
}

TEST(Allocations, BilinearAndNearestResizersMakeNone) {
  const auto src = random_image<u8>(64, 48, 4);
  image<u8> dst(40, 31, 4);
  for (const auto& options :
       {resize_options{}, resize_options{.filter = filter::nearest}, resize_options{.alpha = alpha::straight}}) {
    const resizer r({{64, 48}, {40, 31}, 4}, options, alone);
    EXPECT_EQ(allocations_of([&] { r.run(src, dst); }), 0) << int(options.filter);
  }
}

TEST(Allocations, FilteredResizersAddNoneToTheKernels) {
  const auto src = random_image<u8>(64, 48, 4);
  image<u8> dst(40, 31, 4);
  for (const auto& options : {resize_options{.filter = filter::area},
                              resize_options{.filter = filter::bicubic, .antialias = antialias::yes}}) {
    const resizer r({{64, 48}, {40, 31}, 4}, options, alone);
    EXPECT_LE(allocations_of([&] { r.run(src, dst); }), allocations_of_kernels(src, dst, options));
  }
}

TEST(Allocations, RaggedBatchesAddNoneToTheKernels) {
  const auto src = random_image<u8>(64, 48, 3), small = random_image<u8>(20, 30, 3);
  image<u8> dst(40, 31, 3), other(10, 10, 3);
  const std::vector<resize_pair<u8>> pairs{{src.view(), dst.view()}, {small.view(), other.view()}};
  const resize_options options{.filter = filter::area};
  resizer r(options, alone);
  r.prepare(std::vector<resize_geometry>{{{64, 48}, {40, 31}, 3}, {{20, 30}, {10, 10}, 3}});
  EXPECT_LE(allocations_of([&] { r.run(pairs); }),
            allocations_of_kernels(src, dst, options) + allocations_of_kernels(small, other, options));
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

TEST(Allocations, ConvolutionsAddNoneToTheKernels) {
  const auto src = random_image<f32>(33, 20, 4);
  image<f32> dst(66, 40, 4);
  const auto weights = random_image<f32>(4, 4, 1, 4 * 4);
  const transposed_convolution general({33, 20}, conv_weights<f32>{weights.data(), 4, 4, 4, 4}, {},
                                       {.stride_x = 2, .stride_y = 2, .padding = padding_rule::same}, alone);
  const kernels::conv_transpose_call job{.src = image_of(src),
                                         .dst = image_of(dst),
                                         .weights = weights.data(),
                                         .type = element_type::f32,
                                         .x = {.kernel = 4, .stride = 2, .pad = 1},
                                         .y = {.kernel = 4, .stride = 2, .pad = 1}};
  const auto& conv = kernels::cpu().conv_transpose;
  EXPECT_LE(allocations_of([&] { general.run(src, dst); }),
            allocations_of([&] { conv.general(job, {.threads = 1}); }));

  std::vector<float> bilinear;
  for (int c = 0; c < 4; ++c)
    for (const float w : bilinear_kernel(2)) bilinear.push_back(w);
  const transposed_convolution recognised({33, 20}, conv_weights<f32>{bilinear.data(), 4, 1, 4, 4}, {},
                                          {.stride_x = 2, .stride_y = 2, .padding = padding_rule::same, .groups = 4},
                                          alone);
  ASSERT_TRUE(recognised.recognised_bilinear());
  EXPECT_LE(allocations_of([&] { recognised.run(src, dst); }), allocations_of([&] {
              conv.upsample_zero({job.src, job.dst}, element_type::f32, 2, {.threads = 1});
            }));
}

}  // namespace
}  // namespace fluxel::test
