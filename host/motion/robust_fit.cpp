// SPDX-License-Identifier: Apache-2.0
#include "host/motion/robust_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace fluxel::host {

namespace {

/// Numbers that look random: splitmix64 (Steele, Lea and Flood 2014).
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return static_cast<std::size_t>((z ^ z >> 31) % n);
  }

 private:
  std::uint64_t state_;
};

/// Coordinates around 0 and of about 1, in which the equations are well conditioned (Hartley 1997). Both frames have
/// the same ones, so that every model stays what it is.
struct scaling {
  point2d centre;
  double length = 1;  ///< pixels

  point2d scaled(const point2d& p) const { return {(p.x - centre.x) / length, (p.y - centre.y) / length}; }
  matrix3x3 in_pixels(const matrix3x3& m) const {
    const matrix3x3 back{{length, 0, centre.x, 0, length, centre.y, 0, 0, 1}};
    const matrix3x3 there{{1 / length, 0, -centre.x / length, 0, 1 / length, -centre.y / length, 0, 0, 1}};
    matrix3x3 result = back * m * there;
    const double last = result.m[8];
    for (double& e : result.m) e = e / last;
    return result;
  }
};

scaling scaling_of(std::span<const point_pair> pairs) {
  const double n = static_cast<double>(pairs.size());
  scaling s;
  for (const auto& [from, to] : pairs) s.centre = {s.centre.x + from.x, s.centre.y + from.y};
  s.centre = {s.centre.x / n, s.centre.y / n};
  double squares = 0;
  for (const auto& [from, to] : pairs) {
    const double dx = from.x - s.centre.x, dy = from.y - s.centre.y;
    squares = squares + (dx * dx + dy * dy);
  }
  const double length = std::sqrt(squares / n);
  s.length = length > 0 ? length : 1;
  return s;
}

double whole_power(double base, int exponent) {
  double power = 1;
  for (; exponent > 0; exponent >>= 1, base = base * base)
    if (exponent & 1) power = power * base;
  return power;
}

/// Squared distances, cut off at the squared threshold and added; and how many were below it.
struct score {
  double cost = std::numeric_limits<double>::infinity();
  int inliers = 0;
};
score score_of(const matrix3x3& m, std::span<const point_pair> pairs, double cut_off, double give_up) {
  score s{0, 0};
  for (const point_pair& pair : pairs) {
    const double d = squared_distance(m, pair);
    if (d < cut_off)
      s.cost = s.cost + d, ++s.inliers;
    else
      s.cost = s.cost + cut_off;
    if (s.cost > give_up) break;
  }
  return s;
}

class fitter {
 public:
  fitter(std::span<const point_pair> pairs, const motion_options& options, double threshold)
      : pairs_(pairs), options_(options), cut_off_(threshold * threshold), random_(options.seed) {}

  std::optional<parameters> run() {
    for (int trial = 1; trial <= options_.max_trials; ++trial) {
      try_sample();
      const double clean = whole_power(best_.inliers / double(pairs_.size()), sample_size(options_.model));
      if (best_.inliers > 0 && whole_power(1 - clean, trial) <= 1 - options_.confidence) break;
    }
    if (!found_) return std::nullopt;
    refine();
    return found_;
  }

 private:
  void try_sample() {
    const int n = sample_size(options_.model);
    std::array<std::size_t, 4> chosen{};
    std::array<point_pair, 4> sample;
    for (int i = 0; i < n; ++i) {
      do chosen[i] = random_.below(pairs_.size());
      while (std::find(chosen.begin(), chosen.begin() + i, chosen[i]) != chosen.begin() + i);
      sample[i] = pairs_[chosen[i]];
    }
    if (const auto p = exact(options_.model, {sample.data(), std::size_t(n)})) keep_if_better(*p);
  }

  bool keep_if_better(const parameters& p) {
    const score s = score_of(matrix_of(options_.model, p), pairs_, cut_off_, best_.cost);
    if (!(s.cost < best_.cost)) return false;
    best_ = s;
    found_ = p;
    return true;
  }

  /// Tukey's weights end at three thresholds first, which lets in the inliers that an inexact sample has missed, and
  /// then at about the distance where the threshold would cut.
  void refine() {
    std::vector<double> weights(pairs_.size());
    parameters p = *found_;
    for (int i = 0; i < 10; ++i) {
      const double reach = cut_off_ * (i < 2 ? 9 : 4);
      const matrix3x3 m = matrix_of(options_.model, p);
      for (std::size_t k = 0; k < pairs_.size(); ++k) {
        const double part = squared_distance(m, pairs_[k]) / reach;
        weights[k] = part < 1 ? (1 - part) * (1 - part) : 0;
      }
      const auto next = improved(options_.model, p, pairs_, weights);
      if (!next) return;
      p = *next;
    }
    const score s = score_of(matrix_of(options_.model, p), pairs_, cut_off_, std::numeric_limits<double>::infinity());
    if (s.inliers >= best_.inliers || s.cost < best_.cost) found_ = p;
  }

  std::span<const point_pair> pairs_;
  const motion_options& options_;
  double cut_off_;
  random_numbers random_;
  score best_;
  std::optional<parameters> found_;
};

}  // namespace

std::optional<matrix3x3> robust_fit(std::span<const point_pair> pairs, const motion_options& options) {
  if (pairs.size() < std::size_t(sample_size(options.model))) return std::nullopt;
  const scaling s = scaling_of(pairs);
  std::vector<point_pair> scaled;
  scaled.reserve(pairs.size());
  for (const auto& [from, to] : pairs) scaled.push_back({s.scaled(from), s.scaled(to)});
  const auto p = fitter(scaled, options, options.threshold / s.length).run();
  if (!p) return std::nullopt;
  return s.in_pixels(matrix_of(options.model, *p));
}

global_motion fit_motion(const std::vector<point_pair>& pairs, const motion_options& options) {
  global_motion result;
  result.pairs = static_cast<int>(pairs.size());
  const auto found = robust_fit(pairs, options);
  if (!found) return result;
  double squares = 0;
  for (const point_pair& pair : pairs) {
    const double d = squared_distance(*found, pair);
    if (d < options.threshold * options.threshold) squares = squares + d, ++result.inliers;
  }
  if (result.inliers < sample_size(options.model)) return {.pairs = result.pairs};
  result.matrix = *found;
  result.residual = std::sqrt(squares / result.inliers);
  return result;
}

}  // namespace fluxel::host
