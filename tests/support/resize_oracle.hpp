// SPDX-License-Identifier: Apache-2.0
#pragma once

// Resizes in long double from the definitions in the headers. Slow, obvious, shares no code with the library.

#include <cmath>
#include <cstdint>
#include <vector>

#include "fluxel/resize_options.hpp"

namespace fluxel::test {

/// The source position of destination pixel i.
inline long double oracle_position(coordinates rule, int i, int src, int dst) {
  switch (rule) {
    case coordinates::asymmetric:
      return static_cast<long double>(i) * src / dst;
    case coordinates::align_corners:
      return dst == 1 ? 0 : static_cast<long double>(i) * (src - 1) / (dst - 1);
    case coordinates::half_pixel:
      break;
  }
  return (i + 0.5L) * src / dst - 0.5L;
}

/// The nearest source index, decided in integers: twice the position's numerator against the denominator.
inline int oracle_nearest(coordinates rule, nearest_rounding rounding, int i, int src, int dst) {
  std::int64_t n = 0, d = 1;
  switch (rule) {
    case coordinates::half_pixel:
      n = (2 * std::int64_t{i} + 1) * src - dst, d = 2 * std::int64_t{dst};
      break;
    case coordinates::asymmetric:
      n = std::int64_t{i} * src, d = dst;
      break;
    case coordinates::align_corners:
      if (dst > 1) n = std::int64_t{i} * (src - 1), d = dst - 1;
      break;
  }
  std::int64_t index = -2;
  auto chosen = [&](std::int64_t k) {  // whether k is the index that the rounding picks for n / d
    switch (rounding) {
      case nearest_rounding::half_up:
        return 2 * k * d - d <= 2 * n && 2 * n < 2 * k * d + d;
      case nearest_rounding::half_down:
        return 2 * k * d - d < 2 * n && 2 * n <= 2 * k * d + d;
      case nearest_rounding::floor:
        return k * d <= n && n < (k + 1) * d;
      case nearest_rounding::ceil:
        return (k - 1) * d < n && n <= k * d;
    }
    return false;
  };
  while (!chosen(index)) ++index;
  return static_cast<int>(index < 0 ? 0 : index >= src ? src - 1 : index);
}

struct two_taps {
  int low, high;
  long double fraction;
};

inline two_taps oracle_taps(long double position, int src) {
  const long double floor = std::floor(position);
  auto clamp = [&](long double v) { return static_cast<int>(v < 0 ? 0 : v > src - 1 ? src - 1 : v); };
  return {clamp(floor), clamp(floor + 1), position - floor};
}

/// Bilinear value of `pixel(x, y)` at a position, edge pixels repeated.
template <class Pixel>
long double oracle_bilinear(long double px, long double py, size src, Pixel&& pixel) {
  const auto x = oracle_taps(px, src.width);
  const auto y = oracle_taps(py, src.height);
  auto row = [&](int at) {
    return (1 - x.fraction) * static_cast<long double>(pixel(x.low, at)) +
           x.fraction * static_cast<long double>(pixel(x.high, at));
  };
  return (1 - y.fraction) * row(y.low) + y.fraction * row(y.high);
}

}  // namespace fluxel::test
