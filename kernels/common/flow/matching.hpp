// SPDX-License-Identifier: Apache-2.0
#pragma once

// Block matching on a small level: where small things move farther than the levels that still show them can follow.
// Every whole displacement within a radius is tried. A match counts when the search back returns to its pixel within
// one pixel. Grey levels are rounded to 8 bits.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/start.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

inline constexpr int block_radius = 2;         ///< of the windows that are compared
inline constexpr int most_match_radius = 127;  ///< of the displacements

FLUXEL_HD std::int32_t byte_of_grey(u16 grey) { return (grey + intensity_one / 2) / intensity_one; }

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
  plane<const u16> from, to;
  int radius, direction;
  flow_planes best;

  FLUXEL_HD std::int32_t difference(int n, int x, int y, int dx, int dy) const {
    std::int32_t sum = 0;
    for (int j = -block_radius; j <= block_radius; ++j)
      for (int i = -block_radius; i <= block_radius; ++i)
        sum += start_gain::distance(byte_of_grey(clamped_pixel(from, n, x + i, y + j)),
                                    byte_of_grey(clamped_pixel(to, n, x + dx + i, y + dy + j)));
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

/// flow_masked where a match does not return, or a pixel of it is unknown.
struct check_match_pixel {
  flow_frames frames;
  flow_planes forward, backward;
  plane<u8> unmatched;

  FLUXEL_HD static bool unknown(const plane<const u8>& mask, int n, int x, int y) {
    return mask.data != nullptr && pixel_at(mask, n, x, y) != 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const int u = pixel_at(forward.u, n, x, y), v = pixel_at(forward.v, n, x, y);
    const int to_x = x + u / flow_one, to_y = y + v / flow_one;
    const int du = u + pixel_at(backward.u, n, to_x, to_y), dv = v + pixel_at(backward.v, n, to_x, to_y);
    const bool returns = du >= -flow_one && du <= flow_one && dv >= -flow_one && dv <= flow_one;
    const bool known = !unknown(frames.prev_mask, n, x, y) && !unknown(frames.next_mask, n, to_x, to_y);
    pixel_at(unmatched, n, x, y) = returns && known ? u8{0} : flow_masked;
  }
};

/// What the windows around a pixel say for `other` beside `flow`, over pixels that both take to known ones: what
/// leaves the frame is like anything. The next frame has been warped by each.
inline constexpr u8 other_fits_better = 1;
inline constexpr u8 other_fits_clearly = 2;  ///< half the difference and less, and the pixel's own vector is known
struct weigh_flows_pixel {
  flow_frames frames;
  warped_frame by_flow, by_other;
  plane<u8> evidence;

  static constexpr std::int32_t most_difference = 16 * intensity_one - 1;  ///< of slopes; larger ones count as this
  static constexpr std::int32_t margin = 4 * intensity_one;  ///< of twice the difference: flat places fit by chance
  struct gain {
    std::int32_t better = 0, clearly = 0;
  };
  /// The change from the previous frame to the warped one, of a pixel and of those to the right and below. How its
  /// slopes differ counts, not how bright the frames are: light changes, and fades.
  struct change {
    std::int32_t own, right, below;
    FLUXEL_HD std::int32_t difference() const { return limited(right - own) + limited(below - own); }
    FLUXEL_HD static std::int32_t limited(std::int32_t d) {
      const std::int32_t m = d < 0 ? -d : d;
      return m < most_difference ? m : most_difference;
    }
  };
  FLUXEL_HD static gain gain_of(const change& flow, const change& other) {
    const std::int32_t a = flow.difference(), b = other.difference();
    return {a - b, a - 2 * b - margin};
  }
  FLUXEL_HD change change_at(const warped_frame& by, int n, int x, int y) const {
    auto of = [&](int i, int j) { return pixel_at(by.grey, n, i, j) - pixel_at(frames.prev, n, i, j); };
    return {of(x, y), of(x + 1, y), of(x, y + 1)};
  }
  FLUXEL_HD bool known(int n, int x, int y) const {
    return (pixel_at(by_flow.reason, n, x, y) | pixel_at(by_other.reason, n, x, y)) == 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    gain sum;
    for (int j = y - block_radius; j <= y + block_radius; ++j)
      for (int i = x - block_radius; i <= x + block_radius; ++i) {
        if (i < 0 || j < 0 || i + 1 >= frames.prev.width || j + 1 >= frames.prev.height) continue;
        if (!known(n, i, j) || !known(n, i + 1, j) || !known(n, i, j + 1)) continue;
        const gain g = gain_of(change_at(by_flow, n, i, j), change_at(by_other, n, i, j));
        sum.better += g.better;
        sum.clearly += g.clearly;
      }
    const bool clearly = sum.clearly > 0 && pixel_at(by_other.reason, n, x, y) == 0;
    pixel_at(evidence, n, x, y) = clearly ? other_fits_clearly : sum.better > 0 ? other_fits_better : u8{0};
  }
};

/// Vectors of `other` where they fit better and, near by, clearly better: a few that fit by chance move nothing.
struct choose_flow_pixel {
  plane<const u8> evidence;
  flow_planes other, flow;

  static constexpr int region_radius = 4;
  static constexpr int least_region = 6;  ///< pixels of the region's (2 region_radius + 1)^2

  FLUXEL_HD void operator()(int n, int x, int y) const {
    if (pixel_at(evidence, n, x, y) == 0) return;
    int clear = 0;
    for (int j = y - region_radius; j <= y + region_radius; ++j)
      for (int i = x - region_radius; i <= x + region_radius; ++i) {
        if (i < 0 || j < 0 || i >= evidence.width || j >= evidence.height) continue;
        clear += pixel_at(evidence, n, i, j) == other_fits_clearly;
      }
    if (clear < least_region) return;
    pixel_at(flow.u, n, x, y) = pixel_at(other.u, n, x, y);
    pixel_at(flow.v, n, x, y) = pixel_at(other.v, n, x, y);
  }
};

}  // namespace fluxel::kernels
