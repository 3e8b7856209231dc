// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/moving_mask.hpp"

#include <algorithm>
#include <cmath>

namespace fluxel::host {

namespace {

constexpr u8 inside = 255;
constexpr int least_strong = 8;  ///< a region that was not there before has one strong pixel in so many

}  // namespace

moving_mask::moving_mask(const size& s, int least_area)
    : size_(s),
      least_area_(least_area),
      mask_(s.width, s.height),
      carried_(s.width, s.height),
      other_(s.width, s.height) {}

std::size_t moving_mask::workspace_size() const {
  return 3 * mask_.size() + labels_.bytes() + sums_.capacity() * sizeof(region_sums);
}

void moving_mask::restart() { std::fill_n(carried_.data(), carried_.size(), u8{0}); }

/// What is weak or strong. What is not known goes on to be what it was.
void moving_mask::take_candidates(const relative_motion& motion) {
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    const motion_level level = motion.level[i];
    const bool moves = level == motion_level::unknown ? carried_.data()[i] != 0
                                                      : level == motion_level::weak || level == motion_level::strong;
    mask_.data()[i] = moves ? inside : u8{0};
  }
}

/// Regions with enough strong pixels, or of which half was there before.
void moving_mask::keep_regions(const relative_motion& motion) {
  labels_.find(mask_, inside, region_labels::neighbours::eight);
  sums_.assign(std::size_t(labels_.count()) + 1, {});
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    region_sums& r = sums_[labels_[i]];
    ++r.area;
    r.strong += motion.level[i] == motion_level::strong;
    r.seen_before += carried_.data()[i] != 0;
  }
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    const region_sums& r = sums_[labels_[i]];
    const bool moves = (r.strong * least_strong >= r.area || r.seen_before * 2 >= r.area);
    if (r.area < least_area_ || !moves) mask_.data()[i] = 0;
  }
}

/// What regions surround is filled where it is small, or where most of it is not known to be still.
void moving_mask::fill_holes(const relative_motion& motion) {
  labels_.find(mask_, 0, region_labels::neighbours::four);
  sums_.assign(std::size_t(labels_.count()) + 1, {});
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x) {
      region_sums& r = sums_[labels_.at(x, y)];
      ++r.area;
      r.known += motion.level[std::size_t(y) * size_.width + x] == motion_level::still;
      r.bounds += x == 0 || y == 0 || x == size_.width - 1 || y == size_.height - 1;
    }
  for (std::size_t i = 0; i < mask_.size(); ++i) {
    const region_sums& r = sums_[labels_[i]];
    if (labels_[i] != 0 && r.bounds == 0 && (r.area < least_area_ || 2 * r.known < r.area)) mask_.data()[i] = inside;
  }
}

/// The majority of 3 x 3; the edge repeats.
void moving_mask::smooth() {
  const int w = size_.width, h = size_.height;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      int sum = 0;
      for (int j = -1; j <= 1; ++j)
        for (int i = -1; i <= 1; ++i) sum += mask_(std::clamp(x + i, 0, w - 1), std::clamp(y + j, 0, h - 1)) != 0;
      other_(x, y) = sum >= 5 ? inside : u8{0};
    }
  std::swap(mask_, other_);
}

/// What moves by its flow alone does move where it lies between pixels that do: on three of its four sides, with
/// nothing else between. A thing of one color changes at its borders only.
void moving_mask::join_doubtful(const relative_motion& motion) {
  const int w = size_.width, h = size_.height;
  std::fill_n(other_.data(), other_.size(), u8{0});
  const auto walk = [&](int start, int step, int count) {
    bool bounded = false;
    for (int k = 0, i = start; k < count; ++k, i += step) {
      if (mask_.data()[i] != 0)
        bounded = true;
      else if (const motion_level level = motion.level[std::size_t(i)];
               level != motion_level::doubtful && level != motion_level::changed)
        bounded = false;
      else
        other_.data()[i] += bounded ? 1 : 0;
    }
  };
  for (int y = 0; y < h; ++y) walk(y * w, 1, w), walk(y * w + w - 1, -1, w);
  for (int x = 0; x < w; ++x) walk(x, w, h), walk((h - 1) * w + x, -w, h);
  for (std::size_t i = 0; i < mask_.size(); ++i)
    if (other_.data()[i] >= 3) mask_.data()[i] = inside;
}

void moving_mask::find(const relative_motion& motion) {
  take_candidates(motion);
  join_doubtful(motion);
  smooth();
  keep_regions(motion);
  fill_holes(motion);
}

void moving_mask::carry(const image<f32>& back) {
  const int w = size_.width, h = size_.height;
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const int from_x = int(std::lround(float(x) + back(x, y, 0)));
      const int from_y = int(std::lround(float(y) + back(x, y, 1)));
      const bool in_frame = from_x >= 0 && from_y >= 0 && from_x < w && from_y < h;
      carried_(x, y) = in_frame ? mask_(from_x, from_y) : u8{0};
    }
}

}  // namespace fluxel::host
