// SPDX-License-Identifier: Apache-2.0
// CTest: also on the emulator
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/track_points.hpp"
#include "tests/support/rejection.hpp"
#include "tests/support/texture.hpp"

namespace {

using namespace fluxel;
using test::rejection;
using test::texture;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr placement automatic{.processor = run_on::automatic};  // the emulator where there is one

struct result {
  std::vector<point> to;
  std::vector<track_status> status;
  std::vector<float> error, min_eigenvalue;

  explicit result(std::size_t n) : to(n), status(n), error(n), min_eigenvalue(n) {}
  point_tracks lists(const std::vector<point>& from, const std::vector<point>& guess = {}) {
    return {
        .from = from, .to = to, .status = status, .error = error, .min_eigenvalue = min_eigenvalue, .guess = guess};
  }
};

flow_geometry on_255(int width, int height) {
  return {.width = width, .height = height, .type = element_type::f32, .white = 255};
}

result track(const image<f32>& a, const image<f32>& b, const std::vector<point>& from, const track_options& options,
             const std::vector<point>& guess = {}) {
  point_tracker tracker(on_255(a.width(), a.height()), static_cast<int>(from.size()), options, automatic);
  result r(from.size());
  tracker.run(a, b, r.lists(from, guess));
  return r;
}

std::vector<point> lattice(int width, int height, int step, int margin) {
  std::vector<point> points;
  for (int y = margin; y < height - margin; y += step)
    for (int x = margin; x < width - margin; x += step) points.push_back({x + 0.25f, static_cast<float>(y)});
  return points;
}

bool inside(point p, int width, int height) {
  return p.x >= 0 && p.y >= 0 && p.x <= static_cast<float>(width - 1) && p.y <= static_cast<float>(height - 1);
}

TEST(TrackPoints, RecoversKnownShifts) {
  const texture t;
  const auto first = t.frame(160, 120);
  const auto from = lattice(160, 120, 19, 35);
  for (auto [dx, dy] : {std::pair{0.0, 0.0}, {0.3, -0.7}, {-1.5, 2.25}, {7.4, -5.2}, {-14.1, 9.6}}) {
    const result r = track(first, t.frame(160, 120, dx, dy), from, {});
    for (std::size_t i = 0; i < from.size(); ++i) {
      ASSERT_EQ(r.status[i], track_status::tracked) << dx << " " << dy << " point " << i;
      EXPECT_NEAR(r.to[i].x - from[i].x, dx, 0.02);
      EXPECT_NEAR(r.to[i].y - from[i].y, dy, 0.02);
      EXPECT_LT(r.error[i], 1);
    }
  }
}

/// One Gauss-Newton step on one level, in doubles. What lies outside the frames does not count.
struct oracle {
  const image<f32>&a, &b;

