// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/motion_segmenter.hpp"

namespace fluxel::host {

/// A region, and how it moves in the picture: with the background, too.
struct seen_region {
  moving_region region;
  double u = 0, v = 0;  ///< pixels per frame
};

/// Gives regions the ids of those in the frames before whose boxes, moved on, overlap with theirs.
class region_ids {
 public:
  /// @param memory  frames that a region may be missing.
  explicit region_ids(int memory) : memory_(memory) {}

  /// The regions of the next frame; sorted by id on return.
  void give(std::vector<seen_region>& regions);
  /// The next frame is the first of a scene: no region goes on.
  void restart() { known_.clear(); }

 private:
  struct known_region {
    int id;
    double x, y, width, height;  ///< expected in the next frame
    double u, v;
    int missing;
  };
  struct candidate {
    double overlap;  ///< of both boxes, part of their union
    std::size_t known, seen;
  };
  static double overlap(const known_region& k, const moving_region& r);

  int memory_, last_ = 0;
  std::vector<known_region> known_;
  std::vector<candidate> candidates_;
};

}  // namespace fluxel::host
