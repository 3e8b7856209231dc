// SPDX-License-Identifier: Apache-2.0
#include "host/motion/stabilizer/camera_path.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "host/plan/exponential.hpp"

namespace fluxel::host {

namespace {

matrix3x3 combined(const matrix3x3& a, double weight_a, const matrix3x3& b, double weight_b) {
  matrix3x3 sum;
  for (int i = 0; i < 9; ++i) sum.m[i] = a.m[i] * weight_a + b.m[i] * weight_b;
  return sum;
}

matrix3x3 normalised(matrix3x3 m) {
  const double last = m.m[8];
  for (double& e : m.m) e = e / last;
  return m;
}

}  // namespace

camera_path::camera_path(const path_settings& settings) : settings_(settings) {
  const int deviations = 2;  // beyond them the Gaussian is cut off
  window_ = int(std::ceil(deviations * settings.deviation));
  calm_ = settings.in_view ? std::max(1, int(settings.deviation / 2)) : 0;
  const auto gaussian = [&](double deviation) {
    std::vector<double> weights;
    for (int k = 0; k <= window_; ++k) weights.push_back(plan::exp_minus(k * k / (2 * deviation * deviation)));
    return weights;
  };
  wide_ = gaussian(settings.deviation);
  narrow_ = gaussian(std::max(1.0, settings.deviation / 3));
}

void camera_path::add(const std::optional<matrix3x3>& motion) {
  step s;
  if (motion) s = {.forward = normalised(*motion), .backward = inverse(*motion), .cut = false};
  steps_.push_back(s);
  ++count_;
}

int camera_path::scene_first(int index) const {
  while (index > first_ && !at(index).cut) --index;
  return index;
}

int camera_path::scene_last(int index) const {
  while (index + 1 < count_ && !at(index + 1).cut) ++index;
  return index;
}

matrix3x3 camera_path::motion(int a, int b) const {
  matrix3x3 m;
  for (int i = a; i < b; ++i) m = normalised(at(i + 1).forward * m);
  for (int i = a; i > b; --i) m = normalised(at(i).backward * m);
  return m;
}

/// Where a frame's points are on a straight line through where they are in the frames around it, fitted with these
/// weights: their weighted average, and at the ends of a scene no slower or faster than the path there.
matrix3x3 camera_path::averaged(int index, const std::vector<double>& weights) const {
  const int before = std::min(window_, index - scene_first(index));
  const int after = std::min(window_, scene_last(index) - index);
  double s0 = 0, s1 = 0, s2 = 0;
  for (int k = -before; k <= after; ++k) {
    const double w = weights[std::abs(k)];
    s0 = s0 + w, s1 = s1 + w * k, s2 = s2 + w * (k * k);
  }
  if (before + after == 0) return {};
  const auto weight = [&](int k) { return weights[std::abs(k)] * (s2 - s1 * k) / (s0 * s2 - s1 * s1); };
  matrix3x3 back, ahead, sum = combined({}, weight(0), {}, 0);
  for (int k = 1; k <= before; ++k) {
    back = normalised(at(index - k + 1).backward * back);
    sum = combined(sum, 1, back, weight(-k));
  }
  for (int k = 1; k <= after; ++k) {
    ahead = normalised(at(index + k).forward * ahead);
    sum = combined(sum, 1, ahead, weight(k));
  }
  return normalised(sum);
}

/// Less of the wide average first, then less of the narrow one: fast shake stays away as long as there is room.
matrix3x3 camera_path::held_back(const step& s, double share) const {
  if (share >= 0.5) return combined(s.wide, 2 * share - 1, s.narrow, 2 - 2 * share);
  return combined(s.narrow, 2 * share, {}, 1 - 2 * share);
}

matrix3x3 camera_path::to_frame(const matrix3x3& correction) const {
  const double x = (settings_.width - 1) / 2, y = (settings_.height - 1) / 2, z = 1 / settings_.zoom;
  return normalised(inverse(correction) * matrix3x3{{z, 0, x - z * x, 0, z, y - z * y, 0, 0, 1}});
}

bool camera_path::stays_in_view(const matrix3x3& correction) const {
  const matrix3x3 m = to_frame(correction);
  for (const double x : {0.0, settings_.width - 1})
    for (const double y : {0.0, settings_.height - 1}) {
      const point2d p = m.map({x, y});
      if (!(p.x >= 0 && p.y >= 0 && p.x <= settings_.width - 1 && p.y <= settings_.height - 1)) return false;
    }
  return true;
}

/// How much of its correction a frame can be given with the border out of view, in 1/1024.
double camera_path::share(const step& s, double most) const {
  int fits = 0, fits_not = int(most * 1024) + 1;
  while (fits_not - fits > 1) {
    const int middle = (fits + fits_not) / 2;
    (stays_in_view(held_back(s, middle / 1024.0)) ? fits : fits_not) = middle;
  }
  return fits / 1024.0;
}

/// No more than any of the shares around, and without steps between frames.
double camera_path::smooth_share(int index) {
  const int first = scene_first(index), last = scene_last(index);
  for (int i = std::max(first, index - 2 * calm_); i <= std::min(last, index + 2 * calm_); ++i) {
    step& s = at(i);
    if (s.share) continue;
    s.wide = averaged(i, wide_);
    s.narrow = averaged(i, narrow_);
    s.share = share(s, 1);
  }
  double sum = 0;
  int terms = 0;
  for (int i = std::max(first, index - calm_); i <= std::min(last, index + calm_); ++i, ++terms) {
    double least = 1;
    for (int k = std::max(first, i - calm_); k <= std::min(last, i + calm_); ++k)
      least = std::min(least, *at(k).share);
    sum = sum + least;
  }
  return sum / terms;
}

/// Frames that no later one asks for.
void camera_path::forget(int index) {
  const int needed = window_ + 2 * calm_ + 1;
  for (; first_ < index - needed; ++first_) steps_.pop_front();
}

matrix3x3 camera_path::result_to_frame(int index) {
  forget(index);
  if (!settings_.in_view) return to_frame(averaged(index, wide_));
  const double smooth = smooth_share(index);
  const step& s = at(index);
  const matrix3x3 correction = held_back(s, smooth);
  return to_frame(stays_in_view(correction) ? correction : held_back(s, share(s, smooth)));
}

}  // namespace fluxel::host
