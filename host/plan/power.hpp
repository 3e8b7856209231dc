// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "host/plan/exponential.hpp"

namespace fluxel::plan {

/// ln x, x > 0, without a libm: the exponent, and the series of the area tangent for the rest.
inline double log_of(double x) {
  constexpr double ln2 = 0.69314718055994530942, half_root = 0.70710678118654752440;
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < half_root) {
    m *= 2;
    --exponent;
  }
  const double t = (m - 1) / (m + 1);
  const double square = t * t;
  double sum = 0;
  for (int k = 27; k >= 3; k -= 2) sum = (sum + 1.0 / k) * square;
  return exponent * ln2 + 2 * t * (1 + sum);
}

/// x^p, x >= 0, p > 0, as above.
inline double power(double x, double p) {
  if (x <= 0) return 0;
  const double exponent = p * log_of(x);
  return exponent <= 0 ? exp_minus(-exponent) : 1 / exp_minus(exponent);
}

}  // namespace fluxel::plan
