// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/background_fit.hpp"

#include <algorithm>
#include <cmath>

namespace fluxel::host {

namespace {

constexpr double follower_distance = 0.75;  ///< of the background's vectors, pixels of the flow's frames
constexpr double least_share = 0.2;         ///< of the vectors that follow it: fewer are no background
constexpr int fewest_followers = 12;
constexpr double rival_share = 0.1;  ///< of the vectors: a second motion that may be the background's
constexpr int most_vectors = 4096;

}  // namespace

void background_fit::take_grid(const image<f32>& uv, const image<u8>& usable) {
  const int w = uv.width(), h = uv.height();
  int step = 1;
  while (std::int64_t{(w + step - 1) / step} * ((h + step - 1) / step) > most_vectors) ++step;
  from_.clear();
  to_.clear();
  for (int y = (step - 1) / 2; y < h; y += step)
    for (int x = (step - 1) / 2; x < w; x += step) {
      if (usable(x, y) != 0) continue;
      from_.push_back({float(x), float(y)});
      to_.push_back({float(x) + uv(x, y, 0), float(y) + uv(x, y, 1)});
    }
}

void background_fit::fit(const std::vector<track_status>& status, followed& result) const {
  result.inliers.resize(from_.size());
  result.motion = fit_global_motion(
      from_, to_, status, {.model = model_, .threshold = follower_distance, .max_trials = 500}, result.inliers);
}

/// Mean squared distance of the inliers from their middle.
double background_fit::spread(const followed& f) const {
  double x = 0, y = 0, squares = 0;
  const double n = f.motion.inliers;
  for (std::size_t i = 0; i < from_.size(); ++i)
    if (f.inliers[i] != 0) {
      const double px = from_[i].x, py = from_[i].y;
      x = x + px, y = y + py, squares = squares + (px * px + py * py);
    }
  return squares / n - (x / n * (x / n) + y / n * (y / n));
}

/// Something large and textured before a plain background has more vectors, but the background lies around it: of two
/// motions it is the one that is spread more widely.
std::optional<matrix3x3> background_fit::find(const image<f32>& uv, const image<u8>& usable) {
  take_grid(uv, usable);
  const auto pairs = double(from_.size());
  all_.assign(from_.size(), track_status::tracked);
  fit(all_, first_);
  const int inliers = first_.motion.inliers;
  if (inliers < fewest_followers || inliers < least_share * pairs) return std::nullopt;
  others_.resize(from_.size());
  std::transform(first_.inliers.begin(), first_.inliers.end(), others_.begin(),
                 [](u8 inlier) { return inlier != 0 ? track_status::outside : track_status::tracked; });
  fit(others_, second_);
  const int rivals = second_.motion.inliers;
  if (rivals >= fewest_followers && rivals >= rival_share * pairs && spread(second_) > spread(first_))
    return second_.motion.matrix;
  return first_.motion.matrix;
}

}  // namespace fluxel::host
