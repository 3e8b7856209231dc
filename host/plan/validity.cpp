// SPDX-License-Identifier: Apache-2.0
#include "host/plan/validity.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "host/plan/exponential.hpp"
#include "host/plan/pyramid.hpp"
#include "kernels/common/runtime/float_environment.hpp"

namespace fluxel::plan {

namespace {

/// Taps of the presmoothing along one axis, in the middle of a frame.
std::vector<double> presmoothing_taps(double sigma) {
  if (sigma == 0) return {1};
  const int reach = static_cast<int>(std::floor(3 * sigma));
  std::vector<double> taps;
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) {
    taps.push_back(exp_minus(k * k / (2 * sigma * sigma)));
    sum += taps.back();
  }
  for (double& t : taps) t /= sum;
  return taps;
}

/// The sum of the squared taps of two filters in a row: how much of the variance of noise is left.
double noise_gain(const std::vector<double>& a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size() + b.size() - 1; ++k) {
    double tap = 0;
    for (std::size_t j = 0; j < b.size(); ++j)
      if (k >= j && k - j < a.size()) tap += a[k - j] * b[j];
    sum += tap * tap;
  }
  return sum;
}

std::int32_t fixed(double value, double one) {
  constexpr double most = 1 << 30;
  return static_cast<std::int32_t>(std::floor(std::min(value * one, most) + 0.5));
}

}  // namespace

kernels::validity_rule make_validity_rule(const flow_validity_options& o, double presmoothing) {
  const kernels::default_float_environment environment;
  constexpr double derivative[] = {-1.0 / 12, 8.0 / 12, 0, -8.0 / 12, 1.0 / 12}, second[] = {1, -2, 1}, none[] = {1};
  const auto taps = presmoothing_taps(presmoothing);
  const double smooth = noise_gain(taps, none);                    // of either axis
  const double gradient = noise_gain(taps, derivative) * smooth;   // variance of a derivative per variance of noise
  constexpr double magnitude = 1.2533141373155003;                 // standard deviation of noise per mean magnitude
  const double per_second = magnitude / noise_gain(taps, second);  // both axes: the root of a square
  constexpr double per_median = 1.15;  // measured: a little above 1 / (0.6745 sqrt(2)), for warping smooths as well
  const double variation = o.variation * 64;
  return {.variation_squared = static_cast<std::int64_t>(std::floor(variation * variation + 0.5)),
          .residual = fixed(o.residual, 256),
          .noise_per_second = fixed(per_second * 4, 65536),
          .noise_per_difference = fixed(per_median / smooth, 256),
          .flat = static_cast<float>(o.flat * gradient),
          .aperture = static_cast<float>(o.aperture * gradient),
          .cut_score = static_cast<float>(o.cut_score),
          .consistency_squared = squared_forward_backward_error(o.consistency)};
}

}  // namespace fluxel::plan
