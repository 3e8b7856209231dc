// SPDX-License-Identifier: Apache-2.0
// Validity tells the truth: what it calls valid is, and next to nothing is where there is nothing to find. On scenes
// whose motion is known.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>
#include <vector>

#include "fluxel/image.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/random.hpp"
#include "tests/support/texture.hpp"

namespace {

using namespace fluxel;
using test::dense_method;

const size s{160, 120};

image<u8> frame_of(const std::function<double(int, int)>& level) {
  image<u8> im(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) im(x, y) = static_cast<u8>(std::lround(std::clamp(level(x, y), 0.0, 255.0)));
  return im;
}

image<u8> textured(std::uint64_t seed, double dx = 0, double dy = 0, double gain = 1, double shortest = 6) {
  const test::texture t(seed, shortest);
  return frame_of([&](int x, int y) { return gain * t(x - dx, y - dy); });
}

/// The sum of twelve uniform numbers is close to normal.
image<u8> with_noise(const image<u8>& im, double sigma, std::uint64_t seed) {
  test::random r(seed);
  return frame_of([&](int x, int y) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(r.next() >> 11) * 0x1p-53;
    return im(x, y) + sigma * sum;
  });
}

struct assessed {
  image<float> flow{s.width, s.height, 2};
  image<u8> reasons{s.width, s.height};
  float score = -1;

  double share(flow_reason reason) const {
    const auto* first = reasons.data();
    return double(std::count(first, first + reasons.size(), u8(reason))) / double(reasons.size());
  }
  double valid() const { return share(flow_reason::valid); }
};

class FlowValidity : public testing::TestWithParam<std::tuple<dense_method, flow_quality>> {
 protected:
  static assessed assess(const image<u8>& a, const image<u8>& b, const flow_validity_options& validity = {}) {
    auto options = test::dense_preset(std::get<0>(GetParam()), std::get<1>(GetParam()));
    options.validity = validity;
    assessed to;
    const image_view<float> score{&to.score, 1, 1};
    test::make_dense_flow({s.width, s.height}, options, {.processor = run_on::cpu, .threads = 1})
        .run({a, b}, {.flow = to.flow, .validity = to.reasons, .cut_score = score});
    return to;
  }
};

/// Something before something else, each with its own motion.
struct layers {
  static constexpr double back_u = -1.5, back_v = 0.75, front_u = 6, front_v = -2;
  static bool in_front(double x, double y) { return x >= 50 && x < 105 && y >= 40 && y < 85; }

  static image<u8> frame(int time) {
    const test::texture back(1, 6), front(2, 6);
    return frame_of([&](int x, int y) {
      const double fx = x - front_u * time, fy = y - front_v * time;
      return in_front(fx, fy) ? front(fx, fy) : back(x - back_u * time, y - back_v * time);
    });
  }
};

TEST_P(FlowValidity, WhatIsValidIsRight) {
  const auto found = assess(layers::frame(0), layers::frame(1));
  EXPECT_LT(found.score, 0.2f);
  int valid = 0, right = 0, both = 0;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const bool front = layers::in_front(x, y);
      const double u = front ? layers::front_u : layers::back_u, v = front ? layers::front_v : layers::back_v;
      const bool is_right = std::hypot(found.flow(x, y, 0) - u, found.flow(x, y, 1) - v) <= 1;
      const bool is_valid = found.reasons(x, y) == u8(flow_reason::valid);
      valid += is_valid, right += is_right, both += is_right && is_valid;
    }
  EXPECT_GE(double(both) / valid, 0.98);
  EXPECT_GE(double(both) / right, 0.85);
}

TEST_P(FlowValidity, NextToNothingIsValidWhereNothingCanBeFound) {
  const image<u8> grey = frame_of([](int, int) { return 90; });
  struct pair {
    const char* name;
    image<u8> prev, next;
  };
  std::vector<pair> pairs;
  pairs.push_back({"a cut", textured(3), textured(4)});
  pairs.push_back({"a cut to black", textured(3), frame_of([](int, int) { return 0; })});
  pairs.push_back({"out of reach", textured(3), textured(3, 600, 250)});
  pairs.push_back({"black", frame_of([](int, int) { return 0; }), frame_of([](int, int) { return 0; })});
  pairs.push_back({"noise", with_noise(grey, 40, 1), with_noise(grey, 40, 2)});
  for (const double sigma : {1.0, 2.0, 5.0, 12.0})
    pairs.push_back({"grey with noise", with_noise(grey, sigma, 3), with_noise(grey, sigma, 4)});
  for (const pair& p : pairs) EXPECT_LT(assess(p.prev, p.next).valid(), 0.01) << p.name;
}

TEST_P(FlowValidity, TheScoreTellsCutsFromScenesThatGoOn) {
  const auto a = textured(5);
  const auto score = [&](const image<u8>& b) { return assess(a, b).score; };
  EXPECT_EQ(score(a), 0.0f);
  EXPECT_LT(score(textured(5, 4, -3)), 0.1f);
  EXPECT_LT(score(with_noise(textured(5, 4, -3), 4, 1)), 0.3f);
  EXPECT_LT(score(textured(5, 1, 1, 0.8)), 0.3f) << "a fade";
  EXPECT_GT(score(textured(6)), 0.5f) << "a cut";
  EXPECT_GT(score(frame_of([](int, int) { return 255; })), 0.5f) << "a flash";
  const auto cut = assess(a, textured(6));
  EXPECT_EQ(cut.share(flow_reason::cut), 1);
  EXPECT_EQ(assess(a, textured(6), {.cut_score = 0}).share(flow_reason::cut), 0);
}

