// SPDX-License-Identifier: Apache-2.0
// The flow objects as objects: kept by value, moved, placed, refused. Runs on the CPU, and on the CUDA row of the
// library it is linked with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/placed_image.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::dense_methods;
using test::dense_preset;
using test::make_dense_flow;
using test::moved;
using test::rejection;
using test::still;
using test::texture;

constexpr size s{48, 40};
constexpr flow_geometry geometry{s.width, s.height};

const image<u8>& prev() {
  static const auto frame = texture(s, still());
  return frame;
}
const image<u8>& next() {
  static const auto frame = texture(s, moved(1.25, -0.75));
  return frame;
}

bool equal(const image<f32>& a, const image<f32>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(f32)) == 0;
}

image<f32> flow_of(dense_flow& object) {
  image<f32> flow(s.width, s.height, 2);
  object.run(prev(), next(), flow);
  return flow;
}

/// A picture type of one's own.
struct picture {
  std::vector<u8> pixels;
  operator image_view<const u8>() const { return {.data = pixels.data(), .width = s.width, .height = s.height}; }
};

TEST(DenseFlow, TakesWhatPeopleHave) {
  horn_schunck object(geometry, horn_schunck_preset(flow_quality::fast), {run_on::cpu});
  const auto expected = flow_of(object);
  image<u8> a = prev();
  const picture b{{next().data(), next().data() + next().size()}};
  image<f32> flow(s.width, s.height, 2);
  object.run(a, b, flow);
  EXPECT_TRUE(equal(flow, expected));
  object.run(a.view(), std::as_const(a).view(), flow.view());
  object.run({.prev = a.view(), .next = b}, {.flow = flow});
  EXPECT_TRUE(equal(flow, expected));
  EXPECT_FALSE(object.advance(a, flow));
  EXPECT_TRUE(object.advance(b, flow));
  EXPECT_TRUE(equal(flow, expected));
  solve_horn_schunck(a, b, flow, horn_schunck_preset(flow_quality::fast), {run_on::cpu});
  EXPECT_TRUE(equal(flow, expected));
}

TEST(DenseFlow, IsKeptByValueAndByPointer) {
  for (const auto method : dense_methods) {
    const auto options = dense_preset(method, flow_quality::fast);
    dense_flow first = make_dense_flow(geometry, options, {run_on::cpu});
    const auto expected = flow_of(first);
    dense_flow second = std::move(first);
    EXPECT_TRUE(equal(flow_of(second), expected));
    const std::unique_ptr<dense_flow> kept = std::make_unique<horn_schunck>(geometry);
    *kept = std::move(second);
    EXPECT_TRUE(equal(flow_of(*kept), expected));
  }
}

/// Every call of an object that has been moved from says so.
template <class Object, class Run>
void expect_moved_from(Object object, Run&& run) {
  const Object other = std::move(object);
  auto says = [](auto&& f) {
    const std::string said = rejection(f);
    EXPECT_NE(said.find("has been moved from"), std::string::npos) << said;
  };
  says([&] { run(object); });
  says([&] { object.backend(); });
  says([&] { object.workspace_size(); });
  says([&] { object.prepare(memory_kind::host); });
  object = Object(std::move(object));  // may still be assigned to and destroyed
}

TEST(FlowObjects, SayThatTheyHaveBeenMovedFrom) {
  image<f32> flow(s.width, s.height, 2);
  expect_moved_from(horn_schunck(geometry), [&](auto& o) { o.run(prev(), next(), flow); });
  expect_moved_from(lucas_kanade(geometry), [&](auto& o) { o.advance(prev(), flow); });
  expect_moved_from(horn_schunck(geometry), [&](auto& o) { o.restart(); });
  expect_moved_from(point_tracker(geometry, 1), [&](auto& o) { o.run(prev(), next(), {}); });
  expect_moved_from(point_tracker(geometry, 1), [&](auto& o) { o.restart(); });
  expect_moved_from(feature_detector(geometry), [&](auto& o) { o.run(prev(), {}, {}); });
  expect_moved_from(flow_steps::image_pyramid(geometry), [&](auto& o) { o.run(prev()); });
  expect_moved_from(flow_steps::image_pyramid(geometry), [&](auto& o) { o.levels(); });
  expect_moved_from(flow_steps::linear_system(s), [&](auto& o) { o.run({}, {}, {}, {}, {}); });
}

