// SPDX-License-Identifier: Apache-2.0
#include "host/plan/lucas_kanade.hpp"

#include <algorithm>
#include <cmath>

#include "host/plan/exponential.hpp"

namespace fluxel::plan {

namespace {

// Slopes of the mean frame are below 246 grey levels per pixel, second ones below 368 (common/flow.hpp slope5).
constexpr double largest_brightness_trace = 2 * 246.0 * 246;
constexpr double largest_gradient_trace = 4 * 368.0 * 368;

constexpr double most_sum = 1 << 30;

}  // namespace

std::vector<std::int32_t> window_weights(int radius, double sigma) {
  if (sigma == 0) return {};
  std::vector<double> exact;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    exact.push_back(exp_minus(i * i / (2 * sigma * sigma)));
    sum += exact.back();
  }
  std::vector<std::int32_t> weights;
  for (double w : exact) weights.push_back(static_cast<std::int32_t>(std::floor(64 * w / sum + 0.5)));
  return weights;
}

kernels::window_rule make_window_rule(const window_request& q) {
  double side = q.weights.empty() ? 2 * q.radius + 1 : 0;
  for (auto w : q.weights) side += w;
  const double unlimited = q.brightness * largest_brightness_trace + q.gradient * largest_gradient_trace;
  const bool limited = q.contrast_limit > 0 && q.contrast_limit < unlimited;
  const double trace = limited ? q.contrast_limit : unlimited;
  // Right-hand sides have 31 bits: the trace leaves room for a change of 256 px, or for one of 4 px where the trace
  // is the largest that pixels can make.
  const double most_trace = std::min(most_sum / (side * side), limited ? 1.0 * (1 << 17) : 1.0 * (1 << 23));
  const double scale = std::exp2(std::floor(std::log2(most_trace / trace)));
  return {.contrast_limit = static_cast<float>(trace),
          .scale = static_cast<float>(scale),
          .change_limit = 2147483520.0f,  // the largest float below 2^31
          .ridge = static_cast<float>(q.ridge * scale * side * side),
          .limit = static_cast<int>(std::lround(q.max_increment * 64))};
}

}  // namespace fluxel::plan
