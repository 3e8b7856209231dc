// SPDX-License-Identifier: Apache-2.0
#pragma once

// Block matching on a small level: where small things move farther than the levels that still show them can follow.
// Every whole displacement within a radius is tried. A match counts when the search back returns to its pixel within
// one pixel. Then the choice between matches and the flow that has been solved for.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/start.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

inline constexpr int block_radius = 2;         ///< of the windows that are compared
inline constexpr int most_match_radius = 127;  ///< of the displacements
inline constexpr int detail_radius = 3;        ///< of the windows whose mean detail is without

/// What is compared: the grey level less the mean around it, so that a fade or a shadow matches what it was. The
/// border repeats.
FLUXEL_HD u8 detail_of(std::int32_t grey, std::int32_t sum) {
  constexpr int pixels = (2 * detail_radius + 1) * (2 * detail_radius + 1);
  const std::int32_t level = 128 + ((grey - sum / pixels + intensity_one / 2) >> 4);
  return static_cast<u8>(level < 0 ? 0 : level > 255 ? 255 : level);
}
struct detail_pixel {
  plane<const u16> grey;
  plane<u8> detail;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    std::int32_t sum = 0;
    for (int j = y - detail_radius; j <= y + detail_radius; ++j)
      for (int i = x - detail_radius; i <= x + detail_radius; ++i) sum += clamped_pixel(grey, n, i, j);
    pixel_at(detail, n, x, y) = detail_of(pixel_at(grey, n, x, y), sum);
  }
};

/// The smallest is the best match: the sum of absolute differences, then the length of the displacement, then its
/// place from top to bottom and from left to right, as seen from the previous frame (`direction` -1: from the next
/// one).
struct block_match {
  std::uint64_t key = ~std::uint64_t{0};

  FLUXEL_HD static block_match of(std::int32_t difference, int dx, int dy, int direction) {
    const int x = direction * dx, y = direction * dy;
    const auto rank = static_cast<std::uint32_t>((x * x + y * y) << 16 | (y + 128) << 8 | (x + 128));
    return {static_cast<std::uint64_t>(difference) << 32 | rank};
  }
  FLUXEL_HD int x(int direction) const { return direction * (static_cast<int>(key & 255) - 128); }
  FLUXEL_HD int y(int direction) const { return direction * (static_cast<int>(key >> 8 & 255) - 128); }
};

/// Of the frame `from` in the frame `to`; windows repeat the border of either.
struct match_pixel {
  plane<const u8> from, to;
  int radius, direction;
  flow_planes best;

  FLUXEL_HD std::int32_t difference(int n, int x, int y, int dx, int dy) const {
    std::int32_t sum = 0;
    for (int j = -block_radius; j <= block_radius; ++j)
      for (int i = -block_radius; i <= block_radius; ++i)
        sum +=
            start_gain::distance(clamped_pixel(from, n, x + i, y + j), clamped_pixel(to, n, x + dx + i, y + dy + j));
    return sum;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    block_match match;
    for (int dy = -radius; dy <= radius; ++dy) {
      if (y + dy < 0 || y + dy >= to.height) continue;
      for (int dx = -radius; dx <= radius; ++dx) {
        if (x + dx < 0 || x + dx >= to.width) continue;
        const auto found = block_match::of(difference(n, x, y, dx, dy), dx, dy, direction);
        if (found.key < match.key) match = found;
      }
    }
    pixel_at(best.u, n, x, y) = static_cast<std::int16_t>(match.x(direction) * flow_one);
    pixel_at(best.v, n, x, y) = static_cast<std::int16_t>(match.y(direction) * flow_one);
  }
};

/// no_vector where a match does not return, or a pixel of it is unknown.
struct check_match_pixel {
  flow_frames frames;
  flow_planes forward, backward;

  FLUXEL_HD static bool unknown(const plane<const u8>& mask, int n, int x, int y) {
    return mask.data != nullptr && pixel_at(mask, n, x, y) != 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    std::int16_t &own_u = pixel_at(forward.u, n, x, y), &own_v = pixel_at(forward.v, n, x, y);
    const int to_x = x + own_u / flow_one, to_y = y + own_v / flow_one;
    const int du = own_u + pixel_at(backward.u, n, to_x, to_y), dv = own_v + pixel_at(backward.v, n, to_x, to_y);
    const bool returns = du >= -flow_one && du <= flow_one && dv >= -flow_one && dv <= flow_one;
    if (returns && !unknown(frames.prev_mask, n, x, y) && !unknown(frames.next_mask, n, to_x, to_y)) return;
    own_u = own_v = no_vector;
  }
};

/// How much two changes of grey across a pixel's right or lower side differ, limited: not how bright the frames are
/// counts, but their slopes.
inline constexpr std::int32_t most_slope_difference = 16 * intensity_one - 1;
FLUXEL_HD std::int32_t slope_difference(std::int32_t d) {
  const std::int32_t m = d < 0 ? -d : d;
  return m < most_slope_difference ? m : most_slope_difference;
}

