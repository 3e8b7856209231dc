// SPDX-License-Identifier: Apache-2.0
// How far motion may go, and where a sequence begins its search: shifts of whole frames, cuts, pans that grow.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/dense_flow.hpp"
#include "tests/support/layered_scene.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/natural_texture.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;
using test::dense_method;
using test::dense_options;
using test::dense_preset;
using test::layered_scene;
using test::make_dense_flow;
using test::mean_endpoint_error;
using test::moved;
using test::natural_texture;
using test::visible_error;

class Reach : public testing::TestWithParam<dense_method> {};

dense_flow solver(size s, const dense_options& options) {
  return make_dense_flow({s.width, s.height}, options, {.processor = run_on::cpu});
}

TEST_P(Reach, ShiftsOfAThirdOfTheFrameAreFound) {
  constexpr size s{640, 400};
  struct shift {
    int u, v;
  };
  const natural_texture scene(18);
  for (const auto quality : {flow_quality::fast, flow_quality::balanced}) {
    dense_flow object = solver(s, dense_preset(GetParam(), quality));
    image<float> flow(s.width, s.height, 2);
    for (const shift by : {shift{10, 4}, shift{60, 20}, shift{-110, 40}, shift{160, -60}, shift{230, 0}}) {
      object.run(scene.frame(s, 600, 500), scene.frame(s, 600 - by.u, 500 - by.v), flow);
      EXPECT_LT(mean_endpoint_error(flow, moved(-by.u, -by.v), 12), 0.1) << by.u << " " << by.v;
    }
  }
}

/// On the smallest levels the waves of this texture fit in several places.
TEST_P(Reach, ATextureThatRepeatsIsNotMistaken) {
  constexpr size s{160, 96};
  const auto frame = [&](int left, int top) {
    image<u8> im(s.width, s.height);
    for (int j = 0; j < s.height; ++j)
      for (int i = 0; i < s.width; ++i) {
        const double x = i + left, y = j + top;
        im(i, j) = static_cast<u8>(128 + 40 * std::sin(x / 6 + y / 11) + 40 * std::sin(y / 5 - x / 9) +
                                   25 * std::sin((x + y) / 14));
      }
    return im;
  };
  const auto mask_of = [&](auto known) {
    image<u8> mask(s.width, s.height);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) mask(x, y) = known(x, y) ? 1 : 0;
    return mask;
  };
  const image<u8> masks[] = {mask_of([](int, int) { return true; }), mask_of([](int x, int) { return x >= 64; }),
                             mask_of([](int, int y) { return y >= 38; }),
                             mask_of([](int x, int y) { return std::hypot(x - 80, y - 48) > 42; })};
  constexpr int shifts[][2] = {{6, -3}, {-6, 3}, {4, 4}, {8, 0}, {3, -6}};
  for (const auto quality : {flow_quality::fast, flow_quality::balanced, flow_quality::accurate}) {
    dense_flow object = solver(s, dense_preset(GetParam(), quality));
    image<float> flow(s.width, s.height, 2);
    for (const auto& mask : masks)
      for (const auto& [u, v] : shifts)
        for (int k = 0; k < 2; ++k) {
          object.run({frame(-u * k, -v * k), frame(-u * (k + 1), -v * (k + 1)), mask, mask}, {flow});
          double sum = 0;
          int known = 0;
          for (int y = 14; y < s.height - 14; ++y)
            for (int x = 14; x < s.width - 14; ++x) {
              if (mask(x, y) == 0) continue;
              sum += std::hypot(flow(x, y, 0) - u, flow(x, y, 1) - v);
              ++known;
            }
          EXPECT_LT(sum / known, 0.05) << "mask " << &mask - masks << " by " << u << " " << v;
        }
  }
}

