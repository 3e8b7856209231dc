// SPDX-License-Identifier: Apache-2.0
// CTest: also on the emulator
#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "fluxel/good_features.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resize.hpp"
#include "kernels/contract/backend.hpp"
#include "tests/support/rejection.hpp"
#include "tests/support/texture.hpp"

namespace {

using namespace fluxel;
using test::rejection;

struct corners {
  std::vector<point> points;
  std::vector<float> strength;
};

template <class T>
corners detect(const image<T>& im, const feature_options& options, image_view<const u8> mask = {}) {
  feature_detector detector({im.width(), im.height(), im.channels(), element_traits<T>::type}, options,
                            {run_on::automatic});
  corners c{std::vector<point>(options.max_count, {-7, -7}), std::vector<float>(options.max_count, -7)};
  int count = -1;
  detector.run(im, mask, {.points = c.points, .strength = c.strength, .count = &count});
  for (int i = count; i < options.max_count; ++i) {
    EXPECT_EQ(c.points[i], (point{0, 0}));
    EXPECT_EQ(c.strength[i], 0);
  }
  c.points.resize(count);
  c.strength.resize(count);
  return c;
}

image<u8> noise(int width, int height, std::uint64_t seed) {
  return test::random_image<u8>(width, height, 1, 1, 1, seed);
}

image<u8> bytes_of(const image<f32>& im) {
  image<u8> out(im.width(), im.height());
  for (std::size_t i = 0; i < im.size(); ++i) out.data()[i] = static_cast<u8>(im.data()[i]);
  return out;
}

TEST(GoodFeatures, FindsTheCornersOfARectangle) {
  image<u8> im(80, 60);
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 80; ++x) im(x, y) = x >= 20 && x < 55 && y >= 15 && y < 40 ? 200 : 30;
  const corners c = detect(im, {.quality = 0.5, .min_distance = 8, .max_count = 10});
  ASSERT_EQ(c.points.size(), 4u);
  for (auto [x, y] : {std::pair{19.5, 14.5}, {54.5, 14.5}, {19.5, 39.5}, {54.5, 39.5}})
    EXPECT_TRUE(
        std::any_of(c.points.begin(), c.points.end(), [&](point p) { return std::hypot(p.x - x, p.y - y) < 2; }))
        << x << " " << y;
}

/// The definition in the header: every pixel compared with its neighbours, then one after the other.
corners by_definition(const image<u8>& im, const feature_options& o, image_view<const u8> mask) {
  const int width = im.width(), height = im.height();
  std::vector<u16> grey;
  for (std::size_t i = 0; i < im.size(); ++i) grey.push_back(static_cast<u16>(16 * im.data()[i]));
  std::vector<float> s(grey.size());
  kernels::scalar().flow.structure({grey.data(), width, height, width}, o.window_radius,
                                   {s.data(), width, height, width}, {}, {});
  auto allowed = [&](int i) { return mask.data == nullptr || mask.data[i] != 0; };
  float strongest = 0;
  for (int i = 0; i < width * height; ++i)
    if (allowed(i)) strongest = std::max(strongest, s[i]);
  std::vector<int> order;
  for (int i = 0; i < width * height; ++i) {
    bool peak = allowed(i) && s[i] > 0 && s[i] >= static_cast<float>(o.quality) * strongest;
    for (int k = 0; k < width * height && peak; ++k)
      if (k != i && std::abs(k % width - i % width) <= 1 && std::abs(k / width - i / width) <= 1)
        peak = k < i ? s[i] > s[k] : s[i] >= s[k];
    if (peak) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return s[a] > s[b]; });
  corners c;
  for (int i : order) {
    const point p{static_cast<float>(i % width), static_cast<float>(i / width)};
    const bool near = std::any_of(c.points.begin(), c.points.end(),
                                  [&](point q) { return std::hypot(p.x - q.x, p.y - q.y) < o.min_distance; });
    if (near || static_cast<int>(c.points.size()) == o.max_count) continue;
    c.points.push_back(p);
    c.strength.push_back(s[i]);
  }
  return c;
}

TEST(GoodFeatures, FollowsItsDefinition) {
  for (auto [width, height] : {std::pair{1, 1}, {1, 20}, {20, 1}, {2, 2}, {33, 29}, {70, 41}})
    for (double distance : {0.0, 1.0, 1.2, 2.0, 5.0, 7.5, 100.0})
      for (int most : {1, 9, 400}) {
        image<u8> im = noise(width, height, 100 * width + height);
        if (most == 400)  // ties
          for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) im(x, y) = (x / 5 + y / 5) % 2 == 0 ? 10 : 240;
        image<u8> mask(width, height);
        for (int i = 0; i < width * height; ++i) mask.data()[i] = i % 7 != 0;
        const feature_options options{
            .quality = 0.05, .min_distance = distance, .max_count = most, .window_radius = 2};
        for (const auto& m : {image_view<const u8>{}, image_view<const u8>(mask.view())}) {
          const corners found = detect(im, options, m), expected = by_definition(im, options, m);
          ASSERT_EQ(found.points, expected.points) << width << "x" << height << " distance " << distance;
          ASSERT_EQ(found.strength, expected.strength);
        }
      }
}

