// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/feature_level.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fluxel/warp_perspective.hpp"
#include "host/motion/background_choice.hpp"
#include "host/motion/robust_fit.hpp"

namespace fluxel::host {

namespace {

flow_geometry geometry_of_level(size s) {
  return {.width = s.width, .height = s.height, .type = element_type::f32, .white = 255};
}

constexpr track_options level_tracking(int pyramid_levels) {
  return {.window = 21, .max_levels = pyramid_levels, .iterations = 20, .epsilon = 0.01, .forward_backward = 0.5};
}

std::vector<point> corners_of(const grey_picture& p, int most, const placement& where) {
  const double spacing = std::sqrt(double(p.extent.width) * p.extent.height / most);
  std::vector<point> found(most);
  int count = 0;
  feature_detector(
      geometry_of_level(p.extent),
      {.quality = 0.01, .min_distance = std::clamp(0.6 * spacing, 4.0, 64.0), .max_count = most, .window_radius = 2},
      where)
      .run(image_view<const f32>{p.pixels.data(), p.extent.width, p.extent.height}, {},
           {.points = found, .count = &count});
  found.resize(count);
  return found;
}

/// The pairs that follow what the grid of cells chooses, where fewer pairs may follow than something before it has.
/// @param extent  of the reference, in the units of the pairs.
std::vector<point_pair> background_of(const std::vector<point_pair>& pairs, const motion_options& options,
                                      const point2d& extent) {
  std::vector<point> from, to;
  for (const point_pair& p : pairs) {
    from.push_back({f32(p.from.x), f32(p.from.y)});
    to.push_back({f32(p.to.x), f32(p.to.y)});
  }
  const std::vector<track_status> all(pairs.size(), track_status::tracked);
  std::vector<u8> follows;
  background_choice({.model = options.model,
                     .width = extent.x,
                     .height = extent.y,
                     .loose = options.threshold,
                     .tight = options.threshold})
      .find({from, to, all}, nullptr, follows);
  std::vector<point_pair> background;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (follows[i] != 0) background.push_back(pairs[i]);
  return background;
}

bool follow(const std::vector<point_pair>& pairs, const matrix3x3& motion, double threshold) {
  const auto near = std::count_if(pairs.begin(), pairs.end(), [&](const point_pair& p) {
    return squared_distance(motion, p) < threshold * threshold;
  });
  return std::size_t(near) * 2 >= pairs.size();
}

/// The motion that most pairs follow; or the background's, where that is another one and as certain.
global_motion fit_background(const std::vector<point_pair>& pairs, const motion_options& options,
                             const point2d& extent) {
  const global_motion most = fit_motion(pairs, options);
  if (most.inliers == 0 || most.inliers == most.pairs) return most;
  const std::vector<point_pair> background = background_of(pairs, options, extent);
  if (follow(background, most.matrix, options.threshold)) return most;
  global_motion behind = fit_motion(background, options);
  behind.pairs = most.pairs;
  return is_certain(behind) ? behind : most;
}

}  // namespace

std::vector<f32> warped_to(const grey_picture& reference, const grey_picture& picture, const matrix3x3& known,
                           const placement& where) {
  const auto [w, h] = reference.extent;
  std::vector<f32> pixels(std::size_t(w) * h);
  const matrix3x3 between = inverse(picture.to_whole()) * known * reference.to_whole();
  warp_perspective(image_view<const f32>{picture.pixels.data(), picture.extent.width, picture.extent.height}, between,
                   image_view<f32>{pixels.data(), w, h}, {.filter = warp_filter::bicubic}, where);
  return pixels;
}

feature_level::feature_level(grey_picture reference, const feature_settings_of_level& settings, double pixel_aspect,
                             const placement& where)
    : reference_(std::move(reference)),
      settings_(settings),
      aspect_(pixel_aspect),
      where_(where),
      tracker_(geometry_of_level(reference_.extent), settings.most, level_tracking(settings.pyramid_levels), where),
      corners_(corners_of(reference_, settings.most, where)),
      tracked_(corners_.size()),
      status_(corners_.size()) {}

global_motion feature_level::refined(const grey_picture& picture, const matrix3x3& known, motion_model model) {
  if (corners_.empty()) return {};
  const auto [w, h] = reference_.extent;
  const std::vector<f32> seen = warped_to(reference_, picture, known, where_);
  tracker_.run(image_view<const f32>{reference_.pixels.data(), w, h}, image_view<const f32>{seen.data(), w, h},
               {.from = corners_, .to = tracked_, .status = status_});
  const matrix3x3 whole = reference_.to_whole(), in_picture = inverse(picture.to_whole());
  std::vector<point_pair> pairs;
  for (std::size_t i = 0; i < corners_.size(); ++i) {
    if (status_[i] != track_status::tracked) continue;
    const point2d from = whole.map({corners_[i].x, corners_[i].y});
    const point2d to = known.map(whole.map({tracked_[i].x, tracked_[i].y}));
    // What the warp has repeated from the picture's edge is no feature of it.
    const point2d p = in_picture.map(to);
    if (!(p.x >= 0 && p.y >= 0 && p.x <= picture.extent.width - 1 && p.y <= picture.extent.height - 1)) continue;
    pairs.push_back({{from.x * aspect_, from.y}, {to.x * aspect_, to.y}});
  }
  const double unit = std::max(reference_.reduced_by, picture.reduced_by) * std::max(1.0, aspect_);
  const double scale = reference_.reduced_by;
  global_motion found = fit_background(pairs, {.model = model, .threshold = settings_.threshold * unit},
                                       {w * scale * aspect_, h * scale});
  const matrix3x3 square{{aspect_, 0, 0, 0, 1, 0, 0, 0, 1}};
  found.matrix = inverse(square) * found.matrix * square;
  return found;
}

std::size_t feature_level::workspace_size() const {
  return tracker_.workspace_size() + reference_.pixels.size() * sizeof(f32) +
         corners_.size() * (2 * sizeof(point) + sizeof(track_status));
}

}  // namespace fluxel::host
