// SPDX-License-Identifier: Apache-2.0
// How many kernels, copies and clears a call of dense flow enqueues: small levels cost their launches. The calls are
// captured by the emulated runtime and never run, as on a device of 132 multiprocessors.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "tests/kernels/cuda/runtime/count_launches.hpp"

namespace {

using namespace fluxel;
using test::count_launches;

constexpr size vga{640, 480}, hd{1920, 1080};

/// Views on memory of the emulated device, which is the host's.
struct frames {
  explicit frames(size s) : pixels(2 * s.width * s.height), vectors(2 * s.width * s.height), s(s) {}
  template <class T>
  image_view<T> view(T* data, int channels) {
    return {.data = data, .width = s.width, .height = s.height, .channels = channels, .memory = memory_kind::device};
  }
  image_view<const u8> frame() { return view<const u8>(pixels.data(), 1); }
  image_view<const float> floats() { return view<const float>(vectors.data(), 1); }
  image_view<float> flow() { return view<float>(vectors.data(), 2); }

  std::vector<u8> pixels;
  std::vector<float> vectors;
  size s;
};

class FlowLaunches : public testing::Test {
 protected:
  void SetUp() override { emulation::current_settings().multiprocessors = 132; }
  void TearDown() override { emulation::current_settings().multiprocessors = 4; }
};

/// Fewer are welcome: then lower the number.
template <class Solver, class Options>
void expect_at_most(std::size_t most, size s, const Options& options) {
  frames f(s);
  Solver solver({.width = s.width, .height = s.height}, options, {.processor = run_on::cuda});
  const auto count = count_launches([&](stream_ref stream) { solver.run(f.frame(), f.frame(), f.flow(), stream); });
  EXPECT_LE(count, most) << s.width << "x" << s.height;
}

TEST_F(FlowLaunches, HornSchunck) {
  expect_at_most<horn_schunck>(74, vga, horn_schunck_preset(flow_quality::fast));
  expect_at_most<horn_schunck>(81, hd, horn_schunck_preset(flow_quality::fast));
  expect_at_most<horn_schunck>(334, hd, horn_schunck_preset(flow_quality::balanced));
  expect_at_most<horn_schunck>(695, hd, horn_schunck_preset(flow_quality::accurate));
}

TEST_F(FlowLaunches, LucasKanade) {
  expect_at_most<lucas_kanade>(54, vga, lucas_kanade_preset(flow_quality::fast));
  expect_at_most<lucas_kanade>(61, hd, lucas_kanade_preset(flow_quality::fast));
  expect_at_most<lucas_kanade>(105, hd, lucas_kanade_preset(flow_quality::balanced));
  expect_at_most<lucas_kanade>(227, hd, lucas_kanade_preset(flow_quality::accurate));
}

/// Floats may be NaN: what holes need is enqueued for all of them.
TEST_F(FlowLaunches, FramesOfFloats) {
  frames f(vga), other(vga);
  horn_schunck solver({.width = vga.width, .height = vga.height, .type = element_type::f32},
                      horn_schunck_preset(flow_quality::fast), {.processor = run_on::cuda});
  const auto count =
      count_launches([&](stream_ref stream) { solver.run(f.floats(), f.floats(), other.flow(), stream); });
  EXPECT_LE(count, 180u);
}

/// A pair's pyramids are made by the same launches; a sequence makes one, and keeps the other by a copy.
TEST_F(FlowLaunches, TheNextFrameOfASequence) {
  frames f(hd);
  horn_schunck solver({.width = hd.width, .height = hd.height}, horn_schunck_preset(flow_quality::fast),
                      {.processor = run_on::cuda});
  const auto pair = count_launches([&](stream_ref stream) { solver.run(f.frame(), f.frame(), f.flow(), stream); });
  count_launches([&](stream_ref stream) { solver.advance(f.frame(), f.flow(), stream); });
  const auto next = count_launches([&](stream_ref stream) { solver.advance(f.frame(), f.flow(), stream); });
  EXPECT_LE(next, pair + 1);
}

}  // namespace