/// Mean errors (px) of the pairs of a sequence whose frames show the scene from `left` on.
struct view {
  const natural_texture* scene;
  double left;
};
std::vector<double> errors(size s, const dense_options& options, const std::vector<view>& views, flow_start start) {
  dense_flow object = solver(s, options);
  image<float> flow(s.width, s.height, 2);
  std::vector<double> all;
  for (std::size_t k = 0; k < views.size(); ++k) {
    const auto frame = views[k].scene->frame(s, views[k].left, 100);
    if (!object.advance({.frame = frame, .start = start}, {.flow = flow})) continue;
    const double u = views[k - 1].left - views[k].left;
    all.push_back(views[k].scene == views[k - 1].scene ? mean_endpoint_error(flow, moved(-u, 0), 10) : 0);
  }
  return all;
}

TEST_P(Reach, ACutLeavesNothingBehind) {
  constexpr size s{256, 192};
  for (const std::uint64_t seed : {1, 3, 5}) {
    const natural_texture before(seed), after(seed + 1);
    std::vector<view> views;
    for (int k = 0; k < 5; ++k) views.push_back({&before, 250.0 - 12 * k});
    for (int k = 0; k < 5; ++k) views.push_back({&after, 250.0 + 10 * k});
    for (const int side : {4, 16}) {
      auto options = dense_preset(GetParam(), flow_quality::fast);
      options.pyramid.coarsest_side = side;
      const auto all = errors(s, options, views, flow_start::previous_flow);
      for (std::size_t k = 0; k < all.size(); ++k)
        EXPECT_LT(all[k], 0.02) << "pair " << k << ", coarsest side " << side << ", scene " << seed;
    }
  }
}

TEST_P(Reach, APanThatGrowsIsFollowedFromPairToPair) {
  constexpr size s{320, 200};
  const natural_texture scene(7);
  std::vector<view> views{{&scene, 4000}};
  for (int u = 5; u <= 85; u += 10) views.push_back({&scene, views.back().left - u});
  auto options = dense_preset(GetParam(), flow_quality::balanced);
  options.pyramid.coarsest_side = 16;
  options.search.radius = 0;
  const auto warm = errors(s, options, views, flow_start::previous_flow);
  for (std::size_t k = 0; k < warm.size(); ++k) EXPECT_LT(warm[k], 0.02) << "pair " << k;
  EXPECT_GT(errors(s, options, views, flow_start::zero).back(), 10) << "needs no start";
}

/// Pairs of a batch choose apart.
TEST_P(Reach, APairOfABatchChoosesForItself) {
  constexpr size s{128, 96};
  const natural_texture one(11), other(12);
  auto options = dense_preset(GetParam(), flow_quality::fast);
  options.pyramid.coarsest_side = 16;
  auto frames = [&](int k) {  // the first pan goes on, the second is cut
    const auto a = one.frame(s, 300 - 9 * k, 100), b = (k < 2 ? one : other).frame(s, 500 + 8 * k, 100);
    image<u8> both(s.width, 2 * s.height);
    std::copy(a.data(), a.data() + a.size(), both.data());
    std::copy(b.data(), b.data() + b.size(), both.data() + a.size());
    return both;
  };
  auto batch = [&](auto& im, int channels) {
    auto v = im.view();
    v.height = s.height;
    v.channels = channels;
    v.count = 2;
    v.stride = v.plane_stride = 0;
    return v;
  };
  dense_flow together =
      make_dense_flow({.width = s.width, .height = s.height, .count = 2}, options, {.processor = run_on::cpu});
  dense_flow first = solver(s, options), second = solver(s, options);
  image<float> flows(s.width, 2 * s.height, 2), flow(s.width, s.height, 2);
  for (int k = 0; k < 4; ++k) {
    const auto both = frames(k);
    const auto start = flow_start::previous_flow;
    together.advance({.frame = batch(both, 1), .start = start}, {.flow = batch(flows, 2)});
    for (int n = 0; n < 2; ++n) {
      const auto view = both.view().sub_view(0, n * s.height, s.width, s.height);
      if (!(n == 0 ? first : second).advance({.frame = view, .start = start}, {.flow = flow})) continue;
      EXPECT_TRUE(std::equal(flow.data(), flow.data() + flow.size(), flows.data() + n * flow.size())) << k << n;
    }
  }
}

