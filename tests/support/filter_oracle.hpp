// SPDX-License-Identifier: Apache-2.0
#pragma once

// Separable filters from their definitions, in long double. Shares nothing with the library.

#include <algorithm>
#include <cmath>
#include <vector>

#include "fluxel/resize_options.hpp"

namespace fluxel::test {

/// One axis: position(i) = (i + 0.5) * step + origin - 0.5 unless align_corners, where it is i * step.
struct oracle_axis {
  int src = 0;
  int dst = 0;
  long double step = 1;
  long double first = 0;  ///< position of output 0

  oracle_axis(int src_size, int dst_size, coordinates rule) : src(src_size), dst(dst_size) {
    if (rule == coordinates::align_corners) {
      step = dst == 1 ? 0.0L : (src - 1) / static_cast<long double>(dst - 1);
    } else {
      step = src / static_cast<long double>(dst);
      if (rule == coordinates::half_pixel) first = (step - 1) / 2;
    }
  }
};

/// Mitchell and Netravali: with B + 2 C = 1 they are the best, with B = 0 they pass through the samples.
inline long double cubic_value(long double b, long double c, long double x) {
  const long double square = x * x, cube = square * x;
  if (x < 1) return ((12 - 9 * b - 6 * c) * cube + (12 * b + 6 * c - 18) * square + 6 - 2 * b) / 6;
  if (x >= 2) return 0;
  return ((-b - 6 * c) * cube + (6 * b + 30 * c) * square - (12 * b + 48 * c) * x + 8 * b + 24 * c) / 6;
}

/// The cubic that passes through the six samples around it and is smooth to the second derivative, whose far tails
/// are left out: from its three pieces with the denominator 209.
inline long double spline36_value(long double x) {
  const long double t = x - std::floor(x);
  if (x < 1) return (247 * t * t * t - 453 * t * t - 3 * t + 209) / 209;
  if (x < 2) return (-114 * t * t * t + 270 * t * t - 156 * t) / 209;
  return x < 3 ? (19 * t * t * t - 45 * t * t + 26 * t) / 209 : 0;
}

inline long double filter_value(const resize_options& o, long double x) {
  x = std::fabs(x);
  const long double a = o.cubic_a;
  const long double pi = std::acos(-1.0L);
  switch (o.filter) {
    case filter::mitchell:
      return cubic_value(o.cubic_b, o.cubic_c, x);
    case filter::catmull_rom:
      return cubic_value(0, 0.5L, x);
    case filter::gaussian:  // cut at 2, where it still is exp(-8): a tap at exactly 2 is none
      return x < 2 - 1e-12L ? std::exp(-x * x / (2 * 0.5L * 0.5L)) : 0;
    case filter::hamming:
      if (x == 0) return 1;
      return x < 1 ? std::sin(pi * x) / (pi * x) * (0.54L + 0.46L * std::cos(pi * x)) : 0;
    case filter::spline36:
      return spline36_value(x);
    case filter::bicubic:
      if (x <= 1) return (a + 2) * x * x * x - (a + 3) * x * x + 1;
      return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0;
    case filter::lanczos3:
      if (x == 0) return 1;
      return x < 3 ? std::sin(pi * x) * std::sin(pi * x / 3) * 3 / (pi * pi * x * x) : 0;
    default:
      return x < 1 ? 1 - x : 0;
  }
}

/// The weight of every source pixel in output i.
inline std::vector<long double> oracle_weights(const oracle_axis& axis, const resize_options& o, int i) {
  std::vector<long double> w(axis.src);
  const long double p = axis.first + i * axis.step;
  auto edge = [&](long long k) { return std::clamp<long long>(k, 0, axis.src - 1); };
  if (o.filter == filter::area && axis.step == 0) {
    w[edge(static_cast<long long>(std::floor(p + 0.5L)))] = 1;  // a footprint without extent
  } else if (o.filter == filter::area) {
    const long double low = p + 0.5L - axis.step / 2;
    const long double high = low + axis.step;
    for (auto k = static_cast<long long>(std::floor(low)); k < high; ++k)
      w[edge(k)] += std::max(0.0L, std::min<long double>(high, k + 1) - std::max<long double>(low, k));
  } else {
    // With taps dropped, a centre beyond the border counts as on it.
    const bool drop = o.antialias == antialias::yes;
    const long double stretch = drop ? std::max(axis.step, 1.0L) : 1.0L;
    const long double centre = drop ? std::clamp(p, -0.5L, axis.src - 0.5L) : p;
    for (auto k = static_cast<long long>(std::floor(centre - 3 * stretch)); k <= centre + 3 * stretch + 1; ++k)
      if (!drop || (k >= 0 && k < axis.src)) w[edge(k)] += filter_value(o, (k - centre) / stretch);
  }
  long double sum = 0;
  for (auto v : w) sum += v;
  for (auto& v : w) v /= sum;
  return w;
}

/// The exact result of one channel: rows of doubles in, rows out.
inline std::vector<long double> oracle_resize(const std::vector<long double>& src, const oracle_axis& x,
                                              const oracle_axis& y, const resize_options& o) {
  std::vector<long double> rows(std::size_t(y.src) * x.dst);
  for (int i = 0; i < x.dst; ++i) {
    const auto w = oracle_weights(x, o, i);
    for (int r = 0; r < y.src; ++r)
      for (int k = 0; k < x.src; ++k)
        if (w[k] != 0) rows[std::size_t(r) * x.dst + i] += w[k] * src[std::size_t(r) * x.src + k];
  }
  std::vector<long double> out(std::size_t(y.dst) * x.dst);
  for (int j = 0; j < y.dst; ++j) {
    const auto w = oracle_weights(y, o, j);
    for (int r = 0; r < y.src; ++r)
      if (w[r] != 0)
        for (int i = 0; i < x.dst; ++i) out[std::size_t(j) * x.dst + i] += w[r] * rows[std::size_t(r) * x.dst + i];
  }
  return out;
}

}  // namespace fluxel::test