  static double sample(const image<f32>& im, double x, double y) {
    const double fx = x - std::floor(x), fy = y - std::floor(y);
    auto at = [&](int i, int j) {
      const double v = im(std::clamp(i, 0, im.width() - 1), std::clamp(j, 0, im.height() - 1));
      return std::round(v * 16) / 16;  // Q8.4
    };
    const int i = static_cast<int>(std::floor(x)), j = static_cast<int>(std::floor(y));
    return (1 - fy) * ((1 - fx) * at(i, j) + fx * at(i + 1, j)) +
           fy * ((1 - fx) * at(i, j + 1) + fx * at(i + 1, j + 1));
  }
  struct answer {
    double dx, dy, smaller, larger;
  };
  answer step(point p, int window) const {
    const int r = window / 2;
    double xx = 0, xy = 0, yy = 0, bx = 0, by = 0, n = 0;
    for (int j = -r; j <= r; ++j)
      for (int i = -r; i <= r; ++i) {
        const double x = std::round(p.x * 1024.0) / 1024 + i, y = std::round(p.y * 1024.0) / 1024 + j;
        auto s = [&](double u, double v) { return sample(a, x + u, y + v); };
        const double gx = (3 * (s(1, -1) - s(-1, -1)) + 10 * (s(1, 0) - s(-1, 0)) + 3 * (s(1, 1) - s(-1, 1))) / 32;
        const double gy = (3 * (s(-1, 1) - s(-1, -1)) + 10 * (s(0, 1) - s(0, -1)) + 3 * (s(1, 1) - s(1, -1))) / 32;
        if (!(x >= 0 && y >= 0 && x <= a.width() - 1 && y <= a.height() - 1)) continue;
        ++n;
        const double e = sample(b, x, y) - s(0, 0);
        xx += gx * gx, xy += gx * gy, yy += gy * gy, bx += e * gx, by += e * gy;
      }
    const double det = xx * yy - xy * xy;
    const double root = std::sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
    return {(xy * by - yy * bx) / det, (xy * bx - xx * by) / det, ((xx + yy) / 2 - root) / n,
            ((xx + yy) / 2 + root) / n};
  }
};

TEST(TrackPoints, OneStepSolvesTheNormalEquations) {
  const auto a = texture(3).frame(64, 48), b = texture(3).frame(64, 48, 0.4, -0.3);
  test::random random(5);
  int compared = 0;
  for (int window : {3, 5, 7, 15, 17, 21, 33, 63}) {
    std::vector<point> from;
    for (int i = 0; i < 40; ++i)
      from.push_back(
          {static_cast<float>(random.below(63 * 64)) / 64, static_cast<float>(random.below(47 * 64)) / 64});
    track_options options{.window = window, .max_levels = 1, .iterations = 1, .epsilon = 1, .min_eigenvalue = 1e-6};
    const result r = track(a, b, from, options);
    for (std::size_t i = 0; i < from.size(); ++i) {
      const auto expected = oracle{a, b}.step(from[i], window);
      EXPECT_NEAR(r.min_eigenvalue[i], expected.smaller, 0.01 * expected.larger + 0.05) << window;
      if (expected.smaller < 4 || expected.smaller < expected.larger / 20 || std::hypot(expected.dx, expected.dy) > 1)
        continue;
      EXPECT_NEAR(r.to[i].x - from[i].x, expected.dx, 0.004) << window << " at " << from[i].x << " " << from[i].y;
      EXPECT_NEAR(r.to[i].y - from[i].y, expected.dy, 0.004) << window;
      ++compared;
    }
  }
  EXPECT_GT(compared, 200);
}

TEST(TrackPoints, StatusOfPointsAtAndBeyondTheBorder) {
  const texture t;
  const auto a = t.frame(90, 70);
  const std::vector<point> from{{0, 0},        {89, 69},       {-0.001f, 30}, {89.001f, 30}, {30, -1},
                                {30, 69.001f}, {1e30f, 3},     {3, -1e30f},   {nan, 4},      {4, nan},
                                {infinity, 4}, {4, -infinity}, {-0.0f, 35}};
  const result still = track(a, a, from, {});
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto expected = i < 2 || i == 12 ? track_status::tracked
                          : i < 8          ? track_status::outside
                                           : track_status::invalid;
    EXPECT_EQ(still.status[i], expected) << i;
    EXPECT_EQ(std::memcmp(&still.to[i], &from[i], sizeof(point)) == 0 || i == 12, true) << i;
  }
  // Everything moves 3 px to the left: points within 3 px of the left side leave.
  const result moved = track(a, t.frame(90, 70, -3, 0), {{1, 30}, {2.5f, 40}, {40, 30}}, {});
  EXPECT_EQ(moved.status[0], track_status::outside);
  EXPECT_EQ(moved.status[1], track_status::outside);
  EXPECT_EQ(moved.status[2], track_status::tracked);
}

TEST(TrackPoints, AnyCoordinatesGiveADefinedResult) {
  const texture t;
  const auto a = t.frame(70, 50), b = t.frame(70, 50, 1.5, 0.5);
  point_tracker tracker(on_255(70, 50), 100000, {.window = 7, .max_levels = 2}, automatic);
  const int points = tracker.backend() == backend::cuda ? 2000 : 100000;  // the emulator is slow
  test::random random(1);
  auto coordinate = [&](int side) {
    switch (random.below(12)) {
      case 0: {  // any bits
        const auto bits = static_cast<std::uint32_t>(random.next());
        float v;
        std::memcpy(&v, &bits, sizeof v);
        return v;
      }
      case 1:
        return infinity;
      case 2:
        return -infinity;
      case 3:
        return nan;
      default:
        return static_cast<float>(random.below(1024 * (side + 20)) - 10 * 1024) / 1024;
    }
  };
  std::vector<point> from, guess;
  for (int i = 0; i < points; ++i) {
    from.push_back({coordinate(70), 0});
    from.back().y = coordinate(50);
    guess.push_back({coordinate(70), 0});
    guess.back().y = coordinate(50);
  }
  for (const auto& with : {std::vector<point>{}, guess}) {
    result r(from.size());
    tracker.run(a, b, r.lists(from, with));
    int tracked = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const bool finite = std::isfinite(from[i].x) && std::isfinite(from[i].y);
      ASSERT_EQ(r.status[i] == track_status::invalid, !finite);
      ASSERT_LE(static_cast<int>(r.status[i]), 5);
      ASSERT_TRUE(std::isfinite(r.error[i]) && r.error[i] >= 0 && std::isfinite(r.min_eigenvalue[i]));
      ASSERT_TRUE(!finite || inside(from[i], 70, 50) || r.status[i] == track_status::outside);
      if (r.status[i] != track_status::tracked) continue;
      ASSERT_TRUE(inside(r.to[i], 70, 50)) << r.to[i].x << " " << r.to[i].y;
      ++tracked;
    }
    EXPECT_GT(tracked, points / 10);
  }
}

