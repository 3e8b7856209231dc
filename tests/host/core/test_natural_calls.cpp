// SPDX-License-Identifier: Apache-2.0
// Calls as one writes them without having read the headers: images, views, braces and types of one's own.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/random.hpp"

namespace fluxel::test {
namespace {

template <class T>
bool same(const image<T>& a, const image<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// A type of the caller's that converts to a view.
struct own_picture {
  std::vector<u8> pixels;
  int width, height;
  operator image_view<u8>() { return {.data = pixels.data(), .width = width, .height = height}; }
};

/// One that has a view.
struct own_surface {
  image<u8> pixels;
  image_view<u8> view() { return pixels.view(); }
};

TEST(NaturalCalls, ImagesViewsBracesAndOwnTypesAreTakenAlike) {
  image<u8> src = random_image<u8>(32, 24, 1), want(16, 12);
  const image<u8> fixed = src;
  resize_bilinear(src.view(), want.view());
  auto gives = [&](auto&& call) {
    image<u8> got(16, 12);
    call(got);
    return same(got, want);
  };
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear(src, dst); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear(fixed, dst); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear(fixed.view(), dst); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear(image<u8>(fixed), dst); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear({src.data(), 32, 24}, dst); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear<u8>({src.data(), 32, 24}, {dst.data(), 16, 12}); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize(src, dst); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize(fixed.view(), dst, {.filter = filter::bilinear}); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) { resize_bilinear(src, dst, {}, {.threads = 1}); }));
  EXPECT_TRUE(gives([&](image<u8>& dst) {
    own_picture from{{fixed.data(), fixed.data() + fixed.size()}, 32, 24}, to{std::vector<u8>(16 * 12), 16, 12};
    resize_bilinear(from, to);
    std::memcpy(dst.data(), to.pixels.data(), dst.size());
  }));
  EXPECT_TRUE(gives([&](image<u8>& dst) {
    own_surface from{fixed}, to{image<u8>(16, 12)};
    resize_bilinear(from, to);
    dst = to.pixels;
  }));
}

TEST(NaturalCalls, ObjectsTakeTheSame) {
  const image<u8> src = random_image<u8>(32, 32, 1);
  image<u8> dst(16, 16), want(16, 16);
  resize(src, want);
  const resizer r({{32, 32}, {16, 16}});
  r.run(src, dst);
  EXPECT_TRUE(same(dst, want));
  dst = image<u8>(16, 16);
  r.run(src.view(), dst.view());
  EXPECT_TRUE(same(dst, want));
  dst = image<u8>(16, 16);
  r.run({src.data(), 32, 32}, dst);
  EXPECT_TRUE(same(dst, want));
  std::vector<resize_pair<u8>> pairs{{src.view(), dst.view()}};
  dst = image<u8>(16, 16);
  pairs[0].dst = dst.view();
  resizer(resize_options{}).run(pairs);
  EXPECT_TRUE(same(dst, want));
}

TEST(NaturalCalls, NearestCopiesElementsOfAnyKind) {
  struct rgba {
    u8 r, g, b, a;
    bool operator==(const rgba&) const = default;
  };
  image<rgba> src(4, 4), dst(8, 8);
  src(2, 1) = {1, 2, 3, 4};
  resize_nearest(src, dst);
  EXPECT_EQ(dst(5, 3), (rgba{1, 2, 3, 4}));
  image<double> wide(2, 2), large(4, 4);
  wide(1, 1) = 0.1;
  resize_nearest(wide, large, {.rounding = nearest_rounding::floor});
  EXPECT_EQ(large(3, 3), 0.1);
}

TEST(NaturalCalls, ConvolutionsAndAdjointsTakeImages) {
  const image<f32> src = random_image<f32>(7, 5, 1);
  const std::vector<f32> weights{1, 2, 3, 4};
  image<f32> called(14, 10), run(14, 10);
  const conv_transpose_options by_two{.stride_x = 2, .stride_y = 2};
  conv_transpose(src, {weights.data(), 1, 1, 2, 2}, {}, called, by_two);
  transposed_convolution({7, 5}, conv_weights<f32>{weights.data(), 1, 1, 2, 2}, {}, by_two).run(src, run);
  EXPECT_TRUE(same(called, run));

  image<f32> up(14, 10), resized(14, 10);
  upsample_conv_transpose(src, up, 2, edge::replicate);
  resize_bilinear(src, resized);
  EXPECT_TRUE(same(up, resized));

  image<f32> back(7, 5), back_by_object(7, 5);
  resize_bilinear_adjoint(up, back);
  bilinear_adjoint({{7, 5}, {14, 10}, 1, element_type::f32}).run(up, back_by_object);
  EXPECT_TRUE(same(back, back_by_object));
}

