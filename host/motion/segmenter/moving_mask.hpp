// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/motion/segmenter/region_labels.hpp"
#include "host/motion/segmenter/relative_motion.hpp"

namespace fluxel::host {

/// The pixels that move, frame after frame, at the size of the flow.
class moving_mask {
 public:
  /// @param least_area  of a region, pixels.
  moving_mask(const size& s, int least_area);

  /// Finds the mask of the next frame.
  void find(const relative_motion& motion);
  /// Where the mask will be in the next frame. @param back  the flow from there.
  void carry(const image<f32>& back);
  /// The next frame is the first of a scene.
  void restart();

  image_view<const u8> mask() const { return mask_; }  ///< 255 or 0
  std::size_t workspace_size() const;

 private:
  struct region_sums {
    int area = 0, strong = 0, seen_before = 0, bounds = 0, known = 0;
  };
  void take_candidates(const relative_motion& motion);
  void keep_regions(const relative_motion& motion);
  void join_doubtful(const relative_motion& motion);
  void fill_holes(const relative_motion& motion);
  void smooth();

  size size_;
  int least_area_;
  image<u8> mask_, carried_, other_;
  region_labels labels_;
  std::vector<region_sums> sums_;
};

}  // namespace fluxel::host
