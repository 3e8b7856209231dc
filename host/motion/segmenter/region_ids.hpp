// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "fluxel/motion_segmenter.hpp"

namespace fluxel::host {

/// A region, and how it moves in the picture: with the background, too.
struct seen_region {
  moving_region region;
  double u = 0, v = 0;  ///< pixels per frame
};

/// Gives regions the ids of those in the frames before whose boxes, moved on, overlap with theirs. What is seen in
/// few frames gets none: noise makes regions that last for a frame or two.
class region_ids {
 public:
  /// @param min_frames  in a row, in which a region must be seen to get an id.
  /// @param memory      frames that a region with an id may be missing.
  region_ids(int min_frames, int memory) : min_frames_(min_frames), memory_(memory) {}

  /// @param regions  all those of the next frame; on return those that have an id, sorted by it.
  void give(std::vector<seen_region>& regions);
  /// The next frame is the first of a scene: no region goes on.
  void restart() { known_.clear(); }

 private:
  static constexpr std::size_t none = std::size_t(-1);
  struct known_region {
    int id = 0;                                  ///< 0: it has not been seen in enough frames yet
    double x = 0, y = 0, width = 0, height = 0;  ///< expected in the next frame
    double u = 0, v = 0;
    int seen = 0, missing = 0;  ///< in how many frames; for how many now
  };
  struct candidate {
    bool confirmed;  ///< the known region has an id
    double overlap;  ///< of both boxes, part of their union
    std::size_t known, seen;
  };
  static double overlap(const known_region& k, const moving_region& r);
  void match(const std::vector<seen_region>& regions);

  int min_frames_, memory_, last_ = 0;
  std::vector<known_region> known_;  ///< from the oldest to the youngest
  std::vector<candidate> candidates_;
  std::vector<std::size_t> match_;  ///< the known region that each region is
};

}  // namespace fluxel::host
