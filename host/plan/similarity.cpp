// SPDX-License-Identifier: Apache-2.0
#include "host/plan/similarity.hpp"

#include <cmath>

#include "host/plan/exponential.hpp"

namespace fluxel::plan {

using kernels::similarity_rule;

namespace {

bool is_integer_pixel(element_type type) { return type == element_type::u8 || type == element_type::u16; }

/// Wang, Bovik, Sheikh and Simoncelli 2004. Weights are rounded to units of 2^-15; the middle one takes what is left.
similarity_rule gaussian_windows(double peak) {
  constexpr int radius = 5, bits = 15;
  constexpr double sigma = 1.5;
  similarity_rule rule{.taps = 2 * radius + 1, .weight_bits = bits};
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += exp_minus(i * i / (2 * sigma * sigma));
  int left = 1 << bits;
  for (int i = -radius; i <= radius; ++i) {
    if (i == 0) continue;
    const double share = exp_minus(i * i / (2 * sigma * sigma)) / sum;
    rule.weight[i + radius] = static_cast<int>(std::floor(share * (1 << bits) + 0.5));
    left -= rule.weight[i + radius];
  }
  rule.weight[radius] = left;
  rule.c1 = 0.01 * peak * (0.01 * peak);
  rule.c2 = 0.03 * peak * (0.03 * peak);
  return rule;
}

/// As in FFmpeg's filter and x264, where sums over 64 pixels take the place of means: their first constant belongs to
/// 64 times, their second to 64 * 63 times the moments, both rounded to whole numbers.
similarity_rule block_windows(double peak) {
  similarity_rule rule{.taps = 8, .stride = 4, .weight_bits = 3};
  for (int i = 0; i < rule.taps; ++i) rule.weight[i] = 1;
  constexpr double pixels = 64;
  rule.c1 = std::floor(0.01 * 0.01 * peak * peak * pixels + 0.5) / (pixels * pixels);
  rule.c2 = std::floor(0.03 * 0.03 * peak * peak * pixels * (pixels - 1) + 0.5) / (pixels * pixels);
  return rule;
}

}  // namespace

double peak_of(element_type type, const comparison_options& o) {
  if (!is_integer_pixel(type)) return o.white;
  if (type == element_type::u8) return 255;
  return (1 << (o.bit_depth == 0 ? 16 : o.bit_depth)) - 1;
}

similarity_rule make_similarity(element_type type, const comparison_options& o) {
  constexpr double words = 65535;
  const double peak = is_integer_pixel(type) ? peak_of(type, o) : words;
  if (o.similarity == similarity::none) return {};
  auto rule = o.similarity == similarity::gaussian ? gaussian_windows(peak) : block_windows(peak);
  if (!is_integer_pixel(type)) rule.to_words = static_cast<float>(words / o.white);
  return rule;
}

}  // namespace fluxel::plan