TEST(NaturalCalls, FramesInOneCall) {
  const auto in = formats::nv12({32, 16}), out = formats::nv12({16, 8});
  image<u8> src = random_image<u8>(32, 24, 1), called(16, 12), run(16, 12);
  const auto from = surface_view<const void>(in, src.data(), 32, 16, memory_kind::host);
  resize_frame(from, surface_view<void>(out, called.data(), 16, 8, memory_kind::host));
  resizer(in, {16, 8}).run(from, surface_view<void>(out, run.data(), 16, 8, memory_kind::host));
  EXPECT_TRUE(same(called, run));
}

TEST(Image, ReachesPlanesAndImagesOfABatch) {
  image<u16> im(5, 4, 3, 2, 2);
  im(4, 3, 2, 1, 1) = 77;
  EXPECT_EQ(im.data()[im.size() - 1], 77);
  im(1, 2, 0, 1, 0) = 9;
  auto v = im.view();
  EXPECT_EQ(v.data[v.plane_stride / 2 + 2 * v.pitch / 2 + 3], 9);
}

TEST(Image, MovedFromIsEmpty) {
  image<u8> a(4, 4);
  image<u8> b(std::move(a));
  EXPECT_EQ(a.width(), 0);  // NOLINT: says what is documented
  EXPECT_EQ(a.size(), 0u);
  b = std::move(a);
  EXPECT_EQ(b.size(), 0u);
}

/// 2^-24 .. 65504 and their negatives: floats that lie between two halves go to the nearer one, ties to the even.
TEST(Halves, AreTheNearestToEveryFloat) {
  for (std::uint32_t bits = 0; bits < 0x7c00; ++bits) {
    const f16 low{static_cast<std::uint16_t>(bits)}, high{static_cast<std::uint16_t>(bits + 1)};
    const float a = float(low);
    EXPECT_EQ(f16::from(a), low);
    EXPECT_EQ(f16::from(-a).bits, low.bits | 0x8000u);
    if (bits == 0x7bff) break;
    const float b = float(high), middle = (a + b) / 2;
    EXPECT_LT(a, b);
    EXPECT_EQ(f16::from(std::nextafter(middle, 0.0f)), low);
    EXPECT_EQ(f16::from(std::nextafter(middle, b)), high);
    EXPECT_EQ(f16::from(middle).bits, bits % 2 == 0 ? bits : bits + 1);
  }
  EXPECT_EQ(f16::from(65519.99f).bits, 0x7bff);
  EXPECT_EQ(f16::from(65520.0f).bits, 0x7c00);
  EXPECT_EQ(float(f16{0x3c00}), 1.0f);
  EXPECT_EQ(float(f16{0xfc00}), -INFINITY);
  EXPECT_TRUE(std::isnan(float(f16::from(NAN))));
}

TEST(Halves, OfBrainFloatsToo) {
  for (std::uint32_t bits = 0; bits < 0x7f7f; ++bits) {
    const bf16 low{static_cast<std::uint16_t>(bits)}, high{static_cast<std::uint16_t>(bits + 1)};
    const auto middle = std::bit_cast<float>(bits << 16 | 0x8000u);
    EXPECT_EQ(bf16::from(float(low)), low);
    EXPECT_EQ(bf16::from(std::nextafter(middle, 0.0f)), low);
    EXPECT_EQ(bf16::from(std::nextafter(middle, INFINITY)), high);
    EXPECT_EQ(bf16::from(middle).bits, bits % 2 == 0 ? bits : bits + 1);
  }
  EXPECT_EQ(float(bf16{0x3f80}), 1.0f);
  EXPECT_TRUE(std::isnan(float(bf16::from(NAN))));
}

}  // namespace
}  // namespace fluxel::test
