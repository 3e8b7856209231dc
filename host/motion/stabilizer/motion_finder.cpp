// SPDX-License-Identifier: Apache-2.0
#include "host/motion/stabilizer/motion_finder.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace fluxel::host {

namespace {

constexpr int wide_enough = 960;  ///< pixels of the longer side: more make the motion no better
constexpr int corners = 200;      ///< a motion is averaged over so many at most
constexpr int search_interval = 12;
constexpr double search_below = 0.6;  ///< of the corners that the last search has found
constexpr int least_inliers = 6;
constexpr double least_followed = 0.25;  ///< of the points: fewer are those of another scene
constexpr double least_agreeing = 0.1;   ///< of the points that were followed
constexpr double least_rivals = 0.05;    ///< of them, that follow a motion that may be the camera's, too
constexpr double near_and_far = 5;       ///< pixels: they move apart when a camera does
constexpr double one_thing = 1.5;        ///< pixels: so far its points are from its motion
constexpr float trust_gain = 0.5F;       ///< of a point in a frame that it follows the background in
constexpr int picture_side = 320;        ///< pixels of the longer side: plain ground is compared in smaller pictures

size reduced_size(const size& s, int longest) {
  const int by = std::max(1, (std::max(s.width, s.height) + longest / 2) / longest);
  return {std::max(1, (s.width + by / 2) / by), std::max(1, (s.height + by / 2) / by)};
}

size compared_size(const size& s) { return reduced_size(s, picture_side); }

flow_geometry geometry_of(const frame_format& f, const size& s) {
  return {.width = s.width,
          .height = s.height,
          .channels = f.planes[0].channels,
          .type = f.type(),
          .bit_depth = f.type() == element_type::u16 && !f.high_bits ? std::max(8, f.bit_depth) : 16};
}

feature_options feature_settings(const size& s) {
  const double spacing = std::sqrt(double(s.width) * s.height / corners);
  return {.quality = 0.001, .min_distance = std::clamp(0.6 * spacing, 4.0, 64.0), .max_count = corners};
}

background_settings choice_settings(const frame_format& f, motion_model model, double aspect, const size& small) {
  const double unit = std::max(double(f.width) / small.width * aspect, double(f.height) / small.height);
  return {.model = model,
          .width = f.width * aspect,
          .height = double(f.height),
          .loose = near_and_far * unit,
          .tight = one_thing * unit,
          .fewest_followers = least_inliers,
          .least_share = least_agreeing,
          .rival_share = least_rivals};
}

constexpr track_options track_settings{
    .window = 15, .max_levels = 5, .iterations = 12, .epsilon = 0.02, .forward_backward = 0.5};

}  // namespace

motion_finder::motion_finder(const frame_format& format, motion_model model, double pixel_aspect,
                             const placement& where, const resolved_placement& resolved, backend b)
    : model_(model),
      aspect_(pixel_aspect),
      full_{format.width, format.height},
      small_(reduced_size({format.width, format.height}, wide_enough)),
      geometry_(geometry_of(format, small_)),
      detector_(geometry_, feature_settings(small_), where),
      tracker_(geometry_, corners, track_settings, where),
      compare_({small_, compared_size(small_), geometry_.channels, geometry_.type},
               {.filter = filter::bilinear, .antialias = antialias::yes}, where),
      choice_(choice_settings(format, model, pixel_aspect, small_)),
      found_(corners),
      free_(small_.width, small_.height),
      before_(compared_size(small_).width, compared_size(small_).height),
      after_(before_.width(), before_.height()) {
  compared_pixels_.resize(after_.size() * geometry_.channels * element_size(geometry_.type));
  if (b == backend::cuda) there_.emplace(geometry_, compared_size(small_), corners, resolved);
  scale_x_ = double(full_.width) / small_.width;
  scale_y_ = double(full_.height) / small_.height;
  if (small_ == full_) return;
  const int channels = geometry_.channels;
  reduce_.emplace(resize_geometry{full_, small_, channels, geometry_.type},
                  resize_options{.filter = filter::bilinear, .antialias = antialias::yes}, where);
  if (!there_)
    small_pixels_.resize(std::size_t(small_.width) * small_.height * channels * element_size(geometry_.type));
}

std::size_t motion_finder::workspace_size() const {
  return detector_.workspace_size() + tracker_.workspace_size() + small_pixels_.size() + free_.size() +
         compare_.workspace_size() + compared_pixels_.size() + 2 * after_.size() * sizeof(f32) +
         (reduce_ ? reduce_->workspace_size() : 0);
}

void motion_finder::restart() {
  tracker_.restart();
  forget_points();
  frames_since_search_ = 0;
}

/// One channel in small: softer, too. Of colors it is green.
template <class T>
void motion_finder::compare_later(const image_view<const T>& picture) {
  auto* pixels = reinterpret_cast<T*>(compared_pixels_.data());
  const int channels = geometry_.channels;
  image_view<T> to{there_ ? static_cast<T*>(there_->compared()) : pixels, after_.width(), after_.height(), channels};
  to.memory = picture.memory;
  compare_.run(picture, to);
  if (there_) there_->read_compared(compared_pixels_);
  const double white = std::is_same_v<T, u8> ? 255 : std::is_same_v<T, f32> ? 1 : (1 << geometry_.bit_depth) - 1;
  const auto level = float(255 / white);
  const int channel = channels < 3 ? 0 : 1;
  for (std::size_t i = 0; i < after_.size(); ++i)
    after_.data()[i] = float(pixels[i * std::size_t(channels) + std::size_t(channel)]) * level;
}

