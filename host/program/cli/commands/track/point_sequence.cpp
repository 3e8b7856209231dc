// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/point_sequence.hpp"

#include <algorithm>
#include <cmath>

#include "host/program/flow_files/flow_pictures.hpp"

namespace fluxel::cli {

namespace {

using video::plain_picture;

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
    case track_status::masked:
      return "masked";
    default:
      return "invalid";
  }
}

point_sequence::point_sequence(const plain_picture& like, const sequence_settings& settings, const placement& where)
    : settings_(settings),
      geometry_(video::geometry_of(like, settings.range)),
      detector_(geometry_, settings.corners, where),
      tracker_(geometry_, std::max(settings.corners.max_count, int(settings.start.size())), settings.tracking,
               where) {}

const std::vector<observation>& point_sequence::next(const plain_picture& picture) {
  seen_.clear();
  follow(picture);
  if (is_due()) search(picture);
  ++frame_;
  return seen_;
}

bool point_sequence::is_due() const {
  if (frame_ == 0) return true;
  if (settings_.redetect > 0 && frame_ % settings_.redetect == 0) return true;
  const auto left = double(ids_.size());
  return settings_.redetect_below > 0 && (left == 0 || left < settings_.redetect_below * double(after_search_));
}

void point_sequence::follow(const plain_picture& picture) {
  const std::size_t n = places_.size();
  std::vector<point> to(n);
  std::vector<track_status> status(n);
  std::vector<float> error(n);
  flow_frame frame{.frame = video::frame_of(picture)};
  if (!settings_.known.empty()) frame.mask = {settings_.known.data(), picture.width, picture.height};
  if (!tracker_.advance(frame, {.from = places_, .to = to, .status = status, .error = error})) return;
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

/// Where a new corner may be: where the masks allow it, not nearer than the least distance to a point that is
/// followed.
image_view<const u8> point_sequence::free_places(int width, int height) {
  free_ = settings_.mask;
  if (free_.empty()) free_.assign(std::size_t(width) * height, 1);
  for (std::size_t i = 0; i < settings_.known.size(); ++i) free_[i] = free_[i] != 0 && settings_.known[i] != 0;
  const double distance = settings_.corners.min_distance;
  const int reach = int(std::ceil(distance));
  for (const point& p : places_) {
    const int cx = int(std::lround(p.x)), cy = int(std::lround(p.y));
    for (int y = std::max(0, cy - reach); y <= std::min(height - 1, cy + reach); ++y)
      for (int x = std::max(0, cx - reach); x <= std::min(width - 1, cx + reach); ++x)
        if (std::hypot(x - p.x, y - p.y) < distance) free_[std::size_t(y) * width + x] = 0;
  }
  return {free_.data(), width, height};
}

void point_sequence::begin(const numbered_point& p) {
  seen_.push_back({.id = p.id, .at = p.at, .is_new = true});
  ids_.push_back(p.id);
  places_.push_back(p.at);
  next_id_ = p.id + 1;
}

void point_sequence::search(const plain_picture& picture) {
  if (frame_ == 0 && !settings_.start.empty()) {
    for (const numbered_point& p : settings_.start) begin(p);
    after_search_ = ids_.size();
    return;
  }
  if (int(ids_.size()) >= settings_.corners.max_count) return;
  std::vector<point> found(settings_.corners.max_count);
  int count = 0;
  detector_.run(video::frame_of(picture), free_places(picture.width, picture.height),
                {.points = found, .count = &count});
  count = std::min(count, settings_.corners.max_count - int(places_.size()));
  for (int i = 0; i < count; ++i) begin({next_id_, found[i]});
  after_search_ = ids_.size();
}

}  // namespace fluxel::cli
