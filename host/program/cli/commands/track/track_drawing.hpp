// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "fluxel/image_view.hpp"
#include "host/program/cli/commands/track/point_sequence.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::cli {

/// Draws the trajectories of points in colors over a grey picture.
class track_drawing {
 public:
  /// @param length  how many of the last positions are shown. @param lost  whether the trajectories of lost points
  /// stay.
  enum class lost : int { vanish = 0, stay = 1 };
  track_drawing(int length, lost lost) : length_(length), lost_(lost) {}

  void add(const std::vector<observation>& seen);

  /// @param to  R, G, B, of the picture's size.
  void draw(const video::plain_picture& picture, const image_view<u8>& to) const;

 private:
  int length_;
  lost lost_;
  std::map<int, std::vector<point>> trajectories_;
};

}  // namespace fluxel::cli
