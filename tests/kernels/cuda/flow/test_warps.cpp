// SPDX-License-Identifier: Apache-2.0
// Whole warps on the CUDA backend of a library whose device memory is the host's (emulation, replay), against their
// steps on the scalar backend: at sizes around the tiles of every kernel, and with what only the steps' kernels take.

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;
using kernels::plane;
using kernels::status;

/// Planes whose rows start at multiples of 64 bytes, as those of flow objects.
class planes {
 public:
  template <class T>
  plane<T> make(size s, int count) {
    constexpr int unit = 64 / sizeof(T);
    const std::ptrdiff_t pitch = (s.width + unit - 1) / unit * unit, stride = pitch * s.height;
    const std::size_t bytes = stride * count * sizeof(T);
    blocks_.push_back(std::unique_ptr<void, decltype(&std::free)>(std::aligned_alloc(64, bytes), std::free));
    std::memset(blocks_.back().get(), 0x5a, bytes);
    return {static_cast<T*>(blocks_.back().get()), s.width, s.height, pitch, count, stride};
  }
  template <class T, class Value>
  plane<T> filled(size s, int count, const Value& value) {
    const plane<T> p = make<T>(s, count);
    for (int n = 0; n < count; ++n)
      for (int y = 0; y < s.height; ++y)
        for (int x = 0; x < s.width; ++x) p.data[n * p.stride + y * p.pitch + x] = static_cast<T>(value(x, y));
    return p;
  }
  kernels::flow_planes make_flow(size s, int count) {
    return {make<std::int16_t>(s, count), make<std::int16_t>(s, count)};
  }

 private:
  std::vector<std::unique_ptr<void, decltype(&std::free)>> blocks_;
};

template <class T>
bool equal(const plane<T>& a, const plane<T>& b) {  // with the padding: nobody may write there
  return std::memcmp(a.data, b.data, a.stride * a.count * sizeof(T)) == 0;
}
bool equal(const kernels::flow_planes& a, const kernels::flow_planes& b) {
  return equal(a.u, b.u) && equal(a.v, b.v);
}

struct warp_case {
  size level;
  int count = 1;
  bool starts = false, upscales = false, masked = false, robust = false;
};

/// Frames with texture, and flow most of which stays inside.
class CudaWarps : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels::cuda_devices().devices.empty()) GTEST_SKIP() << "NOT RUN: " << kernels::cuda_devices().reason;
  }

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  kernels::flow_planes draw_flow(size s, int count) {
    auto vectors = [&](int, int) { return below(601) - 300; };
    return {memory_.filled<std::int16_t>(s, count, vectors), memory_.filled<std::int16_t>(s, count, vectors)};
  }
  kernels::flow_frames draw_frames(const warp_case& c) {
    auto grey = [&](int x, int y) { return (x * 37 + y * 91 + below(900)) % 4081; };
    auto mask = [&](int, int) { return below(60) == 0 ? 1 : 0; };
    kernels::flow_frames f{
        memory_.filled<u16>(c.level, c.count, grey), memory_.filled<u16>(c.level, c.count, grey), {}, {}};
    if (c.masked) f.next_mask = memory_.filled<u8>(c.level, c.count, mask);
    return f;
  }
  kernels::flow_planes draw_coarse(const warp_case& c) {
    if (!c.upscales) return {};
    return draw_flow({(c.level.width + 1) / 2, (c.level.height + 1) / 2}, c.count);
  }
  kernels::flow_planes copy(const kernels::flow_planes& f, const warp_case& c) {
    const auto to = memory_.make_flow(c.level, c.count);
    std::memcpy(to.u.data, f.u.data, f.u.stride * f.u.count * sizeof(std::int16_t));
    std::memcpy(to.v.data, f.v.data, f.v.stride * f.v.count * sizeof(std::int16_t));
    return to;
  }
  kernels::warped_frame make_warped(const warp_case& c) {
    return {memory_.make<std::int16_t>(c.level, c.count), memory_.make<u8>(c.level, c.count)};
  }

  void expect_equal_systems(const warp_case& c);
  void expect_equal_windows(const warp_case& c, int radius, const std::vector<std::int32_t>& weights);

  std::mt19937 random_{7};
  planes memory_;
  const kernels::flow_energy energy_{.brightness = 0.2f,
                                     .gradient = 5,
                                     .inverse_brightness_scale = 0.11f,
                                     .inverse_gradient_scale = 0.44f,
                                     .smoothness = 20};
  const kernels::launch_options launch_{.threads = 1};
};

std::string described(const warp_case& c) {
  return std::to_string(c.level.width) + "x" + std::to_string(c.level.height) + " x" + std::to_string(c.count) +
         (c.starts ? " starts" : "") + (c.upscales ? " upscales" : "") + (c.masked ? " masked" : "") +
         (c.robust ? " robust" : "");
}

