// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fluxel::plan {

/// exp(-x), x >= 0, without a libm: exp(-x / 2^k) by its series, squared k times.
inline double exp_minus(double x) {
  if (x > 700) return 0;
  int halvings = 0;
  for (; x > 0.125; x /= 2) ++halvings;
  double sum = 0;
  for (int k = 12; k >= 1; --k) sum = (1 + sum) * -x / k;
  double value = 1 + sum;
  for (; halvings > 0; --halvings) value *= value;
  return value;
}

}  // namespace fluxel::plan