template <class T>
flow_image motion_finder::reduced(const frame_view<const void>& frame) {
  image_view<const T> whole{static_cast<const T*>(frame.data[0]), full_.width, full_.height, geometry_.channels,
                            frame.pitch[0]};
  whole.memory = frame.memory;
  if (!reduce_) {
    compare_later(whole);
    return whole;
  }
  image_view<T> to{there_ ? static_cast<T*>(there_->picture()) : reinterpret_cast<T*>(small_pixels_.data()),
                   small_.width, small_.height, geometry_.channels};
  to.memory = frame.memory;
  reduce_->run(whole, to);
  compare_later(image_view<const T>(to));
  return image_view<const T>(to);
}

flow_image motion_finder::picture_of(const frame_view<const void>& frame) {
  switch (geometry_.type) {
    case element_type::u8:
      return reduced<u8>(frame);
    case element_type::f32:
      return reduced<f32>(frame);
    default:
      return reduced<u16>(frame);
  }
}

point motion_finder::as_square(const point& p) const {
  return {float(((p.x + 0.5) * scale_x_ - 0.5) * aspect_), float((p.y + 0.5) * scale_y_ - 0.5)};
}

/// Where the points are now. @returns whether there was a picture before
bool motion_finder::track(const flow_image& picture) {
  to_.resize(points_.size());
  status_.resize(points_.size());
  if (!there_) return tracker_.advance(picture, {.from = points_, .to = to_, .status = status_});
  if (!tracker_.advance(picture, there_->lists(points_))) return false;
  there_->read(to_, status_);
  return true;
}

std::optional<matrix3x3> motion_finder::follow(const flow_image& picture) {
  const std::size_t n = points_.size();
  from_.resize(n);
  const bool followed = track(picture);
  if (!followed || n == 0) {
    forget_points();
    return std::nullopt;
  }
  std::transform(points_.begin(), points_.end(), from_.begin(), [this](const point& p) { return as_square(p); });
  points_ = to_;
  std::transform(to_.begin(), to_.end(), to_.begin(), [this](const point& p) { return as_square(p); });
  const double x = double(full_.width) / before_.width(), y = double(full_.height) / before_.height();
  const picture_pair pictures{before_, after_, {{x * aspect_, 0, (x - 1) / 2 * aspect_, 0, y, (y - 1) / 2, 0, 0, 1}}};
  const auto motion = choice_.find({from_, to_, status_, trust_}, &pictures, followers_);
  if (!motion || motion->pairs < least_followed * double(n)) {
    forget_points();
    return std::nullopt;
  }
  keep_tracked();
  if (after_search_ == 0) after_search_ = points_.size();
  return motion->matrix;
}

/// What moves by itself is followed on: another time it may be most of what there is, and must not be taken for new.
void motion_finder::keep_tracked() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    if (status_[i] != track_status::tracked) continue;
    const float trust = trust_[i] + (followers_[i] != 0 ? trust_gain : -trust_gain);
    points_[kept] = points_[i];
    trust_[kept++] = std::clamp(trust, 0.0F, 1.0F);
  }
  points_.resize(kept);
  trust_.resize(kept);
}

void motion_finder::forget_points() {
  points_.clear();
  trust_.clear();
}

/// Where the points are not.
const image<u8>& motion_finder::free_pixels() {
  std::fill(free_.data(), free_.data() + free_.size(), u8{255});
  const int r = int(feature_settings(small_).min_distance);
  for (const point& p : points_) {
    const int px = int(std::lround(p.x)), py = int(std::lround(p.y));
    for (int y = std::max(0, py - r); y <= std::min(small_.height - 1, py + r); ++y)
      for (int x = std::max(0, px - r); x <= std::min(small_.width - 1, px + r); ++x)
        if ((x - px) * (x - px) + (y - py) * (y - py) < r * r) free_(x, y) = 0;
  }
  return free_;
}

int motion_finder::detect(const flow_image& picture) {
  const image<u8>& free = free_pixels();
  if (there_) {
    detector_.run(picture, there_->upload_free(free), there_->corners());
    return there_->read_corners(found_);
  }
  int count = 0;
  detector_.run(picture, image_view<const u8>(free), {.points = found_, .count = &count});
  return count;
}

void motion_finder::look_for_corners(const flow_image& picture) {
  const int count = std::min(detect(picture), corners - int(points_.size()));
  points_.insert(points_.end(), found_.begin(), found_.begin() + count);
  trust_.resize(points_.size(), 0);
  after_search_ = 0;
  frames_since_search_ = 0;
}

std::optional<matrix3x3> motion_finder::next(const frame_view<const void>& frame) {
  std::swap(before_, after_);
  const flow_image picture = picture_of(frame);
  const auto motion = follow(picture);
  if (++frames_since_search_ >= search_interval || double(points_.size()) < search_below * double(after_search_) ||
      points_.empty())
    look_for_corners(picture);
  return motion;
}

}  // namespace fluxel::host
