// SPDX-License-Identifier: Apache-2.0
// The CPU's calls allocate nothing once a call of the same size was made on the thread. operator new is counted.
// (Calls on several threads add what the scheduler allocates for its tasks.)

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "host/plan/recipe.hpp"
#include "kernels/contract/backend.hpp"
#include "tests/support/counted_allocations.hpp"

namespace fluxel::test {
namespace {

using namespace kernels;

constexpr launch_options on_this_thread{.threads = 1};

long allocations_of(const std::function<status()>& call) {
  return test::allocations_of<>([&] { EXPECT_EQ(call(), status::ok); });
}

class WorkingMemory : public testing::Test {
 protected:
  void SetUp() override {
    if (cpu_target() == "scalar") GTEST_SKIP() << "the scalar formulas are the definition, and allocate";
  }
};

TEST_F(WorkingMemory, TheCounterCounts) {
  EXPECT_EQ(allocations_of([] {
              std::vector<int> v(100);
              return v.data() != nullptr ? status::ok : status::out_of_memory;
            }),
            1);
}

image image_of(std::vector<std::byte>& memory, size s, int channels, int element_bytes) {
  const std::ptrdiff_t pitch = std::ptrdiff_t{s.width} * channels * element_bytes;
  memory.assign(pitch * s.height, std::byte{7});
  return {memory.data(), s.width, s.height, channels, pitch, 1, pitch * s.height, 1, pitch * s.height};
}

TEST_F(WorkingMemory, PreparedResizes) {
  const size src{150, 90};
  for (auto type : {element_type::u8, element_type::u16, element_type::f32})
    for (auto f : {filter::nearest, filter::bilinear, filter::bicubic, filter::area})
      for (size dst : {size{201, 133}, size{60, 31}}) {
        const auto recipe = plan::make_recipe({src, dst, 3, type}, {.filter = f, .antialias = antialias::yes});
        const auto prepared = cpu().resize.prepare(recipe);
        std::vector<std::byte> from, to;
        const image_pair pair{image_of(from, src, 3, element_size(type)), image_of(to, dst, 3, element_size(type))};
        EXPECT_EQ(allocations_of([&] {
                    return prepared->run({&pair, 1}, on_this_thread);
                  }),
                  0)
            << "type " << int(type) << " filter " << int(f) << " to " << dst.width;
      }
}

TEST_F(WorkingMemory, OneCallResizes) {
  const size src{50, 37};
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::f32})
    for (size dst : {size{100, 74}, size{25, 18}, size{81, 20}}) {
      std::vector<std::byte> from, to;
      const image_pair pair{image_of(from, src, 3, element_size(type)), image_of(to, dst, 3, element_size(type))};
      const auto& f = cpu().resize;
      const auto how = on_this_thread;
      const auto what = std::to_string(int(type)) + " to " + std::to_string(dst.width);
      EXPECT_EQ(allocations_of([&] { return f.linear({&pair, 1}, type, coordinates::half_pixel, how); }), 0) << what;
      EXPECT_EQ(
          allocations_of([&] {
            return f.nearest({&pair, 1}, element_size(type), coordinates::half_pixel, nearest_rounding::half_up, how);
          }),
          0)
          << what;
    }
}

TEST_F(WorkingMemory, UpsamplingWithZerosBeyondTheBorder) {
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::f32})
    for (int factor : {2, 3, 4}) {
      std::vector<std::byte> from, to;
      const image_pair pair{image_of(from, {40, 30}, 3, element_size(type)),
                            image_of(to, {40 * factor, 30 * factor}, 3, element_size(type))};
      EXPECT_EQ(
          allocations_of([&] { return cpu().conv_transpose.upsample_zero(pair, type, factor, on_this_thread); }), 0)
          << int(type) << ' ' << factor;
    }
}

TEST_F(WorkingMemory, TransposedConvolutions) {
  const size src{40, 30}, dst{80, 60};
  std::vector<std::byte> from, to;
  std::vector<float> weights(3 * 3 * 4 * 4, 0.1f);
  for (int channels : {1, 3}) {
    const conv_axis axis{.kernel = 4, .stride = 2, .dilation = 1, .pad = 1};
    const conv_transpose_call call{image_of(from, src, channels, 4),
                                   image_of(to, dst, channels, 4),
                                   weights.data(),
                                   nullptr,
                                   element_type::f32,
                                   axis,
                                   axis,
                                   1};
    EXPECT_EQ(allocations_of([&] { return cpu().conv_transpose.general(call, on_this_thread); }), 0) << channels;
  }
}

