// SPDX-License-Identifier: Apache-2.0
// Frames on a device, streams, events and pinned memory.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/device_frame.hpp"
#include "fluxel/device_stream.hpp"
#include "fluxel/owned_frame.hpp"
#include "fluxel/pinned_memory.hpp"

namespace {

using namespace fluxel;

class DeviceFrames : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
};

owned_frame counted_frame(const frame_format& format) {
  owned_frame f(format);
  unsigned n = 1;
  for (int p = 0; p < format.plane_count; ++p) {
    const size s = format.plane_size(p);
    const std::size_t row = std::size_t(s.width) * format.planes[p].channels * element_size(format.type());
    for (int y = 0; y < s.height; ++y)
      for (std::size_t i = 0; i < row; ++i)
        static_cast<u8*>(f.view().data[p])[y * f.view().pitch[p] + std::ptrdiff_t(i)] = u8((n = n * 31 + 7) >> 3);
  }
  return f;
}

bool equal(const frame_view<const void>& a, const frame_view<const void>& b) {
  for (int p = 0; p < a.format.plane_count; ++p) {
    const size s = a.format.plane_size(p);
    const std::size_t row = std::size_t(s.width) * a.format.planes[p].channels * element_size(a.format.type());
    for (int y = 0; y < s.height; ++y)
      if (std::memcmp(static_cast<const u8*>(a.data[p]) + y * a.pitch[p],
                      static_cast<const u8*>(b.data[p]) + y * b.pitch[p], row) != 0)
        return false;
  }
  return true;
}

frame_view<void> flipped(frame_view<void> f) {
  for (int p = 0; p < f.format.plane_count; ++p) {
    f.data[p] = static_cast<u8*>(f.data[p]) + f.pitch[p] * (f.format.plane_size(p).height - 1);
    f.pitch[p] = -f.pitch[p];
  }
  return f;
}

TEST_F(DeviceFrames, KeepEverySample) {
  for (const frame_format& format :
       {formats::nv12({37, 21}), formats::p010({18, 11}), formats::yuv({20, 12}, 1, 0, 10)}) {
    owned_frame from = counted_frame(format), to(format), upright(format);
    device_frame there(format);
    EXPECT_EQ(there.view().memory, memory_kind::device);
    there.upload(from.view());
    there.download(to.view());
    EXPECT_TRUE(equal(from.view(), to.view()));
    there.upload(flipped(from.view()));
    there.download(flipped(upright.view()));
    EXPECT_TRUE(equal(from.view(), upright.view()));
  }
}

TEST_F(DeviceFrames, OfPinnedMemoryAreThereWhenTheEventIs) {
  const frame_format format = formats::yuv({64, 32}, 0, 0);
  owned_frame from = counted_frame(format);
  const std::size_t bytes = 3 * 64 * 32;
  const pinned_memory sent(bytes), received(bytes);
  EXPECT_EQ(sent.size(), bytes);
  const auto frame_in = [&](const pinned_memory& m) {
    frame_view<void> f{format, {}, {}, memory_kind::pinned};
    for (int p = 0; p < 3; ++p) f.data[p] = static_cast<u8*>(m.data()) + p * 64 * 32, f.pitch[p] = 64;
    return f;
  };
  for (int p = 0; p < 3; ++p) std::memcpy(frame_in(sent).data[p], from.view().data[p], 64 * 32);
  device_stream up, down;
  EXPECT_EQ(up.device(), 0);
  device_event begun, uploaded, downloaded;
  device_frame there(format);
  begun.record(up);
  there.upload(frame_in(sent), up);
  uploaded.record(up);
  down.wait_for(uploaded);
  there.download(frame_in(received), down);
  downloaded.record(down);
  downloaded.synchronize();
  EXPECT_TRUE(equal(from.view(), frame_in(received)));
  EXPECT_GE(downloaded.seconds_since(begun), uploaded.seconds_since(begun));
  EXPECT_GE(uploaded.seconds_since(begun), 0);
}

template <class Call>
void expect_refused(errc code, const char* text, const Call& call) {
  try {
    call();
    ADD_FAILURE() << "not refused: " << text;
  } catch (const error& e) {
    EXPECT_EQ(e.code(), code);
    EXPECT_NE(std::string(e.what()).find(text), std::string::npos) << e.what();
  }
}

TEST_F(DeviceFrames, RefuseOthers) {
  device_frame there(formats::nv12({16, 8}));
  owned_frame small(formats::nv12({14, 8})), other(formats::yuv({16, 8}, 1, 1)), deep(formats::p010({16, 8}));
  expect_refused(errc::invalid_argument, "from", [&] { there.upload(small.view()); });
  expect_refused(errc::invalid_argument, "from: has other planes", [&] { there.upload(other.view()); });
  expect_refused(errc::invalid_argument, "to: has other planes", [&] { there.download(deep.view()); });
  expect_refused(errc::invalid_argument, "from: is not in host memory", [&] { there.upload(there.view()); });
  expect_refused(errc::invalid_argument, "format", [&] { device_frame empty(formats::nv12({0, 8})); });
  expect_refused(errc::no_device, "there is no device 99", [&] { device_stream far(99); });
  device_frame moved = std::move(there);
  expect_refused(errc::invalid_argument, "moved from", [&] { there.view(); });
}

TEST(NoDevice, IsSaidByAllThatNeedsOne) {
  if (device_count() > 0) GTEST_SKIP() << "there is a device";
  expect_refused(errc::no_device, "device_stream", [] { device_stream s; });
  expect_refused(errc::no_device, "device_event", [] { device_event e; });
  expect_refused(errc::no_device, "device_frame", [] { device_frame f(formats::nv12({16, 8})); });
  expect_refused(errc::no_device, "pinned_memory", [] { pinned_memory m(16); });
}

}  // namespace