/// What the windows around a pixel say for `other` beside `flow`, each of which has warped the next frame.
inline constexpr u8 other_fits_better = 1;
inline constexpr u8 other_fits_clearly = 2;  ///< two thirds of the difference and less; the pixel's vector is known
struct weigh_flows_pixel {
  flow_frames frames;
  warped_frame by_flow, by_other;
  plane<u8> evidence;

  static constexpr int clear_radius = 3;      ///< of the windows for other_fits_clearly; block_radius: for the other
  static constexpr std::int32_t margin = 32;  ///< of the weighed difference of a pixel: flat places fit by chance
  struct gain {
    std::int32_t better = 0, clearly = 0;
  };
  FLUXEL_HD static gain gain_of(std::int32_t by_flow, std::int32_t by_other) {
    return {by_flow - by_other, 2 * by_flow - 3 * by_other - margin};
  }
  /// Of the change from the previous frame to the warped one, to the right and below; `known` 0: of the previous
  /// frame's own slopes, as if there were nothing.
  FLUXEL_HD std::int32_t difference(const warped_frame& by, std::int32_t known, int n, int x, int y) const {
    auto change = [&](int i, int j) { return known * pixel_at(by.grey, n, i, j) - pixel_at(frames.prev, n, i, j); };
    const std::int32_t own = change(x, y);
    return slope_difference(change(x + 1, y) - own) + slope_difference(change(x, y + 1) - own);
  }
  FLUXEL_HD static int reasons(const warped_frame& by, int n, int x, int y) {
    return pixel_at(by.reason, n, x, y) | pixel_at(by.reason, n, x + 1, y) | pixel_at(by.reason, n, x, y + 1);
  }
  /// Over pixels that `other` takes to known ones. A flow that leaves the frame explains nothing, which counts by
  /// half: what is there may have left.
  FLUXEL_HD gain gain_at(int n, int x, int y) const {
    const int flow_reasons = reasons(by_flow, n, x, y);
    if (reasons(by_other, n, x, y) != 0 || (flow_reasons & flow_masked) != 0) return {};
    const std::int32_t of_flow =
        flow_reasons == 0 ? difference(by_flow, 1, n, x, y) : difference(by_flow, 0, n, x, y) / 2;
    return gain_of(of_flow, difference(by_other, 1, n, x, y));
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    std::int32_t better = 0, clearly = 0;
    for (int j = y - clear_radius; j <= y + clear_radius; ++j)
      for (int i = x - clear_radius; i <= x + clear_radius; ++i) {
        if (i < 0 || j < 0 || i + 1 >= frames.prev.width || j + 1 >= frames.prev.height) continue;
        const gain g = gain_at(n, i, j);
        const int dx = i - x, dy = j - y;
        const bool near = dx >= -block_radius && dx <= block_radius && dy >= -block_radius && dy <= block_radius;
        better += near ? g.better : 0;
        clearly += g.clearly;
      }
    pixel_at(evidence, n, x, y) = evidence_of(better, clearly, n, x, y);
  }
  /// From the gains of a pixel's windows.
  FLUXEL_HD u8 evidence_of(std::int32_t better, std::int32_t clearly, int n, int x, int y) const {
    const bool clear = clearly > 0 && pixel_at(by_other.reason, n, x, y) == 0;
    return clear ? other_fits_clearly : better > 0 ? other_fits_better : u8{0};
  }
};

/// The solver follows what differs by less, in 1/64 px: there a match, in whole pixels, is no news.
inline constexpr int least_news = 96;
FLUXEL_HD bool is_news(int du, int dv) {
  return du >= least_news || du <= -least_news || dv >= least_news || dv <= -least_news;
}

/// Vectors of `other` where they fit better and, near by, clearly better: a few that fit by chance move nothing.
struct choose_flow_pixel {
  plane<const u8> evidence;
  flow_planes other, flow;
  plane<u8> taken;  ///< 1 where it is so

  static constexpr int region_radius = 4;
  static constexpr int least_region = 6;  ///< pixels of the region's (2 region_radius + 1)^2

  FLUXEL_HD void operator()(int n, int x, int y) const {
    int clear = 0;
    for (int j = y - region_radius; j <= y + region_radius; ++j)
      for (int i = x - region_radius; i <= x + region_radius; ++i) {
        if (i < 0 || j < 0 || i >= evidence.width || j >= evidence.height) continue;
        clear += pixel_at(evidence, n, i, j) == other_fits_clearly;
      }
    choose(pixel_at(evidence, n, x, y), clear, n, x, y);
  }
  /// By a pixel's own evidence and how many pixels of its region have other_fits_clearly.
  FLUXEL_HD void choose(u8 own, int clear, int n, int x, int y) const {
    const std::int16_t u = pixel_at(other.u, n, x, y), v = pixel_at(other.v, n, x, y);
    std::int16_t &flow_u = pixel_at(flow.u, n, x, y), &flow_v = pixel_at(flow.v, n, x, y);
    const bool takes = own != 0 && clear >= least_region && u != no_vector && is_news(u - flow_u, v - flow_v);
    pixel_at(taken, n, x, y) = takes ? 1 : 0;
    if (!takes) return;
    flow_u = u;
    flow_v = v;
  }
};

}  // namespace fluxel::kernels
