// SPDX-License-Identifier: Apache-2.0
// Device calls can be captured in a CUDA graph: capture, free every host argument, replay on new pixels.
// CTest: a rule of its own

#include <memory>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/capture.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;
using test::Capture;
using test::device_image;
using test::random_image;

TEST_F(Capture, RawPointerCalls) {
  device_image<u8> src(123, 77, 3), linear(60, 91, 3), nearest(60, 91, 3);
  image<u8> pixels;
  capture_and_replay(
      [&](stream_ref stream) {
        resize_bilinear(src.source().data, src.shape(), 0, linear.view().data, linear.shape(), 0, 3, {}, stream);
        resize_nearest(src.source().data, src.shape(), 0, nearest.view().data, nearest.shape(), 0, 3, {}, stream);
      },
      [&] { src.set(pixels = random_image<u8>(123, 77, 3, 1, 1, 5)); });
  image<u8> want(60, 91, 3);
  resize_bilinear(std::as_const(pixels).view(), want.view());
  EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(linear).get()));
  resize_nearest(std::as_const(pixels).view(), want.view());
  EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(nearest).get()));
}

TEST_F(Capture, Resizers) {
  for (const auto& options :
       {resize_options{}, resize_options{.filter = filter::nearest},
        resize_options{.filter = filter::bicubic, .antialias = antialias::yes},
        resize_options{.alpha = alpha::straight}, resize_options{.region = rect{1.5, 2.25, 30, 20}}}) {
    const resize_geometry geometry{{64, 48}, {41, 31}, 4, element_type::u8};
    device_image<u8> src(64, 48, 4), dst(41, 31, 4);
    const resizer r(geometry, options, {run_on::cuda});
    image<u8> pixels;
    capture_and_replay([&](stream_ref stream) { r.run(src.source(), dst.view(), stream); },
                       [&] { src.set(pixels = random_image<u8>(64, 48, 4, 1, 1, 6)); });
    image<u8> want(41, 31, 4);
    resize(std::as_const(pixels).view(), want.view(), options);
    EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(dst).get())) << int(options.filter);
  }
}

TEST_F(Capture, RaggedBatches) {
  constexpr int many = 150;
  std::vector<std::unique_ptr<device_image<u8>>> src, dst;
  std::vector<resize_geometry> geometries;
  auto pairs = std::make_unique<std::vector<resize_pair<u8>>>();
  for (int i = 0; i < many; ++i) {
    src.push_back(std::make_unique<device_image<u8>>(20 + i % 9, 17 + i % 5, 3));
    dst.push_back(std::make_unique<device_image<u8>>(11 + i % 7, 30 - i % 4, 3));
    pairs->push_back({src.back()->source(), dst.back()->view()});
    geometries.push_back({src.back()->shape(), dst.back()->shape(), 3, element_type::u8});
  }
  for (const auto& options : {resize_options{}, resize_options{.filter = filter::area}}) {
    resizer r(options);
    r.prepare(geometries);
    r.prepare(memory_kind::device);
    std::vector<image<u8>> pixels;
    capture_and_replay(
        [&](stream_ref stream) {
          auto once = std::make_unique<std::vector<resize_pair<u8>>>(*pairs);
          r.run(*once, stream);
          for (auto& p : *once) p = {};  // nothing may still read the caller's list
        },
        [&] {
          for (int i = 0; i < many; ++i) {
            pixels.push_back(random_image<u8>(src[i]->shape().width, src[i]->shape().height, 3, 1, 1, 40 + i));
            src[i]->set(pixels.back());
          }
        });
    for (int i = 0; i < many; ++i) {
      image<u8> want(dst[i]->shape().width, dst[i]->shape().height, 3);
      resize(std::as_const(pixels[i]).view(), want.view(), options);
      ASSERT_TRUE(test::equal<u8>(want.view(), std::as_const(*dst[i]).get())) << i;
    }
  }
}

TEST_F(Capture, Frames) {
  auto format = formats::nv12({64, 48});
  auto to = formats::nv12({40, 30});
  device_image<u8> src(64, 72, 1), dst(40, 45, 1);
  resizer r(format, {40, 30});
  r.prepare(memory_kind::device);
  image<u8> pixels;
  capture_and_replay(
      [&](stream_ref stream) {
        r.run(surface_view<const void>(format, src.source().data, 64, 48, memory_kind::device),
              surface_view<void>(to, dst.view().data, 40, 30, memory_kind::device), stream);
      },
      [&] { src.set(pixels = random_image<u8>(64, 72, 1, 1, 1, 7)); });
  image<u8> want(40, 45);
  r.run(surface_view<const void>(format, pixels.data(), 64, 48, memory_kind::host),
        surface_view<void>(to, want.data(), 40, 30, memory_kind::host));
  EXPECT_TRUE(test::equal<u8>(want.view(), std::as_const(dst).get()));
}

}  // namespace