TEST(FlowObjects, RefuseWhatIsNotInAnEnum) {
  image<f32> flow(s.width, s.height, 2);
  horn_schunck object(geometry);
  auto says = [](const char* what, auto&& f) {
    const std::string said = rejection(f);
    EXPECT_NE(said.find(what), std::string::npos) << said;
  };
  for (int bad : {-1, 2, 99}) {
    const auto start = static_cast<flow_start>(bad);
    says("horn_schunck: start:", [&] { object.advance({.frame = prev(), .start = start}, {.flow = flow}); });
  }
  says("horn_schunck: memory:", [&] { object.prepare(static_cast<memory_kind>(9)); });
  says("horn_schunck: placement.processor:", [&] { horn_schunck(geometry, {}, {static_cast<run_on>(4)}); });
  says("point_tracker: placement.threads:", [&] { point_tracker(geometry, 1, {}, {.threads = -1}); });
  says("feature_detector: placement.device:", [&] { feature_detector(geometry, {}, {.device = -2}); });
}

TEST(FlowObjects, PlacedByMemoryMakeTheirStateWhenItIsNeeded) {
  for (const auto method : dense_methods) {
    const auto options = dense_preset(method, flow_quality::fast);
    dense_flow object = make_dense_flow(geometry, options, {});
    EXPECT_EQ(object.workspace_size(), 0u);
    object.prepare(memory_kind::host);
    const auto bytes = object.workspace_size();
    EXPECT_GT(bytes, std::size_t(s.width) * s.height * 10);
    const auto flow = flow_of(object);
    EXPECT_EQ(object.workspace_size(), bytes);
    EXPECT_EQ(object.backend(), backend::cpu);
    dense_flow named = make_dense_flow(geometry, options, {run_on::cpu});
    EXPECT_EQ(named.workspace_size(), bytes);
    EXPECT_TRUE(equal(flow_of(named), flow));
  }
}

/// Counts what it hands out.
struct counted_memory {
  std::size_t held = 0, calls = 0, most_calls = 1000;
  memory_resource resource() {
    return {.allocate = [](void* context, std::size_t bytes, std::size_t alignment, CUstream_st*) -> void* {
              auto& m = *static_cast<counted_memory*>(context);
              if (m.calls == m.most_calls) return nullptr;
              ++m.calls;
              m.held += bytes;
              return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
            },
            .deallocate =
                [](void* context, void* p, std::size_t bytes, std::size_t, CUstream_st*) {
                  static_cast<counted_memory*>(context)->held -= bytes;
                  std::free(p);
                },
            .context = this};
  }
};

template <class Make, class Run>
void expect_counted(const Make& make, const Run& run) {
  counted_memory memory;
  {
    auto object = make(placement{.processor = run_on::cpu, .host_memory = memory.resource()});
    EXPECT_GT(memory.held, 0u);
    EXPECT_EQ(object.workspace_size(), memory.held);
    const auto calls = memory.calls;
    run(object);
    run(object);
    EXPECT_EQ(memory.calls, calls) << "allocates after construction";
  }
  EXPECT_EQ(memory.held, 0u);
  memory.most_calls = memory.calls = 0;
  try {
    make(placement{.processor = run_on::cpu, .host_memory = memory.resource()});
    ADD_FAILURE() << "works without memory";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::out_of_memory) << e.what();
  }
}

TEST(FlowObjects, TakeTheirMemoryFromTheResource) {
  image<f32> flow(s.width, s.height, 2);
  std::vector<point> points(8), to(8);
  std::vector<track_status> status(8);
  int count = 0;
  for (const auto method : dense_methods)
    expect_counted(
        [&](const placement& p) { return make_dense_flow(geometry, dense_preset(method, flow_quality::fast), p); },
        [&](auto& o) { o.run(prev(), next(), flow); });
  expect_counted([](const placement& p) { return point_tracker(geometry, 8, {}, p); },
                 [&](auto& o) { o.run(prev(), next(), {.from = points, .to = to, .status = status}); });
  expect_counted([](const placement& p) { return feature_detector(geometry, {.max_count = 8}, p); },
                 [&](auto& o) { o.run(prev(), {}, {.points = points, .count = &count}); });
  expect_counted([](const placement& p) { return flow_steps::image_pyramid(geometry, {}, p); },
                 [&](auto& o) { o.run(prev()); });
}

