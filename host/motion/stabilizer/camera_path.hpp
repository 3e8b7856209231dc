// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "fluxel/matrix3x3.hpp"

namespace fluxel::host {

/// How the path of a camera is smoothed. Lengths are those of square pixels.
struct path_settings {
  double width = 0, height = 0;
  double deviation = 12;  ///< of the Gaussian, frames
  double zoom = 1;        ///< of the result, about its middle
  bool in_view = true;    ///< no correction brings the border into view
};

/// The path of a camera, frame after frame, and what brings each frame to the smoothed one.
class camera_path {
 public:
  explicit camera_path(const path_settings& settings);

  /// Frames after one that its correction depends on.
  int reach() const { return window_ + 2 * calm_; }

  /// The motion from the frame before to the next one; nothing: another scene begins.
  void add(const std::optional<matrix3x3>& motion);

  /// Where the result's points are in frame `index`, of which all frames up to `reach()` later have been added, or
  /// there will be no more. Frames before have been asked for.
  matrix3x3 result_to_frame(int index);

  /// From frame a to frame b of one scene.
  matrix3x3 motion(int a, int b) const;
  bool in_one_scene(int a, int b) const { return scene_first(a) == scene_first(b); }

 private:
  int scene_first(int index) const;
  int scene_last(int index) const;
  bool stays_in_view(const matrix3x3& correction) const;
  matrix3x3 to_frame(const matrix3x3& correction) const;
  void forget(int index);

  struct step {
    matrix3x3 forward, backward;
    bool cut = true;
    std::optional<double> share = {};  ///< known: so are the averages
    matrix3x3 wide = {}, narrow = {};
  };
  matrix3x3 averaged(int index, const std::vector<double>& weights) const;
  matrix3x3 held_back(const step& s, double share) const;
  double share(const step& s, double most) const;
  double smooth_share(int index);
  step& at(int index) { return steps_[std::size_t(index - first_)]; }
  const step& at(int index) const { return steps_[std::size_t(index - first_)]; }

  path_settings settings_;
  int window_ = 0, calm_ = 0;  // frames to either side: of the Gaussian, and of the smoothing of what is held back
  std::vector<double> wide_, narrow_;
  std::deque<step> steps_;
  int first_ = 0, count_ = 0;
};

}  // namespace fluxel::host
