#pragma once

// One tracked point, revision 1 of the bytes of `track_points`: Lucas and Kanade's iteration on a window, coarse to
// fine (Lucas and Kanade 1981; Bouguet 2001). Each half has a window class that samples and sums; this file decides.
//
// Positions are integers in 1/1024 px. Intensities are sampled in Q8.7, derivatives are 24 per grey level and pixel:
// both fit 16 bits, and their products' sums over a window are exact integers. The 2 x 2 solve is in floats, in the
// order written here.

#include <cstdint>

#include "kernels/common/convert.hpp"
#include "kernels/common/flow.hpp"
#include "kernels/common/structure.hpp"
#include "kernels/sparse.hpp"

namespace fluxel::kernels {

inline constexpr int track_bits = 10;
inline constexpr int track_one = 1 << track_bits;  ///< position units per pixel
inline constexpr int track_grey = 128;             ///< intensity units per grey level
inline constexpr int track_gradient = 24;          ///< derivative units per grey level and pixel
inline constexpr int track_border = 1;             ///< pixels around a window that its derivatives read
inline constexpr int track_units_limit = 1 << 30;  ///< further away is outside of everything

enum class track_code : u8 { tracked = 0, invalid = 1, outside = 2, flat = 3, not_converged = 4, inconsistent = 5 };

struct track_position {
  std::int32_t x, y;
};
FLUXEL_HD track_position operator+(track_position a, track_position b) { return {a.x + b.x, a.y + b.y}; }
FLUXEL_HD track_position operator-(track_position a, track_position b) { return {a.x - b.x, a.y - b.y}; }
FLUXEL_HD std::int64_t squared_length(track_position a) { return std::int64_t{a.x} * a.x + std::int64_t{a.y} * a.y; }

/// (a * b) / 2^15, rounded half up: the multiplication of signed 16-bit fractions.
FLUXEL_HD std::int32_t track_multiply(std::int32_t a, std::int32_t b) { return (a * b + (1 << 14)) >> 15; }
FLUXEL_HD std::int32_t track_between(std::int32_t a, std::int32_t b, std::int32_t fraction) {
  return a + track_multiply(b - a, fraction);
}
/// From Q8.4 to Q8.7.
inline constexpr int track_shift = 3;
/// The fraction of a position as a signed 16-bit one.
FLUXEL_HD std::int32_t track_fraction(std::int32_t units) { return (units & (track_one - 1)) << (15 - track_bits); }

/// Intensity between four pixels of Q8.4.
FLUXEL_HD std::int32_t track_sample(std::int32_t top_left, std::int32_t top_right, std::int32_t bottom_left,
                                    std::int32_t bottom_right, std::int32_t fx, std::int32_t fy) {
  const std::int32_t top = track_between(top_left << track_shift, top_right << track_shift, fx);
  const std::int32_t bottom = track_between(bottom_left << track_shift, bottom_right << track_shift, fx);
  return track_between(top, bottom, fy);
}
/// Scharr's derivative (weights 3, 10, 3 across) from three central differences of Q8.7 intensities; at most 3073.
inline constexpr std::int32_t track_beside = 576, track_middle = 1920;
FLUXEL_HD std::int32_t track_derivative(std::int32_t before, std::int32_t middle, std::int32_t after) {
  return track_multiply(middle, track_middle) +
         (track_multiply(before, track_beside) + track_multiply(after, track_beside));
}

/// Sums over a window of mismatch times derivative.
struct mismatch_sums {
  std::int64_t x = 0, y = 0;
};

/// To the nearest unit, half to even; beyond the limit, the limit. NaN counts as low.
FLUXEL_HD std::int32_t track_round(float units) {
  constexpr float limit = track_units_limit;
  if (!(units > -limit)) return -track_units_limit;
  if (!(units < limit)) return track_units_limit;
#if defined(__CUDA_ARCH__)
  return __float2int_rn(units);
#else
  return static_cast<std::int32_t>(__builtin_nearbyintf(units));
#endif
}

FLUXEL_HD bool is_finite(float v) { return (bits_of_float(v) & 0x7f800000u) != 0x7f800000u; }

/// The normal equations of one window.
class track_equation {
 public:
  FLUXEL_HD explicit track_equation(const tensor_sums& s)
      : a11_(static_cast<float>(s.xx)), a12_(static_cast<float>(s.xy)), a22_(static_cast<float>(s.yy)) {
    determinant_ = a11_ * a22_ - a12_ * a12_;
    inverse_ = 1.0f / determinant_;
  }
  FLUXEL_HD bool solvable() const { return determinant_ > 0; }
  /// What to add to the position, in its units; at most `limit` along each axis.
  FLUXEL_HD track_position step(const mismatch_sums& b, std::int32_t limit) const {
    constexpr float scale = static_cast<float>(track_gradient) / track_grey * track_one;
    const float bx = static_cast<float>(b.x), by = static_cast<float>(b.y);
    return {bounded(((a12_ * by - a22_ * bx) * inverse_) * scale, limit),
            bounded(((a12_ * bx - a11_ * by) * inverse_) * scale, limit)};
  }

 private:
  FLUXEL_HD static std::int32_t bounded(float units, std::int32_t limit) {
    const std::int32_t step = track_round(units);
    return step < -limit ? -limit : step > limit ? limit : step;
  }
  float a11_, a12_, a22_, determinant_, inverse_;
};

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
  const track_position start{guessed_units(from.x, guess.x), guessed_units(from.y, guess.y)};
  const track_path path = follow(window, levels.count, levels.prev, levels.next, from, start, s);
  result.to = moved(from, path.motion);
  result.min_eigenvalue = path.fit.min_eigenvalue;
  result.status = track_code::flat;
  if (path.fit.end == level_end::flat) return result;
  result.status = track_code::outside;
  if (!within(levels.next[0], path.fit.at)) return result;
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

/// How a window's numbers become public ones.
inline tensor_scale track_scale(int radius) {
  const int side = 2 * radius + 1;
  return mean_tensor(side * side, track_gradient);
}
inline float residual_unit(int radius) {
  const int side = 2 * radius + 1;
  return static_cast<float>(1.0 / (static_cast<double>(side) * side * track_grey));
}

}  // namespace fluxel::kernels
