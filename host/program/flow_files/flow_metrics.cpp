// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace fluxel::video {

namespace {

/// Between (u, v, 1) of both. The arc tangent keeps small angles exact, where the arc cosine of nearly 1 loses half
/// of the digits.
double angle(double au, double av, double bu, double bv) {
  const double cross = std::hypot(av - bv, bu - au, au * bv - av * bu);
  const double dot = au * bu + av * bv + 1;
  return std::atan2(cross, dot) * 180 / std::numbers::pi;
}

/// The smallest error that at least 95 % of them do not exceed.
double percentile_95(std::vector<double>& errors) {
  const auto rank = (95 * errors.size() + 99) / 100 - 1;
  std::nth_element(errors.begin(), errors.begin() + std::ptrdiff_t(rank), errors.end());
  return errors[rank];
}

}  // namespace

flow_metrics measure(const flow_field& estimate, const flow_field& truth) {
  flow_metrics m;
  std::vector<double> errors;
  std::int64_t known = 0, half = 0, one = 0, two = 0;
  for (std::size_t i = 0; i < truth.pixels(); ++i) {
    if (!is_known(truth, i)) continue;
    ++known;
    if (!is_known(estimate, i)) continue;
    const double u = estimate.u(i), v = estimate.v(i), tu = truth.u(i), tv = truth.v(i);
    const double error = std::hypot(u - tu, v - tv);
    errors.push_back(error);
    m.endpoint += error;
    m.angular += angle(u, v, tu, tv);
    half += error > 0.5;
    one += error > 1;
    two += error > 2;
  }
  m.pixels = std::int64_t(errors.size());
  if (m.pixels == 0) return m;
  const double n = double(m.pixels);
  m.density = n / double(known);
  m.endpoint /= n;
  m.angular /= n;
  m.over_half = double(half) / n;
  m.over_1 = double(one) / n;
  m.over_2 = double(two) / n;
  m.within_95 = percentile_95(errors);
  return m;
}

}  // namespace fluxel::video