void CudaWarps::expect_equal_systems(const warp_case& c) {
  const auto frames = draw_frames(c);
  const auto coarse = draw_coarse(c), flow = draw_flow(c.level, c.count);
  std::vector<float> edges(300);
  for (std::size_t i = 0; i < edges.size(); ++i) edges[i] = 1.0f / static_cast<float>(i + 1);
  auto floats = [&] { return memory_.make<float>(c.level, c.count); };
  auto make_system = [&]() -> kernels::flow_system {
    kernels::flow_system s{floats(), floats(), floats(), floats(), floats(), floats(), floats()};
    EXPECT_EQ(kernels::scalar().flow.edge_weights(frames.next, {}, {edges}, s.right, s.down, launch_), status::ok);
    return s;
  };
  const auto expected = make_system(), actual = make_system();
  const auto before = copy(flow, c), after = copy(flow, c);
  const auto& steps = kernels::scalar().flow;
  const auto warped = make_warped(c);
  if (c.upscales) ASSERT_EQ(steps.upscale_flow(coarse, before, launch_), status::ok);
  const kernels::edge_rule rule{edges, c.robust ? 0.02f : 0.0f};
  if (c.starts) {
    ASSERT_EQ(steps.edge_weights(frames.prev, before, rule, expected.right, expected.down, launch_), status::ok);
  }
  ASSERT_EQ(steps.warp(frames, before, warped, launch_), status::ok);
  ASSERT_EQ(steps.linearise(frames, warped, before, energy_, expected, launch_), status::ok);
  const kernels::level_start start{coarse, c.starts ? rule : kernels::edge_rule{}};
  ASSERT_EQ(kernels::cuda()->flow.warp_linearise(frames, start, make_warped(c), after, energy_, actual, launch_),
            status::ok);
  EXPECT_TRUE(equal(before, after)) << described(c);
  const plane<float>*const e = &expected.i11, *const a = &actual.i11;
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(equal(e[i], a[i])) << described(c) << ", plane " << i;
}

void CudaWarps::expect_equal_windows(const warp_case& c, int radius, const std::vector<std::int32_t>& weights) {
  const auto frames = draw_frames(c);
  const auto coarse = draw_coarse(c), flow = draw_flow(c.level, c.count);
  kernels::flow_windows windows{.rule = {.contrast_limit = 20, .scale = 64, .change_limit = 1e6f, .ridge = 3},
                                .radius = radius,
                                .weights = weights};
  for (auto& p : windows.entries) p = memory_.make<std::int32_t>(c.level, c.count);
  const auto before = copy(flow, c), after = copy(flow, c);
  const auto expected = memory_.make_flow(c.level, c.count), actual = memory_.make_flow(c.level, c.count);
  const auto& steps = kernels::scalar().flow;
  const auto warped = make_warped(c);
  if (c.upscales) ASSERT_EQ(steps.upscale_flow(coarse, before, launch_), status::ok);
  ASSERT_EQ(steps.warp(frames, before, warped, launch_), status::ok);
  ASSERT_EQ(steps.solve_windows(frames, warped, energy_, windows, {before, expected}, launch_), status::ok);
  ASSERT_EQ(kernels::cuda()->flow.warp_solve_windows(frames, {coarse, {}}, make_warped(c), energy_, windows,
                                                     {after, actual}, launch_),
            status::ok);
  EXPECT_TRUE(equal(before, after)) << described(c) << " radius " << radius;
  EXPECT_TRUE(equal(expected, actual)) << described(c) << " radius " << radius;
}

TEST_F(CudaWarps, SystemsEqualTheStepsAroundTileSizes) {
  for (auto s : {size{1, 1}, size{2, 9}, size{33, 17}, size{64, 8}, size{63, 47}, size{129, 65}, size{5, 130}})
    for (int kind = 0; kind < 3; ++kind)
      for (bool robust : {false, true})
        expect_equal_systems(
            {.level = s, .count = 1 + s.width % 2, .starts = kind > 0, .upscales = kind > 1, .robust = robust});
}
TEST_F(CudaWarps, SystemsOfLargeLevelsAndBatchesEqualTheSteps) {
  for (int kind = 0; kind < 3; ++kind) {
    expect_equal_systems({.level = {331, 203}, .starts = kind > 0, .upscales = kind > 1, .robust = true});
    expect_equal_systems({.level = {131, 99}, .count = 6, .starts = kind > 0, .upscales = kind > 1});
  }
  expect_equal_systems({.level = {1105, 967}, .starts = true, .upscales = true, .robust = true});
  expect_equal_systems({.level = {1105, 967}});
}
TEST_F(CudaWarps, WindowsEqualTheStepsAroundTileSizes) {
  for (auto s : {size{1, 1}, size{2, 9}, size{29, 13}, size{28, 12}, size{63, 47}, size{129, 65}, size{5, 130}})
    for (bool upscales : {false, true})
      expect_equal_windows({.level = s, .count = 1 + s.width % 2, .upscales = upscales}, 2, {});
}
TEST_F(CudaWarps, WindowsOfLargeLevelsAndBatchesEqualTheSteps) {
  for (bool upscales : {false, true}) {
    expect_equal_windows({.level = {431, 307}, .upscales = upscales}, 2, {});
    expect_equal_windows({.level = {131, 199}, .count = 6, .upscales = upscales}, 2, {});
  }
}
TEST_F(CudaWarps, MasksAndOtherWindowsEqualTheSteps) {
  const warp_case c{.level = {75, 41}, .starts = true, .upscales = true, .masked = true, .robust = true};
  expect_equal_systems(c);
  expect_equal_windows(c, 2, {});
  for (int radius : {0, 1, 3}) expect_equal_windows({.level = {75, 41}, .upscales = true}, radius, {});
  expect_equal_windows({.level = {75, 41}, .upscales = true}, 2, {1, 4, 6, 4, 1});
}

}  // namespace