/// Things that move by tens of pixels against what is behind them.
TEST_P(Reach, SmallThingsThatMoveFarAreFound) {
  constexpr size s{640, 400};
  struct scene_case {
    layered_scene scene;
    double most;  ///< mean error (px) of what the second frame shows too
  };
  const scene_case cases[] = {
      {{s, -8, 2, {{450, 150, 60, 50, -150, 60}, {150, 280, 50, 70, 90, -40}}, 2}, 6},
      {{s, 0, 0, {{300, 200, 90, 80, 60, -30}, {500, 300, 25, 25, -100, -60}}, 4}, 1.6},
      {{s, -40, 10, {{320, 200, 130, 110, 80, 20}}, 5}, 2.2},
      {{s, 0, 0, {{150, 200, 80, 90, 180, 0}}, 8}, 1.8},
      {{s, 35, 0, {{400, 200, 180, 140, -90, 15}}, 14}, 3},
  };
  for (const scene_case& c : cases) {
    const auto pair = c.scene.make();
    auto options = dense_preset(GetParam(), flow_quality::balanced);
    image<float> searched(s.width, s.height, 2), plain(s.width, s.height, 2);
    solver(s, options).run(pair.prev, pair.next, searched);
    options.search.radius = 0;
    solver(s, options).run(pair.prev, pair.next, plain);
    const double with = visible_error(searched, pair), without = visible_error(plain, pair);
    EXPECT_LT(with, c.most) << "scene " << c.scene.seed;
    EXPECT_LT(with, 0.75 * without) << "scene " << c.scene.seed;
  }
}

/// In a fade, or where clouds come, brightness is no help.
TEST_P(Reach, SmallThingsThatMoveFarAreFoundInAFade) {
  constexpr size s{640, 400};
  for (const layered_scene& scene : {layered_scene{s, -40, 10, {{320, 200, 130, 110, 80, 20}}, 5},
                                     layered_scene{s, 0, 0, {{150, 200, 80, 90, 180, 0}}, 8}}) {
    auto pair = scene.make();
    for (std::size_t k = 0; k < pair.next.size(); ++k)
      pair.next.data()[k] = static_cast<u8>(pair.next.data()[k] * 85 / 100);
    image<float> flow(s.width, s.height, 2);
    solver(s, dense_preset(GetParam(), flow_quality::balanced)).run(pair.prev, pair.next, flow);
    EXPECT_LT(visible_error(flow, pair), 2.5) << "scene " << scene.seed;
  }
}

/// Where there is little texture, as on a road whose light changes, some displacement always fits a little better.
TEST_P(Reach, WhatFitsByChanceChangesNothing) {
  constexpr size s{320, 240};
  for (const std::uint64_t seed : {1, 2, 3}) {
    const natural_texture scene(seed);
    test::random r(seed);
    auto frame = [&](double left, double brighter) {
      image<u8> im(s.width, s.height);
      for (int y = 0; y < s.height; ++y)
        for (int x = 0; x < s.width; ++x) {
          const double noise = static_cast<double>(r.next() % 7) - 3;
          im(x, y) = static_cast<u8>(std::lround(100 + brighter * x + 0.06 * (scene.at(left + x, y) - 128) + noise));
        }
      return im;
    };
    const auto prev = frame(1000, 0), next = frame(997, 0.02);
    auto options = dense_preset(GetParam(), flow_quality::balanced);
    image<float> searched(s.width, s.height, 2), plain(s.width, s.height, 2);
    solver(s, options).run(prev, next, searched);
    options.search.radius = 0;
    solver(s, options).run(prev, next, plain);
    EXPECT_TRUE(std::equal(plain.data(), plain.data() + plain.size(), searched.data())) << "scene " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, Reach, testing::ValuesIn(test::dense_methods));

}  // namespace
