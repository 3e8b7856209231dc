// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

/// A position in an image in double precision. Pixel centres are whole numbers: (0, 0) is the centre of the first.
struct point2d {
  double x = 0;
  double y = 0;
  bool operator==(const point2d&) const = default;
};

/// A projective map of the plane, row by row; as OpenCV's 3 x 3 matrices. Pixel centres are whole numbers.
struct FLUXEL_API matrix3x3 {
  std::array<double, 9> m{1, 0, 0, 0, 1, 0, 0, 0, 1};
  bool operator==(const matrix3x3&) const = default;

  double operator()(int row, int column) const { return m[3 * row + column]; }

  /// Where p goes: ((m0 x + m1 y + m2) / w, (m3 x + m4 y + m5) / w) with w = m6 x + m7 y + m8.
  point2d map(const point2d& p) const {
    const double w = m[6] * p.x + m[7] * p.y + m[8];
    return {(m[0] * p.x + m[1] * p.y + m[2]) / w, (m[3] * p.x + m[4] * p.y + m[5]) / w};
  }
};

/// First b, then a.
inline matrix3x3 operator*(const matrix3x3& a, const matrix3x3& b) {
  matrix3x3 product;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) product.m[3 * i + j] = a(i, 0) * b(0, j) + a(i, 1) * b(1, j) + a(i, 2) * b(2, j);
  return product;
}

/// The map back; its last element is 1 where it can be. Of a singular matrix: not finite.
inline matrix3x3 inverse(const matrix3x3& a) {
  const auto& m = a.m;
  const std::array<double, 9> adjugate{
      m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
      m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
  const double determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
  const double by = determinant != 0 && adjugate[8] != 0 ? adjugate[8] : determinant;
  matrix3x3 result;
  for (int i = 0; i < 9; ++i) result.m[i] = determinant != 0 ? adjugate[i] / by : adjugate[i] / determinant;
  return result;
}

}  // namespace v0
}  // namespace fluxel
