// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/pixel_refinement.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/motion/motion_model.hpp"

namespace fluxel::host {

namespace {

constexpr int most_steps = 5;
constexpr double farthest_step = 1;   ///< px of the level: the features were not as wrong as that
constexpr double near_enough = 2e-3;  ///< px: a shorter step is the last
constexpr double tukey = 4.685;       ///< of the residuals' deviation
constexpr double least_slope = 2;     ///< grey levels per pixel: flatter pixels tell next to nothing

/// The reference, the picture warped to it, and where the picture has something for sure.
struct pixel_pair {
  size extent;
  const std::vector<f32>& reference;
  std::vector<f32> warped;
  const std::vector<u8>& seen;
  const std::vector<f32>& trust;  ///< what differences and slopes are multiplied by

  double difference(std::size_t i) const { return (double(reference[i]) - warped[i]) * trust[i]; }
};

/// Evening out has raised noise where there is little contrast: it is taken back to what it is in most places.
std::vector<f32> trust_of(const local_contrast& contrast) {
  std::vector<f32> gains = contrast.gain;
  const auto middle = gains.begin() + std::ptrdiff_t(gains.size() / 2);
  std::nth_element(gains.begin(), middle, gains.end());
  std::vector<f32> trust;
  trust.reserve(gains.size());
  for (const f32 gain : contrast.gain) trust.push_back(*middle / gain);
  return trust;
}

/// 1 where the picture has what the filters read.
std::vector<u8> seen_in(const matrix3x3& to_picture, const size& picture, const size& reference) {
  constexpr double margin = 2.5;  // px; the map still changes by one
  std::vector<u8> seen;
  seen.reserve(std::size_t(reference.width) * reference.height);
  for (int y = 0; y < reference.height; ++y)
    for (int x = 0; x < reference.width; ++x) {
      const point2d at = to_picture.map({double(x), double(y)});
      seen.push_back(at.x >= margin && at.y >= margin && at.x <= picture.width - 1 - margin &&
                     at.y <= picture.height - 1 - margin);
    }
  return seen;
}

/// The deviation of the differences, whatever the outliers are.
double deviation_of(const pixel_pair& pair) {
  constexpr int step = 5;
  const auto [w, h] = pair.extent;
  std::vector<double> sizes;
  for (int y = 1; y < h - 1; y += step)
    for (int x = 1; x < w - 1; x += step) {
      const std::size_t i = std::size_t(y) * w + x;
      if (pair.seen[i] != 0) sizes.push_back(std::abs(pair.difference(i)));
    }
  if (sizes.empty()) return 0;
  const auto middle = sizes.begin() + std::ptrdiff_t(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return 1.4826 * *middle + 0.25;
}

/// Coordinates of about 1 around the middle, of square pixels.
matrix3x3 to_unit(const size& s, double aspect) {
  const double length = (s.width * aspect + s.height) / 2;
  return {{aspect / length, 0, -aspect * (s.width - 1) / 2 / length, 0, 1 / length, -(s.height - 1) / 2.0 / length, 0,
           0, 1}};
}

struct step_result {
  std::optional<parameters> step;
  double cost = 0;  ///< mean of Tukey's function over the pixels that count
};

class step_sums {
 public:
  step_sums(motion_model model, const matrix3x3& unit) : model_(model), n_(parameter_count(model)), unit_(unit) {}

  void add(int x, int y, double slope_x, double slope_y, double difference, double weight) {
    const point2d p = unit_.map({double(x), double(y)});
    const slopes s = slopes_of(model_, p, p, 1);
    const double gx = slope_x / unit_.m[0], gy = slope_y / unit_.m[4];
    parameters row;
    for (int j = 0; j < n_; ++j) row[j] = gx * s.x[j] + gy * s.y[j];
    for (int j = 0; j < n_; ++j) {
      const double w = weight * row[j];
      for (int k = j; k < n_; ++k) normal_[j][k] = normal_[j][k] + w * row[k];
      normal_[j][n_] = normal_[j][n_] + w * difference;
    }
  }

  std::optional<parameters> solution() {
    for (int j = 0; j < n_; ++j)
      for (int k = 0; k < j; ++k) normal_[j][k] = normal_[k][j];
    return solve(normal_, n_);
  }

 private:
  motion_model model_;
  int n_;
  matrix3x3 unit_;
  equations normal_{};
};

step_result step_of(const pixel_pair& pair, motion_model model, const matrix3x3& unit, double cut_off) {
  const auto [w, h] = pair.extent;
  step_sums sums(model, unit);
  double cost = 0, pixels = 0;
  for (int y = 1; y < h - 1; ++y)
    for (int x = 1; x < w - 1; ++x) {
      const std::size_t i = std::size_t(y) * w + x;
      const auto slope = [&](std::ptrdiff_t by) {
        const f32 *a = pair.reference.data() + i, *b = pair.warped.data() + i;
        return 0.25 * ((double(a[by]) - a[-by]) + (double(b[by]) - b[-by]));
      };
      const double gx = slope(1) * pair.trust[i], gy = slope(w) * pair.trust[i];
      if (gx * gx + gy * gy < least_slope * least_slope || pair.seen[i] == 0) continue;
      const double difference = pair.difference(i), part = difference / cut_off, rest = 1 - part * part;
      pixels = pixels + 1;
      cost = cost + (rest > 0 ? 1 - rest * rest * rest : 1);
      if (rest > 0) sums.add(x, y, gx, gy, difference, rest * rest);
    }
  if (pixels < 100) return {};
  return {sums.solution(), cost / pixels};
}

/// How far a map moves the corners of a picture.
double reach_of(const matrix3x3& m, const size& s) {
  double most = 0;
  for (const point2d& p : {point2d{0, 0}, {s.width - 1.0, 0}, {0, s.height - 1.0}, {s.width - 1.0, s.height - 1.0}}) {
    const point2d at = m.map(p);
    most = std::max({most, std::abs(at.x - p.x), std::abs(at.y - p.y)});
  }
  return most;
}

}  // namespace

matrix3x3 refined_by_pixels(const grey_picture& reference, const grey_picture& picture, const matrix3x3& known,
                            motion_model model, double pixel_aspect, const placement& where) {
  const size extent = reference.extent;
  const matrix3x3 whole = reference.to_whole(), unit = to_unit(extent, pixel_aspect);
  const std::vector<u8> seen = seen_in(inverse(picture.to_whole()) * known * whole, picture.extent, extent);
  std::vector<f32> even = reference.pixels;
  const local_contrast of_reference = contrast_of(reference, seen);
  even_out(even, of_reference);
  const std::vector<f32> trust = trust_of(of_reference);
  local_contrast contrast;
  matrix3x3 best = known, added;
  double least = 0, cut_off = 0;
  for (int i = 0; i < most_steps; ++i) {
    const matrix3x3 tried = known * whole * added * inverse(whole);
    grey_picture warped{extent, reference.reduced_by, warped_to(reference, picture, tried, where)};
    if (i == 0) contrast = contrast_of(warped, seen);
    even_out(warped.pixels, contrast);
    const pixel_pair pair{extent, even, std::move(warped.pixels), seen, trust};
    if (i == 0) cut_off = tukey * deviation_of(pair);
    const auto [step, cost] = step_of(pair, model, unit, cut_off);
    if (!step || (i > 0 && cost >= least)) break;
    best = tried, least = cost;
    parameters p = at_rest(model);
    for (int j = 0; j < parameter_count(model); ++j) p[j] = p[j] + (*step)[j];
    const matrix3x3 next = inverse(unit) * matrix_of(model, p) * unit;
    added = added * next;
    if (!(reach_of(added, extent) <= farthest_step)) return known;
    if (reach_of(next, extent) < near_enough) break;
  }
  const double last = best.m[8];
  for (double& e : best.m) e = e / last;
  return best;
}

}  // namespace fluxel::host
