// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pyramids of frames with unknown pixels. A level is reduced from the known pixels alone, and a pixel counts as
// wholly known when these have at least a quarter of the weights. Afterwards, from coarse to fine, unknown pixels
// take their grey from the next coarser level, so that slopes beside a hole stay sane.

#include <cstdint>

#include "kernels/common/resize/position.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

inline constexpr u8 pixel_unknown = flow_masked;
inline constexpr u8 pixel_changed = 2;  ///< known, but not what a plain reduction makes; until the level is filled

struct normalise_pixel {
  static constexpr int axis_bits = 14;
  known_level fine, coarse;
  known_axes axes;
  u8 changed;  ///< how a pixel is marked that is made anew

  FLUXEL_HD bool plain(int n, int left, int top) const {
    u8 any = 0;
    for (int j = 0; j < axes.y.taps; ++j)
      for (int i = 0; i < axes.x.taps; ++i) any |= pixel_at(fine.unknown, n, left + i, top + j);
    return any == 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const int left = axes.x.first[x], top = axes.y.first[y];
    u8& mark = pixel_at(coarse.unknown, n, x, y);
    mark = 0;
    if (plain(n, left, top)) return;
    const std::int32_t* const wx = axes.x.weight + std::ptrdiff_t{x} * axes.x.taps;
    const std::int32_t* const wy = axes.y.weight + std::ptrdiff_t{y} * axes.y.taps;
    std::int64_t sum = 0, known = 0;  // at most 2^40 and 2^28
    for (int j = 0; j < axes.y.taps; ++j) {
      std::int64_t of_row = 0, known_of_row = 0;
      for (int i = 0; i < axes.x.taps; ++i) {
        if (pixel_at(fine.unknown, n, left + i, top + j) == pixel_unknown) continue;
        of_row += std::int64_t{wx[i]} * pixel_at(fine.grey, n, left + i, top + j);
        known_of_row += wx[i];
      }
      sum += wy[j] * of_row;
      known += wy[j] * known_of_row;
    }
    mark = pixel_unknown;
    if (4 * known < std::int64_t{1} << (2 * axis_bits)) return;
    mark = changed;
    pixel_at(coarse.grey, n, x, y) = static_cast<u16>((sum + known / 2) / known);
  }
};

/// Bilinear, half-pixel; weights in 1/2^8.
struct fill_level_pixel {
  known_level coarse, fine;
  ratio across, along;

  fill_level_pixel(const known_level& from, const known_level& to)
      : coarse(from),
        fine(to),
        across(make_ratio(coordinates::half_pixel, from.grey.width, to.grey.width)),
        along(make_ratio(coordinates::half_pixel, from.grey.height, to.grey.height)) {}

  FLUXEL_HD void operator()(int n, int x, int y) const {
    u8& mark = pixel_at(fine.unknown, n, x, y);
    if (mark != pixel_unknown) {
      mark = 0;
      return;
    }
    const position px = linear_position(across, x), py = linear_position(along, y);
    const auto wx = static_cast<std::int32_t>(px.fraction >> 24), wy = static_cast<std::int32_t>(py.fraction >> 24);
    auto row = [&](int j) {
      return (256 - wx) * clamped_pixel(coarse.grey, n, px.index, j) +
             wx * clamped_pixel(coarse.grey, n, px.index + 1, j);
    };
    const std::int32_t sum = (256 - wy) * row(py.index) + wy * row(py.index + 1);
    pixel_at(fine.grey, n, x, y) = static_cast<u16>((sum + (1 << 15)) >> 16);
  }
};

}  // namespace fluxel::kernels