TEST(TrackPoints, TextureInOneDirectionOrNoneIsFlat) {
  image<f32> flat(60, 60), slope(60, 60);
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 60; ++x) {
      flat(x, y) = 77;
      slope(x, y) = static_cast<f32>(4 * x);
    }
  for (const auto* im : {&flat, &slope}) {
    const result r = track(*im, *im, {{30, 30}, {2, 2}, {59, 0}}, {});
    for (auto s : r.status) EXPECT_EQ(s, track_status::flat);
    EXPECT_EQ(r.to[0], (point{30, 30}));
    EXPECT_EQ(r.error[0], 0);
  }
}

TEST(TrackPoints, WindowsMayBeLargerThanTheImage) {
  const texture t(4, 4);
  for (auto [width, height] : {std::pair{1, 1}, {1, 9}, {9, 1}, {9, 7}, {20, 33}}) {
    const auto a = t.frame(width, height);
    const result r = track(a, a, {{0, 0}, {static_cast<float>(width - 1), static_cast<float>(height - 1)}},
                           {.window = 63, .max_levels = 16});
    for (std::size_t i = 0; i < 2; ++i) {
      const bool thin = width == 1 || height == 1;
      EXPECT_EQ(r.status[i], thin ? track_status::flat : track_status::tracked) << width << "x" << height;
      EXPECT_EQ(r.error[i], 0);
    }
  }
}

TEST(TrackPoints, TheForwardBackwardCheckFindsWhatHasGone) {
  const texture t(1), other(2);
  const auto a = t.frame(120, 120);
  auto b = t.frame(120, 120, 2, 1);
  for (int y = 30; y < 90; ++y)
    for (int x = 30; x < 90; ++x) b(x, y) = static_cast<f32>(other(x, y));
  const auto from = lattice(120, 120, 6, 8);
  const result one_way = track(a, b, from, {.window = 15}),
               both = track(a, b, from, {.window = 15, .forward_backward = 0.3});
  int wrong_one_way = 0, wrong_both = 0, right = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto wrong = [&](const result& r) {
      return r.status[i] == track_status::tracked &&
             std::hypot(r.to[i].x - from[i].x - 2, r.to[i].y - from[i].y - 1) > 0.5;
    };
    wrong_one_way += wrong(one_way);
    wrong_both += wrong(both);
    right += both.status[i] == track_status::tracked && !wrong(both);
    EXPECT_TRUE(one_way.status[i] == track_status::tracked || both.status[i] == one_way.status[i]);
    EXPECT_EQ(both.to[i], one_way.to[i]);
  }
  EXPECT_GT(wrong_one_way, 10);
  EXPECT_LT(wrong_both, wrong_one_way / 3);
  EXPECT_GT(right, 120);
}

TEST(TrackPoints, AGuessReachesFurther) {
  const texture t(9);
  const auto a = t.frame(160, 120), b = t.frame(160, 120, 40, -20);
  const std::vector<point> from{{60, 70}}, guess{{98.5f, 51}};
  for (double back : {0.0, 0.5}) {
    const track_options options{.window = 15, .max_levels = 1, .forward_backward = back};
    const result r = track(a, b, from, options, guess);
    ASSERT_EQ(r.status[0], track_status::tracked);
    EXPECT_NEAR(r.to[0].x, 100, 0.03);
    EXPECT_NEAR(r.to[0].y, 50, 0.03);
  }
}