/// Planes of one size, with the room behind rows that backends may use.
class planes {
 public:
  explicit planes(size s) : size_(s), pitch_(flow_row_elements(s.width)) {}
  template <class T>
  plane<T> make(T value) {
    auto& m = memory_.emplace_back(sizeof(T) * pitch_ * size_.height);
    auto* data = reinterpret_cast<T*>(m.data());
    std::fill(data, data + pitch_ * size_.height, value);
    return {data, size_.width, size_.height, pitch_, 1, pitch_ * size_.height};
  }
  flow_planes flow() { return {make<std::int16_t>(5), make<std::int16_t>(-3)}; }

 private:
  size size_;
  std::ptrdiff_t pitch_;
  std::vector<std::vector<std::byte>> memory_;
};

TEST_F(WorkingMemory, StepsOfDenseFlow) {
  const size s{203, 77};
  planes p(s), coarser({102, 39});
  const auto& f = cpu().flow;
  const flow_frames frames{p.make<u16>(900), p.make<u16>(910), {}, {}};
  const warped_frame warped{p.make<std::int16_t>(905), p.make<u8>(0)};
  const flow_planes flow = p.flow(), out = p.flow(), coarse = coarser.flow();
  const flow_system system{p.make(0.1f), p.make(0.1f), p.make(0.1f), p.make(0.1f),
                           p.make(0.1f), p.make(0.1f), p.make(0.1f)};
  const flow_energy energy{.brightness = 1, .smoothness = 100};
  const std::vector<float> omega(20, 1.0f), edges(16, 1.0f);
  const std::array<plane<float>, 4> scratch{p.make(0.0f), p.make(0.0f), p.make(0.0f), p.make(0.0f)};
  const auto smaller = p.make(0.0f), larger = p.make(0.0f);
  const flow_windows windows{.rule = {.contrast_limit = 1000, .scale = 1, .change_limit = 1e6f, .ridge = 1},
                             .radius = 4};
  std::vector<std::byte> pixels, u, v, validity;
  const image src = image_of(pixels, s, 3, 1), to_u = image_of(u, s, 1, 4), to_v = image_of(v, s, 1, 4);
  const intensity_scale luma{.type = element_type::u8, .red = 4899, .green = 9617, .blue = 1868};
  const auto grey = p.make<u16>(0);
  const auto how = on_this_thread;
  const std::pair<const char*, std::function<status()>> steps[] = {
      {"clear", [&] { return f.clear(out, how); }},
      {"intensity", [&] { return f.intensity(src, luma, nullptr, grey, {}, how); }},
      {"edge_weights", [&] { return f.edge_weights(frames.prev, flow, {edges, 0.1f}, system.right, system.down, how); }},
      {"warp", [&] { return f.warp(frames, flow, warped, how); }},
      {"linearise", [&] { return f.linearise(frames, warped, flow, energy, system, how); }},
      {"relax",
       [&] {
         return f.relax(system, {omega, 64}, scratch, flow, out, how);
       }},
      {"solve_windows",
       [&] {
         return f.solve_windows(frames, warped, energy, windows, {flow, out}, how);
       }},
      {"median", [&] { return f.median(flow, out, 2, how); }},
      {"upscale_flow", [&] { return f.upscale_flow(coarse, out, how); }},
      {"downscale_flow", [&] { return f.downscale_flow(flow, coarse, how); }},
      {"store_flow", [&] { return f.store_flow(flow, to_u, to_v, how); }},
      {"load_flow", [&] { return f.load_flow(to_u, to_v, out, how); }},
      {"structure", [&] { return f.structure(frames.prev, 2, smaller, larger, how); }},
  };
  for (const auto& [name, step] : steps) EXPECT_EQ(allocations_of(step), 0) << name;
}

TEST_F(WorkingMemory, TrackedPoints) {
  const size s{120, 90};
  planes p(s);
  track_levels levels{.count = 1, .prev = {p.make<u16>(700)}, .next = {p.make<u16>(700)}};
  std::vector<point> from(20, {30, 40}), to(20);
  std::vector<u8> states(20);
  const track_list list{.points = 20, .from = from.data(), .to = to.data(), .status = states.data()};
  EXPECT_EQ(allocations_of([&] { return cpu().sparse.track(levels, {}, list, on_this_thread); }), 0);
}

TEST_F(WorkingMemory, Corners) {
  const size s{120, 90};
  planes p(s);
  auto strength = p.make(0.0f);
  for (int i = 0; i < 50; ++i) strength.data[(7 + i) * strength.pitch + (2 * i + 3)] = 1.0f + float(i);
  std::vector<point> points(40);
  int count = 0;
  const feature_search search{
      .strength = strength, .quality = 0.01f, .distance_squared = 25, .cell = 5, .max_count = 40};
  const feature_list list{.points = points.data(), .count = &count};
  EXPECT_EQ(allocations_of([&] { return cpu().sparse.find_features(search, list, nullptr, on_this_thread); }), 0);
}

}  // namespace
}  // namespace fluxel::test
