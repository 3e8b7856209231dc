// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/resize_pointers.hpp"

namespace {

using namespace fluxel;

/// Runs `call` and returns what it threw; the code must be `code`.
std::string message_of(errc code, const std::function<void()>& call) {
  try {
    call();
  } catch (const error& e) {
    EXPECT_EQ(static_cast<int>(e.code()), static_cast<int>(code)) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

class Views : public testing::Test {
 protected:
  image<u8> src{5, 4, 3};
  image<u8> dst{7, 3, 3};
  std::string rejection(const image_view<const u8>& s, const image_view<u8>& d) {
    const auto linear = message_of(errc::invalid_argument, [&] { resize_bilinear<u8>(s, d); });
    auto nearest = message_of(errc::invalid_argument, [&] { resize_nearest<u8>(s, d); });
    nearest.replace(0, std::string("resize_nearest").size(), "resize_bilinear");
    EXPECT_EQ(linear, nearest);
    return linear;
  }
};

TEST_F(Views, RejectionsNameFunctionArgumentAndProblem) {
  auto s = std::as_const(src).view();
  auto d = dst.view();
  auto with = [](auto v, auto&& change) {
    change(v);
    return v;
  };
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.data = nullptr; }), d), "resize_bilinear: src.data: is null");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.data = nullptr; })), "resize_bilinear: dst.data: is null");
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.width = 0; }), d), "resize_bilinear: src: is empty (0x4)");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.height = -1; })), "resize_bilinear: dst: is empty (7x-1)");
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.channels = 0; }), d),
            "resize_bilinear: src.channels: is 0; must be 1 or more");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.planes = 0; })),
            "resize_bilinear: dst.planes: is 0; must be 1 or more");
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.count = -2; }), d),
            "resize_bilinear: src.count: is -2; must be 0 or more");
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.pitch = -14; }), d),
            "resize_bilinear: src.pitch: is -14 bytes, shorter than a row of 15");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.channels = 2; })),
            "resize_bilinear: dst.channels: is 2, but src has 3");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.planes = 2; })), "resize_bilinear: dst.planes: is 2, but src has 1");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.count = 9; })), "resize_bilinear: dst.count: is 9, but src has 1");
  EXPECT_EQ(rejection(s, with(d, [](auto& v) { v.memory = memory_kind::device; })),
            "resize_bilinear: dst.memory: is of another kind than that of src: all must be host memory or all device "
            "memory");
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.pitch = PTRDIFF_MAX / 4; }), d),
            "resize_bilinear: src.pitch: is beyond the address space");
  EXPECT_EQ(rejection(with(s, [](auto& v) { v.width = INT_MAX, v.channels = INT_MAX; }), d),
            "resize_bilinear: src: has rows beyond the address space");
}

TEST_F(Views, OptionsAreChecked) {
  auto rejection_of = [&](const nearest_options& o) {
    return message_of(errc::invalid_argument, [&] { resize_nearest(std::as_const(src).view(), dst.view(), o); });
  };
  EXPECT_EQ(rejection_of({.coordinates = coordinates(7)}),
            "resize_nearest: options.coordinates: is not one of half_pixel, asymmetric and align_corners");
  EXPECT_EQ(rejection_of({.rounding = nearest_rounding(-1)}),
            "resize_nearest: options.rounding: is not one of half_up, half_down, floor and ceil");
  EXPECT_EQ(message_of(errc::invalid_argument, [&] { resize_nearest(src, dst, {}, {.threads = -3}); }),
            "resize_nearest: placement.threads: is -3; must be 0 (the pool) or more");
}

TEST(ViewsOfWideElements, MisalignmentIsRejected) {
  image<f32> src(4, 4), dst(2, 2);
  auto s = std::as_const(src).view();
  auto odd = s;
  odd.pitch = 18;
  EXPECT_EQ(message_of(errc::invalid_argument, [&] { resize_bilinear(odd, dst.view()); }),
            "resize_bilinear: src.pitch: is 18 bytes, not a multiple of the element's 4");
  odd = s;
  odd.data = reinterpret_cast<const f32*>(reinterpret_cast<const char*>(s.data) + 2);
  odd.height = 3;
  EXPECT_EQ(message_of(errc::invalid_argument, [&] { resize_bilinear(odd, dst.view()); }),
            "resize_bilinear: src.data: is not aligned to the element's 4 bytes");
}

TEST_F(Views, AStreamWithHostViewsIsRejected) {
  auto* stream = reinterpret_cast<CUstream_st*>(&src);
  EXPECT_EQ(message_of(errc::invalid_argument,
                       [&] { resize_bilinear(std::as_const(src).view(), dst.view(), {}, {}, stream); }),
            "resize_bilinear: stream: must be the default one for a call that runs on the CPU");
}

TEST_F(Views, AnEmptyBatchIsANoOpWithoutData) {
  image_view<const u8> s{.width = 5, .height = 4, .count = 0};
  image_view<u8> d{.width = 7, .height = 3, .count = 0};
  EXPECT_NO_THROW(resize_bilinear(s, d));
  s.width = 0;
  message_of(errc::invalid_argument, [&] { resize_bilinear(s, d); });
}

TEST(Overlap, OnlySharedPixelsAreRejected) {
  image<u8> buffer(64, 16);
  const auto all = buffer.view();
  const image_view<const u8> left = all.sub_view(0, 0, 32, 16);
  EXPECT_NO_THROW(resize_bilinear(left, all.sub_view(32, 0, 32, 16)));
  EXPECT_NO_THROW(resize_bilinear(left, all.sub_view(32, 0, 32, 16).flipped()));
  EXPECT_EQ(message_of(errc::invalid_argument, [&] { resize_bilinear(left, all.sub_view(31, 15, 8, 1)); }),
            "resize_bilinear: dst: overlaps src");
  EXPECT_EQ(message_of(errc::invalid_argument, [&] { resize_bilinear(left, all.sub_view(31, 0, 8, 8).flipped()); }),
            "resize_bilinear: dst: overlaps src");
  // Even rows into odd rows, with another pitch on each side.
  image_view<const u8> even{.data = all.data, .width = 64, .height = 8, .pitch = 128};
  image_view<u8> odd{.data = all.data + 64, .width = 64, .height = 4, .pitch = 256};
  EXPECT_NO_THROW(resize_bilinear(even, odd));
  odd.pitch = 192;  // rows 1, 4, 7, 10: shares row 4
  message_of(errc::invalid_argument, [&] { resize_bilinear(even, odd); });
}

TEST(DeviceViews, WithoutCudaThrowTheReason) {
  if (device_count() > 0) GTEST_SKIP() << "a device is there";
  u8 pixel = 0;
  for (auto call : std::vector<std::function<void()>>{
           [&] {
             resize_bilinear(&pixel, {1, 1}, 0, &pixel + 1, {1, 1}, 0, 1, {}, stream_ref{});
           },
           [&] {
             resize_nearest(&pixel, {1, 1}, 0, &pixel + 1, {1, 1}, 0, 1, {}, stream_ref{});
           }}) {
    const auto message = message_of(errc::no_device, call);
    EXPECT_NE(message.find(": device: " + no_device_reason()), std::string::npos) << message;
  }
  EXPECT_NE(no_device_reason(), "");
  message_of(errc::no_device, [] { describe_device(0); });
  message_of(errc::no_device, [] { warm_up(0); });
}

}  // namespace
