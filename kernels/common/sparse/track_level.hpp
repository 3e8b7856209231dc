// SPDX-License-Identifier: Apache-2.0
#pragma once

// One level of a tracked point: Gauss-Newton steps of a window. Each half has a window class:
//
//   tensor_sums open(prev, position)            samples the window and its derivatives
//   tensor_scale scale()                        how the sums of the opened one become a mean tensor
//   mismatch_sums mismatch(next, position)
//   float residual(next, position)              mean absolute difference, grey levels
//
// Only what lies inside the frames counts: derivatives outside the previous frame are 0, and differences outside the
// next one.

#include <cstdint>

#include "kernels/common/sparse/track_pixels.hpp"
#include "kernels/contract/sparse.hpp"

namespace fluxel::kernels {

/// Whether a window around the position touches the image.
template <class T>
FLUXEL_HD bool touches(const plane<T>& p, track_position at, int radius) {
  const std::int32_t reach = radius * track_one;
  return at.x >= -reach && at.y >= -reach && at.x <= (p.width - 1) * track_one + reach &&
         at.y <= (p.height - 1) * track_one + reach;
}
/// Whether the position is within the outermost pixel centres.
template <class T>
FLUXEL_HD bool within(const plane<T>& p, track_position at) {
  return touches(p, at, 0);
}

/// Where a point of the finest level lies on a coarser one: pixel areas correspond.
FLUXEL_HD float level_coordinate(float x, int finest, int level) {
  if (finest == level) return x;
  const float scale = static_cast<float>(level) / static_cast<float>(finest);
  return (x + 0.5f) * scale - 0.5f;
}
FLUXEL_HD track_position level_position(const plane<const u16>& finest, const plane<const u16>& level, point p) {
  constexpr float one = track_one;
  return {track_round(level_coordinate(p.x, finest.width, level.width) * one),
          track_round(level_coordinate(p.y, finest.height, level.height) * one)};
}
/// A displacement carried from a level to another.
FLUXEL_HD std::int32_t rescaled(std::int32_t units, int from, int to) {
  if (from == to) return units;
  return track_round(static_cast<float>(units) * (static_cast<float>(to) / static_cast<float>(from)));
}
FLUXEL_HD track_position rescaled(track_position d, const plane<const u16>& from, const plane<const u16>& to) {
  return {rescaled(d.x, from.width, to.width), rescaled(d.y, from.height, to.height)};
}

enum class level_end : int { converged, unsettled, left, flat };

struct level_fit {
  level_end end;
  track_position at;  ///< in the next frame
  float min_eigenvalue;
};

/// Moves a window of the next frame until it matches that of the previous one around `from`.
template <class Window>
FLUXEL_HD level_fit fit_level(Window& window, const plane<const u16>& prev, const plane<const u16>& next,
                              track_position from, track_position start, const track_settings& s) {
  const tensor_sums sums = window.open(prev, from);
  level_fit fit{level_end::unsettled, start, tensor_eigenvalues(sums, window.scale()).smaller};
  const track_equation equation(sums);
  if (!(fit.min_eigenvalue >= s.min_eigenvalue) || !equation.solvable()) {
    fit.end = level_end::flat;
    return fit;
  }
  constexpr std::int32_t still = track_one / 100;
  const std::int32_t limit = s.radius * track_one;
  track_position before{0, 0};
  for (int k = 0; k < s.iterations; ++k) {
    if (!touches(next, fit.at, s.radius)) {
      fit.end = level_end::left;
      return fit;
    }
    const track_position step = equation.step(window.mismatch(next, fit.at), limit);
    fit.at = fit.at + step;
    const track_position both = step + before;
    const bool returns = k > 0 && both.x <= still && both.x >= -still && both.y <= still && both.y >= -still;
    if (returns) fit.at = fit.at - track_position{step.x / 2, step.y / 2};  // to and fro: the middle
    if (returns || squared_length(step) <= s.epsilon_squared) {
      fit.end = level_end::converged;
      return fit;
    }
    before = step;
  }
  return fit;
}

}  // namespace fluxel::kernels
