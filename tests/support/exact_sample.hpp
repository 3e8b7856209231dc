// SPDX-License-Identifier: Apache-2.0
#pragma once

// A pixel between pixels in double precision, by the textbook form of the warps' filters; the edge repeats.

#include <algorithm>
#include <cmath>

#include "fluxel/image.hpp"
#include "fluxel/warp.hpp"

namespace fluxel::test {

/// What one axis weighs its pixels with.
inline double weight(warp_filter filter, double distance) {
  const double d = std::abs(distance);
  if (filter == warp_filter::bilinear) return std::max(0.0, 1 - d);
  if (d < 1) return 1.5 * d * d * d - 2.5 * d * d + 1;
  return d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0;
}

template <class T>
double exact_sample(const image<T>& src, int c, double x, double y, warp_filter filter) {
  double sum = 0;
  for (int j = int(std::floor(y)) - 1; j <= int(std::floor(y)) + 2; ++j)
    for (int i = int(std::floor(x)) - 1; i <= int(std::floor(x)) + 2; ++i)
      sum += weight(filter, x - i) * weight(filter, y - j) *
             double(src(std::clamp(i, 0, src.width() - 1), std::clamp(j, 0, src.height() - 1), c));
  return sum;
}

}  // namespace fluxel::test