TEST(FlowObjects, OneCallFunctionsEqualTheObjects) {
  std::vector<placement> places{{}, {run_on::automatic}};
  if (device_count() > 0) places.push_back({.processor = run_on::cuda, .device = 0});
  for (const placement& where : places) {
    image<f32> flow(s.width, s.height, 2);
    dense_flow object = lucas_kanade(geometry, {}, {run_on::cpu});
    solve_lucas_kanade(prev(), next(), flow, {}, where);
    EXPECT_TRUE(equal(flow, flow_of(object)));

    constexpr int most = 16;
    std::vector<point> points(most), expected_points(most), to(most), expected_to(most);
    std::vector<track_status> status(most), expected_status(most);
    int count = 0, expected_count = 0;
    detect_features(prev(), {}, {.points = points, .count = &count}, {.max_count = most}, where);
    feature_detector(geometry, {.max_count = most}, {run_on::cpu})
        .run(prev(), {}, {.points = expected_points, .count = &expected_count});
    EXPECT_EQ(count, expected_count);
    EXPECT_EQ(points, expected_points);
    track_points(prev(), next(), {.from = points, .to = to, .status = status}, {.window = 9}, where);
    point_tracker(geometry, most, {.window = 9}, {run_on::cpu})
        .run(prev(), next(), {.from = points, .to = expected_to, .status = expected_status});
    EXPECT_EQ(to, expected_to);
    EXPECT_EQ(status, expected_status);
  }
}

TEST(FlowObjects, OneCallFunctionsNameThemselves) {
  image<f32> flow(s.width, s.height, 2);
  auto says = [](const char* what, auto&& f) {
    const std::string said = rejection(f);
    EXPECT_NE(said.find(what), std::string::npos) << said;
  };
  says("solve_horn_schunck: prev:", [&] { solve_horn_schunck({}, next(), flow); });
  says("solve_horn_schunck: options.warping.warps:",
       [&] { solve_horn_schunck(prev(), next(), flow, {.warping = {.warps = 0}}); });
  says("solve_lucas_kanade: next:", [&] { solve_lucas_kanade(prev(), {}, flow); });
  says("track_points: points.to:", [&] {
    const point p{};
    track_points(prev(), next(), {.from = {&p, 1}});
  });
  says("detect_features: result.points:", [&] { detect_features(prev(), {}, {}); });
}

TEST(FlowObjects, PlacedByMemoryFollowTheFrames) {
  if (device_count() == 0) GTEST_SKIP() << "NOT RUN: " << no_device_reason();
  const test::placed<u8> first(run_on::cuda, prev()), second(run_on::cuda, next());
  const image<f32> none(s.width, s.height, 2);
  for (const auto method : dense_methods) {
    dense_flow object = make_dense_flow(geometry, dense_preset(method, flow_quality::fast), {});
    const auto expected = flow_of(object);
    image<f32> flow(s.width, s.height, 2);
    const test::placed<f32> there(run_on::cuda, none);
    EXPECT_FALSE(object.advance(prev(), flow));
    EXPECT_FALSE(object.advance(first.view(), there.view())) << "the frame before is in other memory";
    EXPECT_TRUE(object.advance(second.view(), there.view()));
    EXPECT_TRUE(equal(there.get(), expected));
    EXPECT_FALSE(object.advance(next(), flow)) << "the frame before is in other memory";
    EXPECT_EQ(object.backend(), backend::cpu);  // of host views
    // Views of both memories in one call are refused, and so is device memory on the CPU.
    EXPECT_NE(rejection([&] { object.run(first.view(), second.view(), flow); }).find("flow"), std::string::npos);
    dense_flow on_cpu = make_dense_flow(geometry, dense_preset(method, flow_quality::fast), {run_on::cpu});
    EXPECT_NE(rejection([&] { on_cpu.run(first.view(), second.view(), there.view()); }).find("device memory"),
              std::string::npos);
  }
}

/// Host views on CUDA, with a stream: staged on it, and finished on return.
TEST(FlowObjects, OnCudaTakeHostViewsWithAStream) {
  if (device_count() == 0) GTEST_SKIP() << "NOT RUN: " << no_device_reason();
  auto* const per_thread = reinterpret_cast<CUstream_st*>(std::uintptr_t{2});  // cudaStreamPerThread
  for (const auto method : dense_methods) {
    const auto options = dense_preset(method, flow_quality::fast);
    dense_flow on_cuda = make_dense_flow(geometry, options, {.processor = run_on::cuda, .device = 0});
    dense_flow on_cpu = make_dense_flow(geometry, options, {run_on::cpu});
    image<f32> flow(s.width, s.height, 2);
    on_cuda.run(prev(), next(), flow, per_thread);
    EXPECT_EQ(on_cuda.backend(), backend::cuda);
    EXPECT_GT(on_cuda.workspace_size(), 0u);
    EXPECT_TRUE(equal(flow, flow_of(on_cpu)));
    EXPECT_NE(rejection([&] { on_cpu.run(prev(), next(), flow, per_thread); }).find("stream:"), std::string::npos);
  }
}

}  // namespace
