// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pixels moved forward. Revision 1 of the bytes of `splat`.
//
// A pixel claims the four pixels around its target. Of several claims the one with the higher priority wins, then the
// nearer one, then the one that comes later in the image: the largest number, whatever the order of the claims.

#include <cstdint>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/common/warp/position.hpp"
#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

// priority: 8 bits; nearness: 17 bits; index + 1: 39 bits
inline constexpr int splat_index_bits = 39;
inline constexpr int splat_nearness_bits = 17;

FLUXEL_HD splat_winner make_claim(std::uint32_t priority, std::uint32_t nearness, std::int64_t index) {
  return (splat_winner{priority} << splat_nearness_bits | nearness) << splat_index_bits |
         static_cast<splat_winner>(index + 1);
}
/// Of a winner that is not 0: the pixel's number, row by row.
FLUXEL_HD std::int64_t claimed_index(splat_winner w) {
  return static_cast<std::int64_t>(w & ((splat_winner{1} << splat_index_bits) - 1)) - 1;
}

/// claim(x, y, number) for each pixel around the target of (x, y) that is inside the image. A pixel whose flow is not
/// known claims nothing.
template <class Claim>
FLUXEL_HD void claim_around(const splat_claims& c, int n, int x, int y, const Claim& claim) {
  const int width = c.flow.u.width, height = c.flow.u.height;
  const float u = *pixel_at<const float>(c.flow.u, n, x, y), v = *pixel_at<const float>(c.flow.v, n, x, y);
  if (!is_known_flow(bits_of_float(u), bits_of_float(v))) return;
  const warp_target at = target_of(x, y, u, v, c.per_pixel_x, c.per_pixel_y);
  const std::uint32_t priority = c.priority.data == nullptr ? 0 : *pixel_at<const u8>(c.priority, n, x, y);
  const std::int64_t index = std::int64_t{y} * width + x;
  for (int j = 0; j < 2; ++j)
    for (int i = 0; i < 2; ++i) {
      const std::int64_t to_x = at.x.first + i, to_y = at.y.first + j;
      const std::int32_t near_x = i == 0 ? warp_one - at.x.fraction : at.x.fraction;
      const std::int32_t near_y = j == 0 ? warp_one - at.y.fraction : at.y.fraction;
      if (to_x < 0 || to_y < 0 || to_x >= width || to_y >= height || near_x == 0 || near_y == 0) continue;
      claim(static_cast<int>(to_x), static_cast<int>(to_y),
            make_claim(priority, static_cast<std::uint32_t>(near_x * near_y), index));
    }
}

FLUXEL_HD std::ptrdiff_t winner_at(const image& im, int n, int x, int y) {
  return (std::ptrdiff_t{n} * im.height + y) * im.width + x;
}

/// One pixel of the output, of every plane. @tparam Word  an unsigned integer of the element's bytes
template <class Word>
FLUXEL_HD void show_pixel(const splat_picture& s, int n, int x, int y) {
  const splat_winner w = s.winners[winner_at(s.dst, n, x, y)];
  const std::int64_t from = w == 0 ? 0 : claimed_index(w);
  const int from_x = static_cast<int>(from % s.src.width), from_y = static_cast<int>(from / s.src.width);
  for (int p = 0; p < s.dst.planes; ++p) {
    const Word* in = row_at<const Word>(s.src, n, p, from_y) + std::ptrdiff_t{from_x} * s.src.channels;
    Word* out = row_at<Word>(s.dst, n, p, y) + std::ptrdiff_t{x} * s.dst.channels;
    for (int c = 0; c < s.dst.channels; ++c) out[c] = w == 0 ? Word{0} : in[c];
  }
  if (s.covered.data != nullptr) *pixel_at<u8>(s.covered, n, x, y) = w == 0 ? 0 : 255;
}

}  // namespace fluxel::kernels
