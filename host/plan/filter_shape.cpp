// SPDX-License-Identifier: Apache-2.0
#include "host/plan/filter_shape.hpp"

#include <array>

#include "host/plan/exponential.hpp"

namespace fluxel::plan {

namespace {

constexpr double pi = 3.14159265358979323846;

/// sin(pi t) for t in [0, 0.5] by its Taylor series: the last bit must not depend on a libm. The first omitted term
/// is below 1e-19.
double sin_pi(double t) {
  constexpr auto ratios = [] {
    std::array<double, 11> r{};
    for (int i = 0, k = 23; k >= 3; ++i, k -= 2) r[i] = -1.0 / ((k - 1) * k);
    return r;
  }();
  const double x = pi * t;
  const double square = x * x;
  double sum = 0;
  for (double r : ratios) sum = (1 + sum) * (r * square);
  return x * (1 + sum);
}

double triangle(double x, const resize_options&) { return 1 - x; }

/// Keys 1981.
double keys(double x, double a) {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return ((x - 5) * x + 8) * x * a - 4 * a;
}
double bicubic(double x, const resize_options& o) { return keys(x, o.cubic_a); }
double catmull_rom(double x, const resize_options&) { return keys(x, -0.5); }

/// Mitchell and Netravali 1988, equation 8, times 6.
double mitchell(double x, const resize_options& o) {
  const double b = o.cubic_b, c = o.cubic_c;
  if (x < 1) return ((12 - 9 * b - 6 * c) * x + (-18 + 12 * b + 6 * c)) * x * x + (6 - 2 * b);
  return (((-b - 6 * c) * x + (6 * b + 30 * c)) * x + (-12 * b - 48 * c)) * x + (8 * b + 24 * c);
}

/// sinc(x) sinc(x / 3) with sin(pi x) = s (3 - 4 s^2), s = sin(pi x / 3).
double lanczos3(double x, const resize_options&) {
  if (x == 0) return 1;
  const double third = x / 3;
  const double s = sin_pi(third > 0.5 ? 1 - third : third);
  return 3 * s * s * (3 - 4 * s * s) / (pi * pi * x * x);
}

/// exp(-x^2 / (2 sigma^2)) with sigma = 1/2.
double gaussian(double x, const resize_options&) { return exp_minus(2 * x * x); }

/// sinc(x) (0.54 + 0.46 cos(pi x)) with cos(pi x) = 1 - 2 sin^2(pi x / 2).
double hamming(double x, const resize_options&) {
  if (x == 0) return 1;
  const double half = sin_pi(x / 2);
  return sin_pi(x > 0.5 ? 1 - x : x) / (pi * x) * (0.54 + 0.46 * (1 - 2 * half * half));
}

/// The cardinal spline of six points, cut to three cubic pieces on each side.
double spline36(double x, const resize_options&) {
  if (x < 1) return ((13.0 / 11 * x - 453.0 / 209) * x - 3.0 / 209) * x + 1;
  if (x < 2) return ((-6.0 / 11 * (x - 1) + 270.0 / 209) * (x - 1) - 156.0 / 209) * (x - 1);
  return ((1.0 / 11 * (x - 2) - 45.0 / 209) * (x - 2) + 26.0 / 209) * (x - 2);
}

}  // namespace

filter_shape shape_of(filter f) {
  switch (f) {
    case filter::bicubic:
      return {bicubic, 2};
    case filter::lanczos3:
      return {lanczos3, 3};
    case filter::mitchell:
      return {mitchell, 2};
    case filter::catmull_rom:
      return {catmull_rom, 2};
    case filter::gaussian:
      return {gaussian, 2};
    case filter::hamming:
      return {hamming, 1};
    case filter::spline36:
      return {spline36, 3};
    default:
      return {triangle, 1};
  }
}

}  // namespace fluxel::plan
