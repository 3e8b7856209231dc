// SPDX-License-Identifier: Apache-2.0
#include "host/plan/pyramid.hpp"

#include <algorithm>
#include <cmath>

#include "host/plan/exponential.hpp"
#include "kernels/common/flow/equation.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/common/runtime/float_environment.hpp"

namespace fluxel::plan {

namespace {

constexpr int table_bits = 14;  // 12-bit intensities take 26 bits between the passes, sums 40

/// How far the Gaussian of a reduction by `step` is followed, in source pixels; a multiple of 2^-16.
double gaussian_cut(double step, double sigma) {
  constexpr double one = 1 << 16;
  return std::floor(std::max(0.5 * step, 3 * sigma) * one) / one;
}

/// To integers that sum to 1 << table_bits. Each is rounded alone, and what is missing goes to the taps at `middle`:
/// mirrored axes have mirrored weights, and a few units of 2^-14 are far below the last bit of the grey levels.
void round_weights(const std::vector<double>& weight, double sum, double middle, std::int32_t* to) {
  std::int32_t missing = 1 << table_bits;
  for (std::size_t k = 0; k < weight.size(); ++k) {
    to[k] = static_cast<std::int32_t>(std::floor(weight[k] / sum * (1 << table_bits) + 0.5));
    missing -= to[k];
  }
  const int last = static_cast<int>(weight.size()) - 1;
  const int left = std::clamp(static_cast<int>(std::ceil(middle - 0.5)), 0, last);    // both nearest taps when there
  const int right = std::clamp(static_cast<int>(std::floor(middle + 0.5)), 0, last);  // are two
  to[left] += missing - missing / 2;
  to[right] += missing / 2;
}

kernels::filter_axis gaussian_axis(int src, int dst, double sigma) {
  kernels::filter_axis axis{.src_size = src, .dst_size = dst};
  const double step = static_cast<double>(src) / dst;
  const double reach = gaussian_cut(step, sigma);
  const int window = std::min(src, static_cast<int>(std::floor(2 * reach)) + 2);
  axis.taps = window;
  axis.integer_bits = table_bits;
  axis.first.resize(dst);
  axis.integer.assign(std::size_t(dst) * window, 0);
  std::vector<double> weight(window);
  for (int i = 0; i < dst; ++i) {
    const double p = (i + 0.5) * step - 0.5;
    const int low = static_cast<int>(std::ceil(p - reach));
    axis.first[i] = std::clamp(low, 0, src - window);
    std::fill(weight.begin(), weight.end(), 0.0);
    double sum = 0;
    for (int k = low; k <= p + reach; ++k) {
      const double d = (k - p) / sigma;
      const double w = exp_minus(d * d / 2);
      weight[std::clamp(k, 0, src - 1) - axis.first[i]] += w;
      sum += w;
    }
    round_weights(weight, sum, p - axis.first[i], axis.integer.data() + std::size_t(i) * window);
  }
  return axis;
}

}  // namespace

std::vector<size> pyramid_sizes(size finest, double factor, int coarsest_side, int max_levels) {
  const kernels::default_float_environment environment;  // sizes too must not depend on the caller's rounding
  std::vector<size> levels{finest};
  while (static_cast<int>(levels.size()) < max_levels) {
    const size s = levels.back();
    const size next{static_cast<int>(std::floor(s.width * factor + 0.5)),
                    static_cast<int>(std::floor(s.height * factor + 0.5))};
    if (std::min(next.width, next.height) < coarsest_side || next == s) break;
    levels.push_back(next);
  }
  return levels;
}

double pyramid_sigma(double factor) { return 0.6 * std::sqrt(1 / (factor * factor) - 1); }

kernels::resize_recipe gaussian_recipe(size src, size dst, double sigma) {
  return {.type = element_type::u16,
          .channels = 1,
          .method = kernels::filtered_recipe{.x = gaussian_axis(src.width, dst.width, sigma),
                                             .y = gaussian_axis(src.height, dst.height, sigma),
                                             .order = kernels::pass_order::vertical_first,
                                             .engine = kernels::filter_engine::i64,
                                             .intermediate_bits = table_bits,
                                             .max_value = 4095}};
}

size half_of(size s) { return {(s.width + 1) / 2, (s.height + 1) / 2}; }

std::vector<size> halved_sizes(size finest) {
  std::vector<size> levels;
  for (size s = finest; s.width > 1 || s.height > 1;) levels.push_back(s = half_of(s));
  return levels;
}

std::vector<float> edge_table(double scale, double floor) {
  if (scale == 0) return {1.0f};
  const double units = scale * kernels::intensity_one;
  std::vector<float> table;
  for (int d = 0; d <= 255 * kernels::intensity_one; ++d) {
    const double w = exp_minus(double(d) * d / (2 * units * units));
    table.push_back(static_cast<float>(floor + (1 - floor) * w));
    if (w < 1e-9) break;
  }
  return table;
}

std::vector<float> chebyshev_omegas(int iterations, double rho) {
  std::vector<float> omegas(iterations, 1.0f);
  if (rho == 0) return omegas;
  double omega = 1;
  for (int k = 1; k < iterations; ++k) {
    omega = k == 1 ? 1 / (1 - rho * rho / 2) : 1 / (1 - rho * rho * omega / 4);
    omegas[k] = static_cast<float>(omega);
  }
  return omegas;
}

std::int64_t squared_forward_backward_error(double px) {
  const double units = px * kernels::flow_one * kernels::flow_one * kernels::flow_one;
  return static_cast<std::int64_t>(units * units);
}

}  // namespace fluxel::plan
