// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a matrix sends a pixel. Revision 1 of the bytes of `warp_perspective`, with warp/sample.hpp.
//
// Every operation is one of double, rounded by itself: a x + (b y + c), then, where the matrix divides, times 1 / w.
// A position is clamped to 2^22 px, and rounded to 1/256 px, half to even.

#include <cstdint>
#include <type_traits>

#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/common/warp/sample.hpp"
#include "kernels/contract/warp_perspective.hpp"

namespace fluxel::kernels {

inline constexpr double farthest_position = 0x1p30;  ///< units: 2^22 px, beyond every image
inline constexpr double to_integer = 0x1.8p52;       ///< a sum with it has no fraction bits

/// The parts of a position that a row has in common.
struct perspective_row {
  double x, y, w;
};
FLUXEL_HD perspective_row row_of_matrix(const perspective_matrix& m, int y) {
  const double at = y;
  return {m.b * at + m.c, m.e * at + m.f, m.h * at + m.i};
}

/// NaN becomes the lowest.
FLUXEL_HD std::int32_t rounded_position(double units) {
  const double low = units > -farthest_position ? units : -farthest_position;
  const double clamped = low < farthest_position ? low : farthest_position;
  const double sum = clamped + to_integer;
  return static_cast<std::int32_t>(sum - to_integer);
}

/// In units.
struct perspective_position {
  std::int32_t x, y;
};
FLUXEL_HD perspective_position position_of(const perspective_matrix& m, const perspective_row& row, int x) {
  const double at = x;
  double u = m.a * at + row.x, v = m.d * at + row.y;
  if (m.divides) {
    const double w = m.g * at + row.w;
    const double inverse = 1 / w;
    u = w > 0 ? u * inverse : -farthest_position;
    v = w > 0 ? v * inverse : -farthest_position;
  }
  return {rounded_position(u), rounded_position(v)};
}

/// More than half a pixel beyond the outermost centres.
FLUXEL_HD bool is_outside(std::int32_t units, int length) {
  return units < -(warp_one / 2) || units > (length - 1) * warp_one + warp_one / 2;
}

template <class T, class Row>
FLUXEL_HD void sample_at(const perspective_job& job, const Row& row, const perspective_position& at, T* to) {
  if (job.keep_outside && (is_outside(at.x, job.src.width) || is_outside(at.y, job.src.height))) return;
  const warp_target target{position_from(0, at.x), position_from(0, at.y)};
  if (job.bicubic)
    sample_cubic<T>(job.src, row, target, job.largest, to);
  else
    sample_linear<T>(job.src, row, target, to);
  if constexpr (std::is_same_v<T, u16>)
    for (int c = 0; c < job.dst.channels; ++c)
      to[c] = static_cast<u16>(to[c] >> job.low_zero_bits << job.low_zero_bits);
}

/// @param n, p  image and plane
template <class T>
FLUXEL_HD void perspective_pixel(const perspective_job& job, int n, int p, int x, int y) {
  const auto row = [&](int i) { return row_at<const T>(job.src, n, p, i); };
  const perspective_position at = position_of(job.matrix, row_of_matrix(job.matrix, y), x);
  sample_at<T>(job, row, at, row_at<T>(job.dst, n, p, y) + std::ptrdiff_t{x} * job.dst.channels);
}

}  // namespace fluxel::kernels
