// SPDX-License-Identifier: Apache-2.0
#pragma once

// One tracked point, revision 2 of the bytes of `track_points`: Lucas and Kanade's iteration on a window, coarse to
// fine (Lucas and Kanade 1981; Bouguet 2001). Each half has a window class that samples and sums
// (track_level.hpp); these formulas decide.

#include <cstdint>

#include "kernels/common/sparse/track_level.hpp"
#include "kernels/contract/sparse.hpp"

namespace fluxel::kernels {

enum class track_code : u8 {
  tracked = 0,
  invalid = 1,
  outside = 2,
  flat = 3,
  not_converged = 4,
  inconsistent = 5,
  masked = 6
};

/// Whether one of the pixels around a position inside the frame is unknown.
FLUXEL_HD bool is_masked(const plane<const u8>& mask, track_position at) {
  if (mask.data == nullptr) return false;
  const int x = at.x >> track_bits, y = at.y >> track_bits;
  const int beyond_x = (at.x & (track_one - 1)) != 0, beyond_y = (at.y & (track_one - 1)) != 0;
  u8 unknown = 0;
  for (int j = 0; j <= beyond_y; ++j)
    for (int i = 0; i <= beyond_x; ++i) unknown |= clamped_pixel(mask, 0, x + i, y + j);
  return unknown != 0;
}

struct track_path {
  level_fit fit;          ///< of the finest level
  track_position motion;  ///< units of the finest level
};

/// From the coarsest level to the finest. A level that loses the point hands on what it was given.
template <class Window>
FLUXEL_HD track_path follow(Window& window, int levels, const plane<const u16>* prev, const plane<const u16>* next,
                            point from, track_position motion, const track_settings& s) {
  track_path path{};
  motion = rescaled(motion, prev[0], prev[levels - 1]);
  for (int l = levels - 1; l >= 0; --l) {
    const track_position at = level_position(prev[0], prev[l], from);
    path.fit = fit_level(window, prev[l], next[l], at, at + motion, s);
    if (path.fit.end != level_end::left || l == 0) motion = path.fit.at - at;
    if (l > 0) motion = rescaled(motion, prev[l], prev[l - 1]);
  }
  path.motion = motion;
  return path;
}

struct tracked_point {
  point to;
  track_code status;
  float error, min_eigenvalue;
};

FLUXEL_HD point moved(point p, track_position by) {
  constexpr float unit = 1.0f / track_one;
  return {p.x + static_cast<float>(by.x) * unit, p.y + static_cast<float>(by.y) * unit};
}

/// The guess as a motion. What is not finite is none; what is far is bounded well inside the range of integers.
FLUXEL_HD std::int32_t guessed_units(float from, float guess) {
  constexpr std::int32_t far = track_units_limit / 2;
  if (!is_finite(guess)) return 0;
  const std::int32_t units = track_round((guess - from) * static_cast<float>(track_one));
  return units < -far ? -far : units > far ? far : units;
}

/// @param guess  where the search starts; `from` for none.
template <class Window>
FLUXEL_HD tracked_point track_one_point(Window& window, const track_levels& levels, const track_settings& s,
                                        point from, point guess) {
  tracked_point result{from, track_code::invalid, 0, 0};
  if (!is_finite(from.x) || !is_finite(from.y)) return result;
  result.status = track_code::outside;
  const plane<const u16>& finest = levels.prev[0];
  if (!(from.x >= 0 && from.y >= 0 && from.x <= static_cast<float>(finest.width - 1) &&
        from.y <= static_cast<float>(finest.height - 1)))
    return result;
  result.status = track_code::masked;
  if (is_masked(levels.prev_mask, level_position(finest, finest, from))) return result;
  const track_position start{guessed_units(from.x, guess.x), guessed_units(from.y, guess.y)};
  const track_path path = follow(window, levels.count, levels.prev, levels.next, from, start, s);
  result.to = moved(from, path.motion);
  result.min_eigenvalue = path.fit.min_eigenvalue;
  result.status = track_code::flat;
  if (path.fit.end == level_end::flat) return result;
  result.status = track_code::outside;
  if (!within(levels.next[0], path.fit.at)) return result;
  result.status = track_code::masked;
  if (is_masked(levels.next_mask, path.fit.at)) return result;
  result.error = window.residual(levels.next[0], path.fit.at);
  result.status = track_code::not_converged;
  if (path.fit.end != level_end::converged) return result;
  result.status = track_code::tracked;
  if (!s.forward_backward) return result;
  const track_position back_start{-start.x, -start.y};
  const track_path back = follow(window, levels.count, levels.next, levels.prev, result.to, back_start, s);
  const bool returned =
      back.fit.end == level_end::converged && squared_length(path.motion + back.motion) <= s.consistency_squared;
  if (!returned) result.status = track_code::inconsistent;
  return result;
}

/// One point of the list.
template <class Window>
FLUXEL_HD tracked_point track_list_point(Window& window, const track_levels& levels, const track_settings& s,
                                         const track_list& list, int i) {
  const point from = list.from[i];
  if (list.count != nullptr && i >= *list.count) return {from, track_code::invalid, 0, 0};
  return track_one_point(window, levels, s, from, list.guess == nullptr ? from : list.guess[i]);
}
FLUXEL_HD void write_tracked(const track_list& list, int i, const tracked_point& p) {
  list.to[i] = p.to;
  list.status[i] = static_cast<u8>(p.status);
  if (list.error != nullptr) list.error[i] = p.error;
  if (list.min_eigenvalue != nullptr) list.min_eigenvalue[i] = p.min_eigenvalue;
}

/// By how much sums over a window are shifted before they become a mean.
inline int track_sum_shift(int radius) {
  const int side = 2 * radius + 1;
  return mean_tensor(side * side, track_gradient).shift;
}

}  // namespace fluxel::kernels
