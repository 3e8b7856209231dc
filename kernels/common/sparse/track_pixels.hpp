// SPDX-License-Identifier: Apache-2.0
#pragma once

// Positions, samples and derivatives of tracked windows. Positions are integers in 1/1024 px. Intensities are sampled
// in Q8.7, derivatives are 24 per grey level and pixel: both fit 16 bits, and their products' sums over a window are
// exact integers.

#include <cstdint>

#include "kernels/common/flow/structure.hpp"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/contract/sparse.hpp"

namespace fluxel::kernels {

inline constexpr int track_bits = 10;
static_assert(track_one == 1 << track_bits);
inline constexpr int track_grey = 128;             ///< intensity units per grey level
inline constexpr int track_gradient = 24;          ///< derivative units per grey level and pixel
inline constexpr int track_border = 1;             ///< pixels around a window that its derivatives read
inline constexpr int track_units_limit = 1 << 30;  ///< further away is outside of everything

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

/// Offsets of a window's pixels from its centre that lie within the outermost pixel centres of a frame; none where
/// last is below first. What lies outside has no weight.
struct window_part {
  int first_x, last_x, first_y, last_y;

  FLUXEL_HD int pixels() const {
    return last_x < first_x || last_y < first_y ? 0 : (last_x - first_x + 1) * (last_y - first_y + 1);
  }
  FLUXEL_HD bool has(int x, int y) const { return x >= first_x && x <= last_x && y >= first_y && y <= last_y; }
};
FLUXEL_HD int least_of(int a, int b) { return b < a ? b : a; }
FLUXEL_HD int most_of(int a, int b) { return b > a ? b : a; }
template <class T>
FLUXEL_HD window_part part_inside(const plane<T>& p, track_position at, int radius) {
  const int x = at.x >> track_bits, y = at.y >> track_bits;
  const int beyond_x = (at.x & (track_one - 1)) != 0, beyond_y = (at.y & (track_one - 1)) != 0;
  return {most_of(-radius, -x), least_of(radius, p.width - 1 - x - beyond_x), most_of(-radius, -y),
          least_of(radius, p.height - 1 - y - beyond_y)};
}
FLUXEL_HD window_part common_part(const window_part& a, const window_part& b) {
  return {most_of(a.first_x, b.first_x), least_of(a.last_x, b.last_x), most_of(a.first_y, b.first_y),
          least_of(a.last_y, b.last_y)};
}

/// How sums over so many pixels become a mean tensor, with the shift of the whole window.
FLUXEL_HD tensor_scale part_scale(int shift, int pixels) {
  tensor_scale s;
  s.shift = shift;
  s.unit = static_cast<float>(1 << shift) /
           (static_cast<float>(pixels < 1 ? 1 : pixels) * static_cast<float>(track_gradient * track_gradient));
  return s;
}
/// The mean difference of so many pixels, grey levels.
FLUXEL_HD float mean_difference(std::int64_t sum, int pixels) {
  return static_cast<float>(sum) / static_cast<float>((pixels < 1 ? 1 : pixels) * track_grey);
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

}  // namespace fluxel::kernels
