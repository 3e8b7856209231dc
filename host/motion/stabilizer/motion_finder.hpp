// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/global_motion.hpp"
#include "fluxel/good_features.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resizer.hpp"
#include "fluxel/track_points.hpp"
#include "host/motion/background_choice.hpp"
#include "host/motion/stabilizer/device_lists.hpp"

namespace fluxel::host {

/// Measures the camera's motion from frame to frame of a sequence by tracked corners.
class motion_finder {
 public:
  /// @param pixel_aspect  width of a pixel over its height.
  /// @param where         of frames in the memory of the backend alone.
  /// @param resolved      the placement of the whole object, which outlives this.
  motion_finder(const frame_format& format, motion_model model, double pixel_aspect, const placement& where,
                const resolved_placement& resolved, backend b);

  /// From the frame before to this one, as points of square pixels: x times the aspect. Nothing for the first frame
  /// and where hardly any track follows one motion.
  std::optional<matrix3x3> next(const frame_view<const void>& frame);

  /// The next frame is the first of a sequence.
  void restart();

  std::size_t workspace_size() const;

 private:
  template <class T>
  flow_image reduced(const frame_view<const void>& frame);
  template <class T>
  void compare_later(const image_view<const T>& picture);
  int detect(const flow_image& picture);
  flow_image picture_of(const frame_view<const void>& frame);
  bool track(const flow_image& picture);
  std::optional<matrix3x3> follow(const flow_image& picture);
  point as_square(const point& p) const;
  void keep_tracked();
  void forget_points();
  const image<u8>& free_pixels();
  void look_for_corners(const flow_image& picture);

  motion_model model_;
  double aspect_, scale_x_, scale_y_;  // scales: pixels of the frame for one of the reduced picture
  size full_, small_;
  flow_geometry geometry_;
  std::optional<resizer> reduce_;
  std::optional<device_lists> there_;  ///< on CUDA
  std::vector<std::byte> small_pixels_, compared_pixels_;
  feature_detector detector_;
  point_tracker tracker_;
  resizer compare_;
  background_choice choice_;
  std::vector<point> points_, found_, from_, to_;
  std::vector<track_status> status_;
  std::vector<float> trust_;  ///< of every point, that it belongs to the background
  std::vector<u8> followers_;
  image<u8> free_;
  image<f32> before_, after_;
  std::size_t after_search_ = 0;
  int frames_since_search_ = 0;
};

}  // namespace fluxel::host
