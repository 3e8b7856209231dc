// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/point_sequence.hpp"

#include <algorithm>
#include <cmath>

namespace fluxel::cli {

namespace {

using video::plain_picture;

flow_geometry geometry_of(const plain_picture& p) { return {p.width, p.height, p.channels, p.type}; }

template <class Options>
Options with_depth(Options options, const plain_picture& p) {
  if (p.type == element_type::u16) options.bit_depth = p.bit_depth;
  return options;
}

}  // namespace

const char* status_name(const observation& o) {
  if (o.is_new) return "new";
  switch (o.status) {
    case track_status::tracked:
      return "tracked";
    case track_status::outside:
      return "outside";
    case track_status::flat:
      return "flat";
    case track_status::not_converged:
      return "not_converged";
    case track_status::inconsistent:
      return "inconsistent";
    default:
      return "invalid";
  }
}

point_sequence::point_sequence(const plain_picture& like, const sequence_settings& settings, run_on where)
    : settings_(settings),
      detector_(geometry_of(like), with_depth(settings.corners, like), where),
      tracker_(geometry_of(like), settings.corners.max_count, with_depth(settings.tracking, like), where) {}

const std::vector<observation>& point_sequence::next(const plain_picture& picture) {
  seen_.clear();
  switch (picture.type) {
    case element_type::u8:
      step<u8>(picture);
      break;
    case element_type::f32:
      step<float>(picture);
      break;
    default:
      step<u16>(picture);
  }
  ++frame_;
  return seen_;
}

template <class T>
void point_sequence::step(const plain_picture& picture) {
  follow<T>(picture);
  const bool due = settings_.redetect > 0 && frame_ % settings_.redetect == 0;
  if ((frame_ == 0 || due) && int(ids_.size()) < settings_.corners.max_count) detect<T>(picture);
}

template <class T>
void point_sequence::follow(const plain_picture& picture) {
  const std::size_t n = places_.size();
  std::vector<point> to(n);
  std::vector<track_status> status(n);
  std::vector<float> error(n);
  if (!tracker_.advance<T>(picture.view<T>(), {.from = places_, .to = to, .status = status, .error = error})) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    seen_.push_back({.id = ids_[i], .at = to[i], .error = error[i], .status = status[i]});
    if (status[i] != track_status::tracked) continue;
    ids_[kept] = ids_[i];
    places_[kept++] = to[i];
  }
  ids_.resize(kept);
  places_.resize(kept);
}

/// Where a new corner may be: not nearer than the least distance to a point that is followed.
image_view<const u8> point_sequence::free_places(int width, int height) {
  mask_.assign(std::size_t(width) * height, 1);
  const double distance = settings_.corners.min_distance;
  const int reach = int(std::ceil(distance));
  for (const point& p : places_) {
    const int cx = int(std::lround(p.x)), cy = int(std::lround(p.y));
    for (int y = std::max(0, cy - reach); y <= std::min(height - 1, cy + reach); ++y)
      for (int x = std::max(0, cx - reach); x <= std::min(width - 1, cx + reach); ++x)
        if (std::hypot(x - p.x, y - p.y) < distance) mask_[std::size_t(y) * width + x] = 0;
  }
  return {mask_.data(), width, height};
}

template <class T>
void point_sequence::detect(const plain_picture& picture) {
  std::vector<point> found(settings_.corners.max_count);
  int count = 0;
  detector_.detect<T>(picture.view<T>(), free_places(picture.width, picture.height),
                      {.points = found, .count = &count});
  count = std::min(count, settings_.corners.max_count - int(places_.size()));
  for (int i = 0; i < count; ++i) {
    seen_.push_back({.id = next_id_, .at = found[i], .is_new = true});
    ids_.push_back(next_id_++);
    places_.push_back(found[i]);
  }
}

}  // namespace fluxel::cli
