// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "fluxel/device_image.hpp"
#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"
#include "host/program/flow_files/device_picture.hpp"

namespace fluxel::cli {

/// What became of the points of one picture.
struct tracked_points {
  std::vector<point> to;
  std::vector<track_status> status;
  std::vector<float> error;

  void resize(std::size_t n) { to.resize(n), status.resize(n), error.resize(n); }
};

/// Pictures and points on a device, for a tracker and a detector of corners there: a picture of host memory
/// goes up once, and what
/// comes back of it is the list of its points. Points that nobody has changed stay where the tracker left them.
class device_points {
 public:
  /// @param geometry  of pictures as they will come.
  /// @param capacity  most points; not below `most_corners`.
  /// @param known     a byte for each pixel, 0 where pictures are not known; empty: all is known.
  device_points(const flow_geometry& geometry, int capacity, int most_corners, const std::vector<u8>& known,
                int device);

  /// A picture, which is copied there from host memory, and what is known of it.
  flow_frame frame_of(const flow_image& picture);

  /// The lists of a call of the tracker. @param changed  whether the places are not those that came back last.
  point_tracks lists(const std::vector<point>& places, bool changed);
  /// What the tracker has written to them.
  void read(tracked_points& points);

  /// A mask for the detector: a byte for each pixel.
  image_view<const u8> upload_mask(const std::vector<u8>& mask);
  /// Where the detector puts its corners.
  feature_result corners();
  /// What it has written, with room behind. @returns how many there are.
  int read_corners(std::vector<point>& found);

 private:
  /// Lists one after the other, copied as a whole.
  struct list_block {
    list_block(int capacity, int device);
    point* points() const { return reinterpret_cast<point*>(memory.view().data); }
    float* errors() const { return reinterpret_cast<float*>(points() + capacity); }
    track_status* statuses() const { return reinterpret_cast<track_status*>(errors() + capacity); }
    int* count() const { return reinterpret_cast<int*>(errors()); }  ///< of corners, which have no errors

    int capacity;
    device_image<u8> memory;
  };

  video::device_picture picture_;
  size size_;
  std::optional<device_image<u8>> known_, mask_;
  list_block given_, tracked_[2], corners_;
  int last_ = 0;  // of tracked_
  std::size_t count_ = 0;
  std::vector<u8> copy_;  // of a block
};

}  // namespace fluxel::cli
