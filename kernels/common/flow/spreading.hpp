// SPDX-License-Identifier: Apache-2.0
#pragma once

// Vectors that spread to the pixels around them, where these fit the frames better by them than by their own. The
// windows of block matching make objects smaller or larger, and smoothness wears them away; no solver finds back
// what moves far.

#include <cstdint>

#include "kernels/common/flow/matching.hpp"

namespace fluxel::kernels {

/// Where matches have been taken: in cells, each of which is the same part of the frame on every level.
struct cell_range {
  int first, last;  ///< pixels, `last` excluded
};
/// Of the cells `from` to `to`, which may lie outside the frame.
FLUXEL_HD cell_range pixels_of_cells(int from, int to, int cells, int width) {
  const int a = from < 0 ? 0 : from, b = to + 1 > cells ? cells : to + 1;
  auto first_of = [&](int cell) { return static_cast<int>((std::int64_t{cell} * width + cells - 1) / cells); };
  return {first_of(a), first_of(b)};
}
FLUXEL_HD int cell_of(int x, int cells, int width) { return static_cast<int>(std::int64_t{x} * cells / width); }

/// A cell counts when a match has been taken in it, or in one of the eight around it.
struct mark_region_cell {
  plane<const u8> taken;
  plane<u8> regions;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const auto across = pixels_of_cells(x - 1, x + 1, regions.width, taken.width);
    const auto down = pixels_of_cells(y - 1, y + 1, regions.height, taken.height);
    u8 any = 0;
    for (int j = down.first; j < down.last; ++j)
      for (int i = across.first; i < across.last; ++i) any |= pixel_at(taken, n, i, j);
    pixel_at(regions, n, x, y) = any;
  }
};

struct spread_flow_pixel {
  flow_frames frames;
  flow_spread how;
  flow_planes from, to;
  float growth_u = 1, growth_v = 1;  ///< of the coarser level's vectors

  spread_flow_pixel(const flow_frames& f, const flow_spread& s, const flow_planes& in, const flow_planes& out)
      : frames(f), how(s), from(in), to(out) {
    if (s.coarse.u.data == nullptr) return;
    growth_u = flow_growth(s.coarse.u.width, in.u.width);
    growth_v = flow_growth(s.coarse.v.height, in.v.height);
  }

  static constexpr int radius = 1;  ///< of the windows: small ones keep objects apart

  struct candidate {
    std::int16_t u, v;
  };
  /// Of the slopes of the window's pixels from those where the vector, in whole pixels, takes them. What leaves the
  /// frame, or is unknown there, is like nothing.
  FLUXEL_HD std::int32_t difference(int n, int x, int y, candidate c) const {
    const auto &prev = frames.prev, &next = frames.next;
    const int dx = (c.u + flow_one / 2) >> 6, dy = (c.v + flow_one / 2) >> 6;
    std::int32_t sum = 0;
    for (int j = y - radius; j <= y + radius; ++j)
      for (int i = x - radius; i <= x + radius; ++i) {
        if (i < 0 || j < 0 || i + 1 >= prev.width || j + 1 >= prev.height) continue;
        if (check_match_pixel::unknown(frames.prev_mask, n, i, j)) continue;
        const int to_x = i + dx, to_y = j + dy;
        const bool there = to_x >= 0 && to_y >= 0 && to_x + 1 < next.width && to_y + 1 < next.height &&
                           !check_match_pixel::unknown(frames.next_mask, n, to_x, to_y);
        const std::int32_t own = pixel_at(prev, n, i, j);
        std::int32_t right = own - pixel_at(prev, n, i + 1, j), below = own - pixel_at(prev, n, i, j + 1);
        if (there) {
          const std::int32_t other = pixel_at(next, n, to_x, to_y);
          right += pixel_at(next, n, to_x + 1, to_y) - other;
          below += pixel_at(next, n, to_x, to_y + 1) - other;
        }
        sum += slope_difference(right) + slope_difference(below);
      }
    return sum;
  }
  FLUXEL_HD bool counts(int n, int x, int y) const {
    const auto& r = how.regions;
    return r.data == nullptr ||
           pixel_at(r, n, cell_of(x, r.width, from.u.width), cell_of(y, r.height, from.u.height)) != 0;
  }
  FLUXEL_HD candidate at(int n, int x, int y) const { return {pixel_at(from.u, n, x, y), pixel_at(from.v, n, x, y)}; }
  /// The coarser level's vector there.
  FLUXEL_HD candidate coarser(int n, int x, int y) const {
    const auto& c = how.coarse.u;
    const int i = cell_of(x, c.width, from.u.width), j = cell_of(y, c.height, from.u.height);
    return {round_flow(pixel_at(how.coarse.u, n, i, j) * growth_u),
            round_flow(pixel_at(how.coarse.v, n, i, j) * growth_v)};
  }
  /// Calls body(candidate): the coarser vector, and those of eight pixels around in their written order.
  template <class Body>
  FLUXEL_HD void for_candidates(int n, int x, int y, const Body& body) const {
    if (how.coarse.u.data != nullptr) body(coarser(n, x, y));
    const int d = how.distance;
    const int places[8][2] = {{0, -d}, {-d, 0}, {d, 0}, {0, d}, {-d, -d}, {d, -d}, {-d, d}, {d, d}};
    for (const auto& place : places) {
      const int i = x + place[0], j = y + place[1];
      if (i < 0 || j < 0 || i >= from.u.width || j >= from.u.height) continue;
      const candidate c = at(n, i, j);
      if (c.u != no_vector) body(c);
    }
  }
  /// The first of the best candidates: where there is no vector yet of all, else of those that are news, when it is
  /// better than the pixel's own by a fifth.
  FLUXEL_HD candidate best(int n, int x, int y) const {
    const candidate own = at(n, x, y);
    const bool empty = own.u == no_vector;
    if (empty != how.fills) return own;
    candidate found = own;
    std::int32_t least = -1, before = -1;
    for_candidates(n, x, y, [&](candidate c) {
      if (!empty && !is_news(c.u - own.u, c.v - own.v)) return;
      if (!empty && before < 0) before = difference(n, x, y, own);
      const std::int32_t d = difference(n, x, y, c);
      if (least >= 0 && d >= least) return;
      least = d;
      found = c;
    });
    return empty || 5 * least < 4 * before ? found : own;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const candidate c = counts(n, x, y) ? best(n, x, y) : at(n, x, y);
    pixel_at(to.u, n, x, y) = c.u;
    pixel_at(to.v, n, x, y) = c.v;
  }
};

}  // namespace fluxel::kernels
