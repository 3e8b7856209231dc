// SPDX-License-Identifier: Apache-2.0
// How many kernels, copies and clears a call of dense flow enqueues: small levels cost their launches. The calls are
// captured by the emulated runtime and never run, as on a device of 132 multiprocessors.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "tests/kernels/cuda/runtime/count_launches.hpp"

namespace {

using namespace fluxel;
using test::count_launches;

constexpr size vga{640, 480}, hd{1920, 1080}, uhd{3840, 2160};

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
void expect_at_most(std::size_t most, size s, const char* name, const Options& options) {
  frames f(s);
  Solver solver({.width = s.width, .height = s.height}, options, {.processor = run_on::cuda});
  const auto pair = count_launches([&](stream_ref stream) { solver.run(f.frame(), f.frame(), f.flow(), stream); });
  std::printf("%4d x %4d  %-24s %4zu\n", s.width, s.height, name, pair);
  EXPECT_LE(pair, most) << name << " " << s.width << "x" << s.height;
}

void expect_horn_schunck(std::size_t most, size s, const char* name, flow_quality quality) {
  expect_at_most<horn_schunck>(most, s, name, horn_schunck_preset(quality));
}
void expect_lucas_kanade(std::size_t most, size s, const char* name, flow_quality quality) {
  expect_at_most<lucas_kanade>(most, s, name, lucas_kanade_preset(quality));
}

TEST_F(FlowLaunches, HornSchunck) {
  expect_horn_schunck(34, vga, "Horn-Schunck fast", flow_quality::fast);
  expect_horn_schunck(47, hd, "Horn-Schunck fast", flow_quality::fast);
  expect_horn_schunck(56, uhd, "Horn-Schunck fast", flow_quality::fast);
  expect_horn_schunck(116, vga, "Horn-Schunck balanced", flow_quality::balanced);
  expect_horn_schunck(125, hd, "Horn-Schunck balanced", flow_quality::balanced);
  expect_horn_schunck(227, hd, "Horn-Schunck accurate", flow_quality::accurate);
  expect_horn_schunck(329, vga, "Horn-Schunck best", flow_quality::best);
}

TEST_F(FlowLaunches, LucasKanade) {
  expect_lucas_kanade(24, vga, "Lucas-Kanade fast", flow_quality::fast);
  expect_lucas_kanade(35, hd, "Lucas-Kanade fast", flow_quality::fast);
  expect_lucas_kanade(42, uhd, "Lucas-Kanade fast", flow_quality::fast);
  expect_lucas_kanade(87, hd, "Lucas-Kanade balanced", flow_quality::balanced);
  expect_lucas_kanade(167, hd, "Lucas-Kanade accurate", flow_quality::accurate);
}

TEST_F(FlowLaunches, WithoutSearch) {
  auto hs = horn_schunck_preset(flow_quality::balanced);
  auto lk = lucas_kanade_preset(flow_quality::balanced);
  hs.search.radius = lk.search.radius = 0;
  expect_at_most<horn_schunck>(105, hd, "Horn-Schunck, no search", hs);
  expect_at_most<lucas_kanade>(63, hd, "Lucas-Kanade, no search", lk);
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

/// A pair's pyramids are made by the same launches; those of a sequence keep the other on the way.
TEST_F(FlowLaunches, TheNextFrameOfASequence) {
  frames f(hd);
  horn_schunck solver({.width = hd.width, .height = hd.height}, horn_schunck_preset(flow_quality::fast),
                      {.processor = run_on::cuda});
  const auto pair = count_launches([&](stream_ref stream) { solver.run(f.frame(), f.frame(), f.flow(), stream); });
  count_launches([&](stream_ref stream) { solver.advance(f.frame(), f.flow(), stream); });
  const auto next = count_launches([&](stream_ref stream) { solver.advance(f.frame(), f.flow(), stream); });
  std::printf("a pair %zu, the next frame of a sequence %zu\n", pair, next);
  EXPECT_LE(next, pair);
}

/// Bytes of which a part is black to white, as video has them, are read by the first reduction as well.
TEST_F(FlowLaunches, BytesOfLimitedRange) {
  frames f(hd);
  flow_geometry geometry{.width = hd.width, .height = hd.height};
  const auto count = [&] {
    horn_schunck solver(geometry, horn_schunck_preset(flow_quality::fast), {.processor = run_on::cuda});
    return count_launches([&](stream_ref stream) { solver.run(f.frame(), f.frame(), f.flow(), stream); });
  };
  const auto whole = count();
  geometry.range = {16, 235};
  EXPECT_EQ(count(), whole);
}

}  // namespace
