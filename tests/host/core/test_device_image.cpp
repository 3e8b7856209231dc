// SPDX-License-Identifier: Apache-2.0
// Images in device memory: what goes there comes back, and calls take them. The device is that of the library it is
// linked with.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/device_image.hpp"
#include "fluxel/flow_color.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

class DeviceImage : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
};

template <class T>
image<T> noise(int width, int height, int channels, int planes = 1, int count = 1) {
  image<T> im(width, height, channels, planes, count);
  test::random r(7);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = test::random_value<T>(r);
  return im;
}

template <class T>
bool same(const image<T>& a, const image<T>& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data());
}

TEST_F(DeviceImage, GivesBackWhatItWasGiven) {
  const auto from = noise<u16>(37, 9, 3, 2, 2);
  device_image<u16> there(37, 9, 3, 2, 2);
  EXPECT_EQ(there.view().memory, memory_kind::device);
  there.upload(from);
  image<u16> back(37, 9, 3, 2, 2);
  there.download(back);
  EXPECT_TRUE(same(back, from));
  // Rows from the bottom, and a view of a wider image.
  const auto wide = noise<u8>(50, 8, 1);
  image_view<const u8> flipped = wide.view();
  flipped.data += 7 * flipped.pitch;
  flipped.pitch = -flipped.pitch;
  flipped.width = 31;
  device_image<u8> small(31, 8);
  small.upload(flipped);
  image<u8> upright(31, 8);
  small.download(upright);
  for (int y = 0; y < 8; ++y) EXPECT_TRUE(std::equal(&upright(0, y), &upright(0, y) + 31, &wide(0, 7 - y))) << y;
}

TEST_F(DeviceImage, FlowStaysOnTheDeviceUntilItIsDrawn) {
  const auto prev = noise<u8>(64, 48, 1);
  auto next = prev;
  std::rotate(next.data(), next.data() + 1, next.data() + next.size());
  const flow_geometry geometry{.width = 64, .height = 48};
  image<f32> flow(64, 48, 2);
  horn_schunck(geometry, {}, {.processor = run_on::cpu}).run(prev, next, flow);
  image<u8> colors(64, 48, 3), drawn(64, 48, 3);
  std::vector<flow_lengths> lengths(1);
  measure_flow_lengths(flow.view(), lengths);
  draw_flow(flow.view(), colors.view(), {.full_length = 2});

  device_image<u8> first(64, 48), second(64, 48), picture(64, 48, 3);
  device_image<f32> vectors(64, 48, 2);
  device_image<std::uint32_t> counts(sizeof(flow_lengths) / 4, 1);
  first.upload(prev);
  second.upload(next);
  horn_schunck(geometry, {}, {.processor = run_on::cuda}).run(first.view(), second.view(), vectors.view());
  measure_flow_lengths(vectors.view(), {reinterpret_cast<flow_lengths*>(counts.view().data), 1});
  draw_flow(vectors.view(), picture.view(), {.full_length = 2});
  picture.download(drawn);
  EXPECT_TRUE(same(drawn, colors));
  flow_lengths counted;
  counts.download({counted.count, sizeof(flow_lengths) / 4, 1});
  EXPECT_TRUE(std::ranges::equal(counted.count, lengths[0].count));
  EXPECT_EQ(counted.longest, lengths[0].longest);
}

TEST_F(DeviceImage, RefusesOtherShapes) {
  device_image<u8> there(5, 4, 3);
  const image<u8> narrow(4, 4, 3), grey(5, 4);
  EXPECT_NE(rejection([&] { there.upload(narrow); }).find("device_image: from: "), std::string::npos);
  EXPECT_EQ(rejection([&] { there.upload(grey); }), "device_image: from: has another shape");
  EXPECT_EQ(rejection([&] { there.upload(there.view()); }), "device_image: from: is not in host memory");
  EXPECT_NE(rejection([] { device_image<u8>(0, 4); }).find("width"), std::string::npos);
}

TEST(DeviceImages, NeedADevice) {
  if (device_count() > 0) GTEST_SKIP() << "there is one";
  EXPECT_NE(rejection([] { device_image<u8>(5, 4); }, errc::no_device), "nothing was thrown");
}

}  // namespace
