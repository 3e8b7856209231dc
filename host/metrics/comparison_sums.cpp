// SPDX-License-Identifier: Apache-2.0
#include "fluxel/comparison_sums.hpp"

#include <cmath>
#include <limits>

namespace fluxel {
inline namespace v0 {

namespace {

double decibel(double signal, double error) {
  if (error == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal / error);
}

}  // namespace

comparison_sums pooled(std::span<const comparison_sums> all) {
  comparison_sums sum;
  for (const comparison_sums& s : all) {
    sum.pixels += s.pixels;
    sum.squared_error += s.squared_error;
    sum.squared_reference += s.squared_reference;
    sum.windows += s.windows;
    sum.similarity += s.similarity;
  }
  return sum;
}

double mse(const comparison_sums& s) { return s.squared_error / static_cast<double>(s.pixels); }
double snr(const comparison_sums& s) { return decibel(s.squared_reference, s.squared_error); }
double psnr(const comparison_sums& s, double peak) { return decibel(peak * peak, mse(s)); }
double ssim(const comparison_sums& s) {
  return static_cast<double>(s.similarity) / static_cast<double>(s.windows) * 0x1p-30;
}

}  // namespace v0
}  // namespace fluxel
