// SPDX-License-Identifier: Apache-2.0
// Flow can be captured in a CUDA graph: capture, free every host argument, replay on new pixels.
// CTest: a rule of its own

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/capture.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;
using test::Capture;
using test::captured;
using test::device_image;
using test::random_image;

/// A list in device memory as `device_image` holds it.
template <class T, class Image>
std::span<T> list_of(const Image& im) {
  return {reinterpret_cast<T*>(im.view().data), std::size_t(im.view().width)};
}

TEST_F(Capture, CornersAndTrackedPoints) {
  constexpr int most = 50;
  const flow_geometry geometry{90, 70, 1, element_type::u8};
  const feature_options corners{.max_count = most};
  const track_options tracking{.window = 15, .forward_backward = 1};
  device_image<u8> first(90, 70, 1), second(90, 70, 1), status(most, 1, 1);
  device_image<float> from(most, 1, 2), to(most, 1, 2), count(1, 1, 1);
  feature_detector detector(geometry, corners, {run_on::cuda});
  point_tracker tracker(geometry, most, tracking, {run_on::cuda});
  auto* const counted = reinterpret_cast<int*>(count.view().data);
  image<u8> a, b(90, 70);
  capture_and_replay(
      [&](stream_ref stream) {
        detector.run(first.source(), {}, {.points = list_of<point>(from), .count = counted}, stream);
        tracker.run(first.source(), second.source(),
                    {.from = list_of<const point>(from),
                     .to = list_of<point>(to),
                     .status = list_of<track_status>(status),
                     .count = counted},
                    stream);
      },
      [&] {
        first.set(a = random_image<u8>(90, 70, 1, 1, 1, 8));
        for (int y = 0; y < 70; ++y)
          for (int x = 0; x < 90; ++x) b(x, y) = a(x > 0 ? x - 1 : 0, y);
        second.set(b);
      });
  std::vector<point> points(most), moved(most);
  std::vector<track_status> found(most);
  int n = 0;
  feature_detector(geometry, corners, {run_on::cpu}).run(a, {}, {.points = points, .count = &n});
  point_tracker(geometry, most, tracking, {run_on::cpu})
      .run(a, b, {.from = points, .to = moved, .status = found, .count = &n});
  EXPECT_EQ(std::memcmp(from.get().data(), points.data(), most * sizeof(point)), 0);
  EXPECT_EQ(std::memcmp(to.get().data(), moved.data(), most * sizeof(point)), 0);
  EXPECT_EQ(std::memcmp(status.get().data(), found.data(), most), 0);
}

// Dense flow: the same tests for both methods.

std::vector<horn_schunck_options> options_of(const horn_schunck*) {
  auto warping = horn_schunck_preset(flow_quality::fast);
  warping.validity.consistency = 0.5;
  auto single = horn_schunck_preset(flow_quality::fast);
  single.pyramid.max_levels = 1;
  return {warping, single, horn_schunck_classic(100, 5)};
}
std::vector<lucas_kanade_options> options_of(const lucas_kanade*) {
  auto warping = lucas_kanade_preset(flow_quality::fast);
  warping.validity.consistency = 0.5;
  auto single = lucas_kanade_preset(flow_quality::fast);
  single.pyramid.max_levels = 1;
  return {warping, single, lucas_kanade_classic(3)};
}

template <class Solver>
class CaptureFlow : public Capture {
 protected:
  static constexpr size frame{53, 38};
  static constexpr flow_geometry geometry{frame.width, frame.height, 1, element_type::u8};

  /// Frame k of a sequence that moves faster and faster.
  static image<u8> frame_at(int k) { return test::texture<u8>(frame, test::moved(0.7 * k * k, -0.3 * k)); }
  static image<u8> mask_at(int k) {
    auto mask = image<u8>(frame.width, frame.height);
    for (int y = 0; y < frame.height; ++y)
      for (int x = 0; x < frame.width; ++x) mask(x, y) = x != 9 + 5 * k || y > 6;
    return mask;
  }

