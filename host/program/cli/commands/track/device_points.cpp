// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/device_points.hpp"

#include <cstring>

namespace fluxel::cli {

namespace {

constexpr int bytes_of_point = sizeof(point) + sizeof(float) + sizeof(track_status);

image_view<const u8> line(const std::vector<u8>& bytes) { return {bytes.data(), int(bytes.size()), 1}; }

}  // namespace

device_points::list_block::list_block(int capacity_, int device)
    : capacity(capacity_), memory(capacity_ * bytes_of_point, 1, 1, 1, 1, device) {}

device_points::device_points(const flow_geometry& geometry, int capacity, int most_corners,
                             const std::vector<u8>& known, int device)
    : picture_(geometry, device),
      size_{geometry.width, geometry.height},
      mask_(std::in_place, geometry.width, geometry.height, 1, 1, 1, device),
      given_(capacity, device),
      tracked_{{capacity, device}, {capacity, device}},
      corners_(most_corners, device),
      copy_(given_.memory.view().width) {
  if (known.empty()) return;
  known_.emplace(size_.width, size_.height, 1, 1, 1, device);
  known_->upload({known.data(), size_.width, size_.height});
}

flow_frame device_points::frame_of(const flow_image& picture) {
  flow_frame frame{.frame = picture_.on_device(picture)};
  if (known_) frame.mask = known_->view();
  return frame;
}

point_tracks device_points::lists(const std::vector<point>& places, bool changed) {
  count_ = places.size();
  const point* from = tracked_[last_].points();
  if (changed) {
    if (count_ > 0) std::memcpy(copy_.data(), places.data(), count_ * sizeof(point));
    given_.memory.upload(line(copy_));
    from = given_.points();
  }
  last_ = 1 - last_;
  const list_block& to = tracked_[last_];
  return {.from = {from, count_},
          .to = {to.points(), count_},
          .status = {to.statuses(), count_},
          .error = {to.errors(), count_}};
}

void device_points::read(tracked_points& points) {
  points.resize(count_);
  if (count_ == 0) return;
  tracked_[last_].memory.download({copy_.data(), int(copy_.size()), 1});
  const u8* from = copy_.data();
  const std::size_t capacity = given_.capacity;
  std::memcpy(points.to.data(), from, count_ * sizeof(point));
  std::memcpy(points.error.data(), from + capacity * sizeof(point), count_ * sizeof(float));
  std::memcpy(points.status.data(), from + capacity * (sizeof(point) + sizeof(float)), count_);
}

image_view<const u8> device_points::upload_mask(const std::vector<u8>& mask) {
  mask_->upload({mask.data(), size_.width, size_.height});
  return mask_->view();
}

feature_result device_points::corners() {
  return {.points = {corners_.points(), std::size_t(corners_.capacity)}, .count = corners_.count()};
}

int device_points::read_corners(std::vector<point>& found) {
  corners_.memory.download({copy_.data(), corners_.memory.view().width, 1});
  const std::size_t bytes = corners_.capacity * sizeof(point);
  found.resize(corners_.capacity);
  std::memcpy(found.data(), copy_.data(), bytes);
  int count = 0;
  std::memcpy(&count, copy_.data() + bytes, sizeof count);
  return count;
}

}  // namespace fluxel::cli
