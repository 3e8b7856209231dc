// SPDX-License-Identifier: Apache-2.0
#pragma once

// Corners, revision 1 of the bytes of `good_features`. A corner is a pixel whose strength is above 0, at least the
// quality times the strongest, and that no neighbour beats. Neighbours of equal strength are beaten by the one that
// comes first in reading order, so that no 2 x 2 pixels hold two corners.

#include <cstdint>

#include "kernels/common/runtime/convert.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// Stands in the plane of strengths where a window touches an unknown pixel; a corner has no such neighbour.
inline constexpr float unknown_strength = -1.0f;

/// Sorts corners: the stronger first, then the upper, then the left.
FLUXEL_HD std::uint64_t feature_key(float strength, std::uint32_t index) {
  return std::uint64_t{~bits_of_float(strength)} << 32 | index;
}
FLUXEL_HD float key_strength(std::uint64_t key) { return float_from_bits(~static_cast<std::uint32_t>(key >> 32)); }
FLUXEL_HD std::uint32_t key_index(std::uint64_t key) { return static_cast<std::uint32_t>(key); }

/// Whether a pixel of strength s > 0 may stand beside one of `other`, which comes before or after it.
FLUXEL_HD bool beats_earlier(float s, float other) { return other >= 0 && s > other; }
FLUXEL_HD bool beats_later(float s, float other) { return other >= 0 && s >= other; }

/// Whether no neighbour beats the pixel, whose strength is above 0.
FLUXEL_HD bool is_peak(const plane<float>& p, int x, int y) {
  const float s = pixel_at(p, 0, x, y);
  for (int j = -1; j <= 1; ++j)
    for (int i = -1; i <= 1; ++i) {
      if (x + i < 0 || x + i >= p.width || y + j < 0 || y + j >= p.height || (i == 0 && j == 0)) continue;
      const float other = pixel_at(p, 0, x + i, y + j);
      const bool earlier = j < 0 || (j == 0 && i < 0);
      if (!(earlier ? beats_earlier(s, other) : beats_later(s, other))) return false;
    }
  return true;
}

/// Strengths compare as their bits do, from 0 on.
FLUXEL_HD std::int32_t strength_bits(float s) { return static_cast<std::int32_t>(bits_of_float(s)); }

FLUXEL_HD bool too_near(int x0, int y0, int x1, int y1, int distance_squared) {
  const std::int64_t dx = x0 - x1, dy = y0 - y1;
  return dx * dx + dy * dy < distance_squared;
}

/// Corners that are apart by the cell's side or more: a cell holds at most four, one in each quarter.
inline constexpr int corners_per_cell = 4;

}  // namespace fluxel::kernels
