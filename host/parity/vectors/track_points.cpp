// SPDX-License-Identifier: Apache-2.0
// Points of a texture and where they go; some lie outside, some are none.

#include "fluxel/track_points.hpp"

#include <limits>

#include "host/parity/vectors/flow_frames.hpp"

namespace fluxel::vectors::track_points_vectors {

namespace {

constexpr int cases = 20;
constexpr int around = 2;   ///< px beyond the frame where points are too
constexpr int steps = 64;   ///< per pixel
constexpr int none_of = 8;  ///< one of so many points has no x
constexpr auto nan = std::numeric_limits<float>::quiet_NaN();

std::vector<point> make_points(size s, int count, std::uint64_t seed) {
  parity::random r(seed);
  auto coordinate = [&](int side) {
    return float(r.next() % std::uint64_t(steps * (side + 2 * around))) / steps - around;
  };
  std::vector<point> points;
  for (int i = 0; i < count; ++i) {
    const float x = coordinate(s.width), y = coordinate(s.height);
    points.push_back({i % none_of == none_of - 1 ? nan : x, y});
  }
  return points;
}

struct track_case {
  flow_geometry geometry;
  track_options options;
  motion by;
  int points = 1;
  bool guess = false;  ///< the search starts where the texture goes
  int mask_below = 0;  ///< bytes of 256 that make the zeros of both masks; 0: no masks
  std::uint64_t seed = 0;
};

track_case draw_case(parity::random r, element_type type) {
  const int w = r.between(9, 48), h = r.between(9, 40), channels = r.pick({1, 3, 4});
  track_case c{.geometry = {w, h, channels, type}};
  c.options.window = r.pick({3, 7, 15, 21, 31});
  c.options.max_levels = r.pick({1, 2, 4});
  c.options.iterations = r.pick({1, 5, 30});
  c.options.forward_backward = r.pick({0.0, 0.0, 0.5, 2.0});
  c.by.x = r.below(4);
  c.by.y = r.below(4);
  c.points = r.between(9, 32);
  c.guess = r.one_in(3);
  c.seed = r.next() >> 32;
  return c;
}

void print_case(const track_case& c, run_on device) {
  const flow_geometry& g = c.geometry;
  const track_options& o = c.options;
  const size s{g.width, g.height};
  const auto from = make_points(s, c.points, c.seed + 1);
  std::vector<point> guess, to(from.size());
  if (c.guess)
    for (const point& p : from) guess.push_back({p.x - float(c.by.x), p.y - float(c.by.y)});
  std::vector<track_status> status(from.size());
  std::vector<float> error(from.size()), eigenvalue(from.size());
  point_tracker tracker(g, c.points, o, {device});
  const point_tracks tracks{from, to, status, error, eigenvalue, guess};
  const auto prev_mask = make_mask(s, c.mask_below, c.seed + 2), next_mask = make_mask(s, c.mask_below, c.seed + 3);
  with_flow_element(g.type, [&]<class T>(T) {
    const auto [prev, next] = make_frames<T>(s, g.channels, c.by, c.seed);
    flow_pair pair{.prev = prev, .next = next};
    if (c.mask_below > 0) {
      pair.prev_mask = prev_mask;
      pair.next_mask = next_mask;
    }
    tracker.run(pair, tracks);
  });
  for (point& p : to) {  // one payload for every NaN
    if (p.x != p.x) p.x = nan;
    if (p.y != p.y) p.y = nan;
  }
  line l("track_points", "track_points", g.type);
  l.extent("src", s).number("channels", std::uint64_t(g.channels)).number("seed", c.seed);
  l.numbers("shift", {c.by.x, c.by.y}).number("points", std::uint64_t(c.points)).truth("guess", c.guess);
  l.number("window", std::uint64_t(o.window)).number("max_levels", std::uint64_t(o.max_levels));
  l.number("iterations", std::uint64_t(o.iterations)).real("forward_backward", o.forward_backward);
  if (c.mask_below > 0) l.number("mask_below", std::uint64_t(c.mask_below));
  if (g.range.low < g.range.high) l.reals("range", {g.range.low, g.range.high});
  l.print(hash_list(eigenvalue, hash_list(error, hash_list(status, hash_list(to)))));
}

void print_track_points(const computer& by) {
  constexpr element_type types[] = {element_type::u8, element_type::u16, element_type::f32};
  for (int i = 0; i < cases; ++i) {
    const auto type = types[i % 3];
    print_case(draw_case(numbers_of("track_points", "", type, i / 3), type), by.device);
  }
  for (const auto type : types) {
    for (const int mask_below : {4, 60}) {
      auto c = draw_case(numbers_of("track_points", "masks", type, mask_below), type);
      c.mask_below = mask_below;
      print_case(c, by.device);
    }
    auto c = draw_case(numbers_of("track_points", "range", type, 0), type);
    c.geometry.range = range_of(type);
    print_case(c, by.device);
  }
}

const operation entry{"track_points", print_track_points};

}  // namespace

}  // namespace fluxel::vectors::track_points_vectors