TEST(TrackPoints, ASequenceEqualsItsPairs) {
  const texture t;
  std::vector<image<f32>> frames;
  for (int i = 0; i < 4; ++i) frames.push_back(t.frame(100, 80, 1.3 * i, -0.7 * i));
  const auto from = lattice(100, 80, 11, 12);
  const int n = static_cast<int>(from.size());
  point_tracker sequence(on_255(100, 80), n, {}, automatic);
  result r(from.size());
  EXPECT_FALSE(sequence.advance(frames[0], r.lists(from)));
  for (int i = 1; i < 4; ++i) {
    ASSERT_TRUE(sequence.advance(frames[i], r.lists(from)));
    const result pair = track(frames[i - 1], frames[i], from, {});
    EXPECT_EQ(r.to, pair.to);
    EXPECT_EQ(r.status, pair.status);
    EXPECT_EQ(r.error, pair.error);
  }
  sequence.restart();
  EXPECT_FALSE(sequence.advance(frames[0], r.lists(from)));
  // A list may be moved in place.
  std::vector<point> places = from;
  EXPECT_TRUE(sequence.advance(frames[1], {.from = places, .to = places, .status = r.status}));
  EXPECT_EQ(places, track(frames[0], frames[1], from, {}).to);
}

/// A hole in both frames, by a mask or of NaN, while the picture moves by (3, 1).
TEST(TrackPoints, PointsInHolesAreMasked) {
  const texture t;
  constexpr int width = 120, height = 90;
  auto a = t.frame(width, height), b = t.frame(width, height, 3, 1);
  image<u8> mask(width, height);
  const auto in_hole = [](float x, float y) { return x > 49 && x < 70 && y > 29 && y < 60; };  // or next to one
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) mask(x, y) = x >= 50 && x < 70 && y >= 30 && y < 60 ? 0 : 9;
  auto a_nan = a, b_nan = b;
  for (int y = 30; y < 60; ++y)
    for (int x = 50; x < 70; ++x) a_nan(x, y) = b_nan(x, y) = nan;
  const auto from = lattice(width, height, 4, 12);
  point_tracker tracker(on_255(width, height), static_cast<int>(from.size()), {}, automatic);
  result by_mask(from.size()), by_nan(from.size()), sequence(from.size());
  tracker.run({.prev = a, .next = b, .prev_mask = mask, .next_mask = mask}, by_mask.lists(from));
  tracker.run(a_nan, b_nan, by_nan.lists(from));
  tracker.restart();
  tracker.advance({.frame = a, .mask = mask}, {});
  tracker.advance({.frame = b, .mask = mask}, sequence.lists(from));
  EXPECT_EQ(by_mask.status, sequence.status);
  EXPECT_EQ(by_mask.to, sequence.to);
  EXPECT_EQ(by_mask.status, by_nan.status);
  int masked = 0, tracked = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const point p = from[i], to = by_mask.to[i];
    if (in_hole(p.x, p.y)) {
      EXPECT_EQ(by_mask.status[i], track_status::masked) << p.x << " " << p.y;
      EXPECT_EQ(to, p);
    }
    masked += by_mask.status[i] == track_status::masked;
    if (by_mask.status[i] != track_status::tracked) continue;
    EXPECT_FALSE(in_hole(p.x, p.y) || in_hole(to.x, to.y)) << p.x << " " << p.y;
    const bool far = p.x < 36 || p.x > 84 || p.y < 16 || p.y > 74;  // windows without holes
    if (far) EXPECT_NEAR(std::hypot(to.x - p.x - 3, to.y - p.y - 1), 0, 0.1) << p.x << " " << p.y;
    ++tracked;
  }
  EXPECT_GT(masked, 30);
  EXPECT_GT(tracked, 250);

  // Where the next frame alone has the hole, points that come there are lost.
  result later(from.size());
  tracker.run({.prev = a, .next = b, .next_mask = mask}, later.lists(from));
  for (std::size_t i = 0; i < from.size(); ++i) {
    const point to{from[i].x + 3, from[i].y + 1};
    if (to.x > 51 && to.x < 68 && to.y > 31 && to.y < 58)
      EXPECT_NE(later.status[i], track_status::tracked) << to.x << " " << to.y;
  }
}

