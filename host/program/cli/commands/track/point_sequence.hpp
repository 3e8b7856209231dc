// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"
#include "host/program/cli/commands/track/device_points.hpp"

namespace fluxel::cli {

struct numbered_point {
  int id = 0;
  point at;
};

/// How points are found and followed.
struct sequence_settings {
  feature_options corners;
  track_options tracking;
  std::vector<numbered_point> start = {};  ///< of the first picture, by id; none: its corners
  std::vector<u8> mask = {};               ///< a byte per pixel: corners are where it is not 0; none: anywhere
  std::vector<u8> known = {};              ///< a byte per pixel: 0 where pictures are not known; none: all is known
  int redetect = 0;                        ///< new corners replace lost points every so many frames; 0: never
  /// They do so too where fewer than this fraction of the points is left that there were after the last search, or
  /// none at all; 0: never.
  double redetect_below = 0;
};

/// A point in one frame.
struct observation {
  int id = 0;
  point at;
  float error = 0;                              ///< mean absolute difference of the windows, grey levels
  bool is_new = false;                          ///< a corner that was found in this frame, or a point given for it
  track_status status = track_status::tracked;  ///< anything else: lost, this is its last observation
};

/// Follows corners through the pictures of a video.
class point_sequence {
 public:
  /// @param geometry  of pictures as they will come.
  point_sequence(const flow_geometry& geometry, const sequence_settings& settings, const placement& where);

  /// The points of the next picture: first those that were followed into it, by id, then new corners.
  /// @param picture  in host memory, or on the device that the points are followed on.
  const std::vector<observation>& next(const flow_image& picture);

  fluxel::backend backend() const { return there_ ? fluxel::backend::cuda : fluxel::backend::cpu; }

 private:
  /// The frame for the objects below: the picture, or its copy on the device.
  flow_frame frame_of(const flow_image& picture);
  bool track(const flow_frame& frame);
  int detect(const flow_frame& frame, const image_view<const u8>& free, std::vector<point>& found);
  void follow(const flow_frame& frame);
  bool is_due() const;
  void search(const flow_frame& frame);
  void begin(const numbered_point& p);
  image_view<const u8> free_places(int width, int height);

  sequence_settings settings_;
  flow_geometry geometry_;
  int capacity_;                        // of points
  std::optional<device_points> there_;  // pictures and points on a device
  feature_detector detector_;
  point_tracker tracker_;
  std::vector<observation> seen_;
  std::vector<int> ids_;          // of the points that are followed
  std::vector<point> places_;     // of the same, in the last picture
  bool changed_ = true;           // whether these are others than the tracker found last
  tracked_points tracked_;        // what became of them in this one
  std::vector<u8> free_;          // where a new corner may be
  std::size_t after_search_ = 0;  // points that there were when corners were last looked for
  int next_id_ = 0;
  int frame_ = 0;
};

/// "new", "tracked", "outside" and so on.
const char* status_name(const observation& o);

}  // namespace fluxel::cli