std::set<std::pair<int, int>> places(const corners& c) {
  std::set<std::pair<int, int>> all;
  for (auto p : c.points) all.insert({static_cast<int>(p.x), static_cast<int>(p.y)});
  return all;
}

TEST(GoodFeatures, TurnAndMirrorWithTheImage) {
  const image<u8> im = noise(61, 47, 3);
  image<u8> turned(47, 61), mirrored(61, 47);
  for (int y = 0; y < 47; ++y)
    for (int x = 0; x < 61; ++x) {
      turned(46 - y, x) = im(x, y);
      mirrored(60 - x, y) = im(x, y);
    }
  const feature_options options{.min_distance = 4, .max_count = 60};
  const auto straight = places(detect(im, options));
  ASSERT_EQ(straight.size(), 60u);
  std::set<std::pair<int, int>> as_turned, as_mirrored;
  for (auto [x, y] : straight) {
    as_turned.insert({46 - y, x});
    as_mirrored.insert({60 - x, y});
  }
  EXPECT_EQ(places(detect(turned, options)), as_turned);
  EXPECT_EQ(places(detect(mirrored, options)), as_mirrored);
}

TEST(GoodFeatures, GrowWithTheImage) {
  const image<u8> im = bytes_of(test::texture(6, 8).frame(90, 70));
  image<u8> large(180, 140);
  resize(im.view(), large.view(), {.filter = filter::bicubic});
  const corners small = detect(im, {.max_count = 25, .window_radius = 2});
  const corners grown = detect(large, {.quality = 0.001, .min_distance = 4, .max_count = 1000, .window_radius = 4});
  int carried = 0, asked = 0;
  for (auto p : small.points) {
    if (p.x < 6 || p.y < 6 || p.x > 83 || p.y > 63) continue;  // the border looks different
    ++asked;
    carried += std::any_of(grown.points.begin(), grown.points.end(),
                           [&](point q) { return std::hypot(q.x - (2 * p.x + 0.5f), q.y - (2 * p.y + 0.5f)) <= 2; });
  }
  EXPECT_GE(asked, 15);
  EXPECT_GE(carried, asked - 1);
}

TEST(GoodFeatures, NaNMakesNoCorner) {
  image<f32> im = test::texture(2).frame(60, 50);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] /= 255;
  for (int y = 20; y < 30; ++y)
    for (int x = 25; x < 40; ++x) im(x, y) = std::numeric_limits<float>::quiet_NaN();
  const corners c = detect(im, {.quality = 0, .min_distance = 0, .window_radius = 2});
  EXPECT_GT(c.points.size(), 10u);
  for (auto p : c.points) EXPECT_FALSE(p.x > 20 && p.x < 44 && p.y > 15 && p.y < 34) << p.x << " " << p.y;
}

TEST(GoodFeatures, AFlatFrameHasNone) {
  image<u8> im(50, 40);
  EXPECT_TRUE(detect(im, {.quality = 0}).points.empty());
  image<u8> nowhere(50, 40);
  EXPECT_TRUE(detect(noise(50, 40, 1), {}, nowhere.view()).points.empty());
}

TEST(GoodFeatures, BadArgumentsAreNamed) {
  auto with = [](const feature_options& o) {
    return rejection([&] { feature_detector({8, 8, 1, element_type::u8}, o); });
  };
  EXPECT_NE(with({.quality = 1.5}).find("options.quality"), std::string::npos);
  EXPECT_NE(with({.min_distance = -1}).find("options.min_distance"), std::string::npos);
  EXPECT_NE(with({.max_count = 0}).find("options.max_count"), std::string::npos);
  EXPECT_NE(with({.max_count = INT_MAX}).find("options.max_count"), std::string::npos);
  EXPECT_NE(with({.window_radius = 16}).find("options.window_radius"), std::string::npos);
  EXPECT_NE(rejection([] {
              feature_detector({8, 8, 5, element_type::u8});
            }).find("geometry.channels"),
            std::string::npos);

  feature_detector detector({8, 8, 1, element_type::u8}, {.max_count = 4});
  const image<u8> frame(8, 8), other(8, 9);
  std::vector<point> points(4);
  int count = 0;
  auto call = [&](const image<u8>& im, image_view<const u8> mask, const feature_result& r) {
    return rejection([&] { detector.run(im, mask, r); });
  };
  const feature_result good{.points = points, .count = &count};
  EXPECT_NE(call(other, {}, good).find("frame"), std::string::npos);
  EXPECT_NE(call(frame, other.view(), good).find("mask"), std::string::npos);
  EXPECT_NE(call(frame, {}, {.points = std::span(points).first(3), .count = &count}).find("result.points"),
            std::string::npos);
  EXPECT_NE(call(frame, {}, {.points = points}).find("result.count"), std::string::npos);
  EXPECT_EQ(call(frame, {}, good), "nothing was thrown");
}

}  // namespace