TEST(TrackPoints, PointsBeyondTheCountAreInvalid) {
  const auto a = texture().frame(60, 60);
  const std::vector<point> from{{20, 20}, {30, 30}, {40, 40}};
  point_tracker tracker(on_255(60, 60), 3, {}, automatic);
  const int count = 2;
  result r(3);
  auto lists = r.lists(from);
  lists.count = &count;
  tracker.run(a, a, lists);
  EXPECT_EQ(r.status, (std::vector{track_status::tracked, track_status::tracked, track_status::invalid}));
}

TEST(TrackPoints, PixelTypesAgree) {
  const texture t;
  image<u8> a8(80, 60), b8(80, 60);
  image<u16> a16(80, 60), b16(80, 60);
  image<u8> a_rgb(80, 60, 3), b_rgb(80, 60, 3);
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 80; ++x) {
      a8(x, y) = static_cast<u8>(t(x, y));
      b8(x, y) = static_cast<u8>(t(x - 1, y - 2));
      a16(x, y) = static_cast<u16>(a8(x, y) * 257);
      b16(x, y) = static_cast<u16>(b8(x, y) * 257);
      for (int c = 0; c < 3; ++c) a_rgb(x, y, c) = a8(x, y), b_rgb(x, y, c) = b8(x, y);
    }
  const auto from = lattice(80, 60, 9, 15);
  auto run = [&]<class T>(const image<T>& a, const image<T>& b) {
    point_tracker tracker({80, 60, a.channels(), element_traits<T>::type}, 100, {}, automatic);
    result r(from.size());
    tracker.run(a, b, r.lists(from));
    return r;
  };
  const result r8 = run(a8, b8), r16 = run(a16, b16), rgb = run(a_rgb, b_rgb);
  EXPECT_EQ(r8.to, r16.to);
  EXPECT_EQ(r8.to, rgb.to);
  EXPECT_EQ(r8.status, rgb.status);
}

TEST(TrackPoints, BadArgumentsAreNamed) {
  auto with = [](auto&& change) {
    track_options o;
    change(o);
    return rejection([&] { point_tracker({8, 8, 1, element_type::u8}, 1, o); });
  };
  EXPECT_NE(with([](auto& o) { o.window = 20; }).find("options.window"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.window = 65; }).find("options.window"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.max_levels = 0; }).find("options.max_levels"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.iterations = 0; }).find("options.iterations"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.epsilon = nan; }).find("options.epsilon"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.min_eigenvalue = 0; }).find("options.min_eigenvalue"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.forward_backward = -1; }).find("options.forward_backward"), std::string::npos);
  EXPECT_NE(rejection([] { point_tracker({8, 8}, 1, {}, {.threads = -1}); }).find("threads"), std::string::npos);
  EXPECT_NE(rejection([] {
              point_tracker({8, 8, 1, element_type::f16}, 1);
            }).find("geometry.type"),
            std::string::npos);
  EXPECT_NE(rejection([] {
              point_tracker({8, 8, 1, element_type::u8, 2}, 1);
            }).find("geometry.count"),
            std::string::npos);
  EXPECT_NE(rejection([] { point_tracker({8, 8, 1, element_type::u8}, 0); }).find("capacity"), std::string::npos);

  point_tracker tracker({8, 8, 1, element_type::f32}, 2);
  const image<f32> frame(8, 8), other(9, 8);
  const std::vector<point> three(3), two(2);
  result r(2);
  auto call = [&](const image<f32>& a, const image<f32>& b, point_tracks lists) {
    return rejection([&] { tracker.run(a, b, lists); });
  };
  EXPECT_NE(call(other, frame, r.lists(two)).find("prev"), std::string::npos);
  EXPECT_NE(call(frame, other, r.lists(two)).find("next"), std::string::npos);
  EXPECT_NE(call(frame, frame, r.lists(three)).find("points.from"), std::string::npos);
  auto lists = r.lists(two);
  lists.to = lists.to.first(1);
  EXPECT_NE(call(frame, frame, lists).find("points.to"), std::string::npos);
  lists = r.lists(two);
  lists.error = lists.error.first(1);
  EXPECT_NE(call(frame, frame, lists).find("points.error"), std::string::npos);
  const image<u8> bytes(8, 8);
  EXPECT_NE(rejection([&] { tracker.run(bytes, bytes, r.lists(two)); }).find("prev"), std::string::npos);
  EXPECT_EQ(call(frame, frame, r.lists(two)), "nothing was thrown");
  EXPECT_EQ(call(frame, frame, {}), "nothing was thrown");
}

}  // namespace