  /// Where a device's results go.
  struct device_results {
    device_image<float> flow{frame.width, frame.height, 2};
    device_image<u8> validity{frame.width, frame.height, 1};
    device_image<float> confidence{frame.width, frame.height, 1};
    flow_result views() const { return {flow.view(), validity.view(), confidence.view()}; }
  };
  struct results {
    image<float> flow{frame.width, frame.height, 2};
    image<u8> validity{frame.width, frame.height};
    image<float> confidence{frame.width, frame.height};
    flow_result views() { return {flow, validity, confidence}; }
  };
  static void expect_same(const results& want, const device_results& got) {
    EXPECT_TRUE(test::equal<float>(want.flow, std::as_const(got.flow).get()));
    EXPECT_TRUE(test::equal<u8>(want.validity, std::as_const(got.validity).get()));
    EXPECT_TRUE(test::equal<float>(want.confidence, std::as_const(got.confidence).get()));
  }
};

using dense_solvers = testing::Types<horn_schunck, lucas_kanade>;
TYPED_TEST_SUITE(CaptureFlow, dense_solvers);

TYPED_TEST(CaptureFlow, Solve) {
  using F = CaptureFlow<TypeParam>;
  constexpr size s = F::frame;
  for (const auto& options : options_of(static_cast<TypeParam*>(nullptr))) {
    device_image<u8> prev(s.width, s.height, 1), next(s.width, s.height, 1), mask(s.width, s.height, 1);
    const typename F::device_results out;
    TypeParam solver(F::geometry, options, {run_on::cuda});
    const captured graph(this->stream_, [&](stream_ref stream) {
      auto pair = std::make_unique<flow_pair>(flow_pair{prev.source(), next.source(), mask.source()});
      auto result = std::make_unique<flow_result>(out.views());
      solver.run(*pair, *result, stream);
      *pair = {};  // nothing may still read the caller's views
      *result = {};
    });
    TypeParam on_cpu(F::geometry, options, {run_on::cpu});
    for (int k = 1; k < 3; ++k) {
      const image<u8> a = F::frame_at(k), b = F::frame_at(k + 1), known = F::mask_at(k);
      prev.set(a);
      next.set(b);
      mask.set(known);
      graph.replay();
      typename F::results want;
      on_cpu.run({a, b, known}, want.views());
      F::expect_same(want, out);
    }
  }
}

TYPED_TEST(CaptureFlow, TheSecondCallOfASequenceStandsForAllLaterOnes) {
  using F = CaptureFlow<TypeParam>;
  constexpr size s = F::frame;
  for (const bool masked : {false, true})
    for (const auto start : {flow_start::zero, flow_start::previous_flow})
      for (const auto& options : options_of(static_cast<TypeParam*>(nullptr))) {
        device_image<u8> pixels(s.width, s.height, 1), mask(s.width, s.height, 1);
        const typename F::device_results out;
        TypeParam solver(F::geometry, options, {run_on::cuda}), on_cpu(F::geometry, options, {run_on::cpu});
        auto show = [&](int k) {
          pixels.set(F::frame_at(k));
          mask.set(F::mask_at(k));
        };
        auto advance = [&](stream_ref stream) {
          auto next = std::make_unique<flow_frame>();
          *next = {pixels.source(), masked ? mask.source() : image_view<const u8>{}, start};
          auto result = std::make_unique<flow_result>(out.views());
          const bool has_result = solver.advance(*next, *result, stream);
          *next = {};  // nothing may still read the caller's views
          *result = {};
          return has_result;
        };
        auto advance_on_cpu = [&](int k, typename F::results& to) {
          const image<u8> a = F::frame_at(k), known = F::mask_at(k);
          on_cpu.advance({a, masked ? known.view() : image_view<const u8>{}, start}, to.views());
        };
        typename F::results want;
        show(0);
        EXPECT_FALSE(advance(this->stream_));
        CUDA_OK(cudaStreamSynchronize(this->stream_));
        advance_on_cpu(0, want);
        const captured graph(this->stream_, [&](stream_ref stream) { EXPECT_TRUE(advance(stream)); });
        for (int k = 1; k < 5; ++k) {
          show(k);
          graph.replay();
          advance_on_cpu(k, want);
          SCOPED_TRACE("frame " + std::to_string(k) + (masked ? " masked" : "") +
                       (start == flow_start::zero ? "" : " from the flow before"));
          F::expect_same(want, out);
        }
      }
}

}  // namespace
