// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/point_sequence.hpp"

#include <algorithm>
#include <cmath>

#include "host/program/cli/options/device_placement.hpp"
#include "host/program/cli/options/values.hpp"

namespace fluxel::cli {

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

point_sequence::point_sequence(const flow_geometry& geometry, const sequence_settings& settings,
                               const placement& where)
    : settings_(settings),
      geometry_(geometry),
      capacity_(std::max(settings.corners.max_count, int(settings.start.size()))),
      detector_(geometry_, settings.corners, for_device_frames(where)),
      tracker_(geometry_, capacity_, settings.tracking, for_device_frames(where)) {
  if (runs_on_cuda(where))
    there_.emplace(geometry, capacity_, settings.corners.max_count, settings.known, where.device);
}

const std::vector<observation>& point_sequence::next(const flow_image& picture) {
  seen_.clear();
  const flow_frame frame = frame_of(picture);
  follow(frame);
  if (is_due()) search(frame);
  ++frame_;
  return seen_;
}

flow_frame point_sequence::frame_of(const flow_image& picture) {
  if (there_) return there_->frame_of(picture);
  flow_frame frame{.frame = picture};
  if (!settings_.known.empty()) frame.mask = {settings_.known.data(), geometry_.width, geometry_.height};
  return frame;
}

bool point_sequence::is_due() const {
  if (frame_ == 0) return true;
  if (settings_.redetect > 0 && frame_ % settings_.redetect == 0) return true;
  const auto left = double(ids_.size());
  return settings_.redetect_below > 0 && (left == 0 || left < settings_.redetect_below * double(after_search_));
}

/// Finds the places in the next picture. @returns whether there was one before it.
bool point_sequence::track(const flow_frame& frame) {
  if (there_) {
    if (!tracker_.advance(frame, there_->lists(places_, changed_))) return false;
    there_->read(tracked_);
    return true;
  }
  tracked_.resize(places_.size());
  return tracker_.advance(frame,
                          {.from = places_, .to = tracked_.to, .status = tracked_.status, .error = tracked_.error});
}

void point_sequence::follow(const flow_frame& frame) {
  const std::size_t n = places_.size();
  if (!track(frame)) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    seen_.push_back({.id = ids_[i], .at = tracked_.to[i], .error = tracked_.error[i], .status = tracked_.status[i]});
    if (tracked_.status[i] != track_status::tracked) continue;
    ids_[kept] = ids_[i];
    places_[kept++] = tracked_.to[i];
  }
  ids_.resize(kept);
  places_.resize(kept);
  changed_ = kept != n;
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
  changed_ = true;
  next_id_ = p.id + 1;
}

int point_sequence::detect(const flow_frame& frame, const image_view<const u8>& free, std::vector<point>& found) {
  if (there_) {
    detector_.run(frame.frame, there_->upload_mask(free_), there_->corners());
    return there_->read_corners(found);
  }
  int count = 0;
  found.resize(settings_.corners.max_count);
  detector_.run(frame.frame, free, {.points = found, .count = &count});
  return count;
}

void point_sequence::search(const flow_frame& frame) {
  if (frame_ == 0 && !settings_.start.empty()) {
    for (const numbered_point& p : settings_.start) begin(p);
    after_search_ = ids_.size();
    return;
  }
  if (int(ids_.size()) >= settings_.corners.max_count) return;
  std::vector<point> found;
  const int count = std::min(detect(frame, free_places(geometry_.width, geometry_.height), found),
                             settings_.corners.max_count - int(places_.size()));
  for (int i = 0; i < count; ++i) begin({next_id_, found[i]});
  after_search_ = ids_.size();
}

}  // namespace fluxel::cli