TEST_P(FlowValidity, AStillPairIsValid) {
  for (const auto& scene : {textured(7), with_noise(textured(7), 8, 5)}) {
    const auto found = assess(scene, scene);
    EXPECT_EQ(found.valid(), 1);
    EXPECT_EQ(found.score, 0.0f);
  }
}

TEST_P(FlowValidity, WeakTextureCountsWhereThereIsNoNoise) {
  // Slopes of about a tenth of a grey level per pixel, on the 16 bits of a clean picture.
  const test::texture t(8, 8);
  image<f32> a(s.width, s.height), b(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      a(x, y) = static_cast<f32>((100 + 0.05 * t(x, y)) / 255);
      b(x, y) = static_cast<f32>((100 + 0.05 * t(x - 2, y - 1)) / 255);
    }
  const auto options = test::dense_preset(std::get<0>(GetParam()), std::get<1>(GetParam()));
  image<float> flow(s.width, s.height, 2);
  image<u8> reasons(s.width, s.height);
  test::make_dense_flow({.width = s.width, .height = s.height, .type = element_type::f32}, options,
                        {.processor = run_on::cpu, .threads = 1})
      .run({a, b}, {.flow = flow, .validity = reasons});
  const auto flat = std::count(reasons.data(), reasons.data() + reasons.size(), u8(flow_reason::flat));
  EXPECT_LT(flat, s.width * s.height / 50);
}

INSTANTIATE_TEST_SUITE_P(Methods, FlowValidity,
                         testing::Combine(testing::ValuesIn(test::dense_methods),
                                          testing::Values(flow_quality::fast, flow_quality::balanced,
                                                          flow_quality::accurate)));

TEST(FlowValidity, EveryPairOfABatchHasItsOwnLimits) {
  const image<u8> firsts[] = {textured(9), textured(10)}, seconds[] = {textured(9, 2, 1), textured(11)};
  image<u8> a(s.width, s.height, 1, 1, 2), b(s.width, s.height, 1, 1, 2);
  image<float> flow(s.width, s.height, 2, 1, 2), scores(1, 1, 1, 1, 2);
  image<u8> reasons(s.width, s.height, 1, 1, 2);
  for (int n = 0; n < 2; ++n) {
    std::copy(firsts[n].data(), firsts[n].data() + firsts[n].size(), a.data() + n * firsts[n].size());
    std::copy(seconds[n].data(), seconds[n].data() + seconds[n].size(), b.data() + n * seconds[n].size());
  }
  horn_schunck({.width = s.width, .height = s.height, .count = 2}, {}, {run_on::cpu})
      .run({a, b}, {.flow = flow, .validity = reasons, .cut_score = scores});
  EXPECT_LT(scores.data()[0], 0.2f);
  EXPECT_GT(scores.data()[1], 0.4f);
  const auto half = reasons.data() + reasons.size() / 2;
  EXPECT_GT(std::count(reasons.data(), half, u8(flow_reason::valid)), s.width * s.height * 8 / 10);
  EXPECT_EQ(std::count(half, half + s.width * s.height, u8(flow_reason::cut)), s.width * s.height);
}

/// Without validity it is summed up and not counted by levels; rows are longer than what is summed at once.
TEST(FlowValidity, TheScoreIsTheSameWhereItIsAskedForAlone) {
  const size wide{5003, 18};
  test::random r(4);
  for (const auto& [threads, masked] : {std::tuple{1, false}, {2, false}, {2, true}}) {
    image<u8> a(wide.width, wide.height), b(wide.width, wide.height), mask(wide.width, wide.height);
    for (auto* im : {&a, &b, &mask}) {
      const std::uint64_t most = im == &mask ? 2 : im == &a ? 256 : 40;
      std::generate(im->data(), im->data() + im->size(), [&] { return static_cast<u8>(r.next() % most); });
    }
    image<float> flow(wide.width, wide.height, 2);
    image<u8> reasons(wide.width, wide.height);
    float alone = -1, beside = -2;
    const flow_pair pair{a, b, masked ? image_view<const u8>(mask.view()) : image_view<const u8>{}};
    for (float* score : {&alone, &beside}) {
      flow_result result{.flow = flow, .cut_score = image_view<float>{score, 1, 1}};
      if (score == &beside) result.validity = reasons;
      horn_schunck({wide.width, wide.height}, horn_schunck_preset(flow_quality::fast),
                   {.processor = run_on::cpu, .threads = threads})
          .run(pair, result);
    }
    EXPECT_EQ(alone, beside);
    EXPECT_GT(alone, 0);
  }
}

TEST(FlowValidity, ClassicVectorsLeaveTheFrameHoweverLittle) {
  // Less than 1/128 px, which is 0 where vectors are rounded.
  const auto a = textured(12), b = textured(12, 0.004, 0);
  image<float> flow(s.width, s.height, 2);
  image<u8> reasons(s.width, s.height);
  int left = 0;
  horn_schunck({s.width, s.height}, horn_schunck_classic(10, 100), {run_on::cpu}).run({a, b}, {flow, reasons});
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double to_x = x + double(flow(x, y, 0)), to_y = y + double(flow(x, y, 1));
      const bool leaves = to_x < 0 || to_y < 0 || to_x > s.width - 1 || to_y > s.height - 1;
      ASSERT_EQ(reasons(x, y) == u8(flow_reason::outside), leaves) << x << " " << y;
      left += leaves && std::fabs(flow(x, y, 0)) < 1.0f / 128 && std::fabs(flow(x, y, 1)) < 1.0f / 128;
    }
  EXPECT_GT(left, 50);
}

}  // namespace
