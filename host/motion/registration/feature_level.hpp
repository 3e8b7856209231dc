// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "fluxel/global_motion.hpp"
#include "fluxel/good_features.hpp"
#include "fluxel/track_points.hpp"
#include "host/motion/registration/even_picture.hpp"

namespace fluxel::host {

/// The picture as the reference sees it, after what is known of its motion.
/// @param known  pixels of the whole reference to those of the whole picture.
std::vector<f32> warped_to(const grey_picture& reference, const grey_picture& picture, const matrix3x3& known,
                           const placement& where);

/// How far the features of a level are followed.
struct feature_settings_of_level {
  int most = 600;
  int pyramid_levels = 3;
  double threshold = 2;  ///< px of the level: pairs farther from the model are outliers
};

/// The evened reference at one size, with its corners.
class feature_level {
 public:
  /// @param pixel_aspect  models are fitted in square pixels: x times the aspect.
  feature_level(grey_picture reference, const feature_settings_of_level& settings, double pixel_aspect,
                const placement& where);

  /// Warps the picture by what is known of its motion, follows the corners to it, and fits the model to where they
  /// are.
  /// @param known  pixels of the whole reference to those of the whole picture, as the result.
  global_motion refined(const grey_picture& picture, const matrix3x3& known, motion_model model);

  const grey_picture& reference() const { return reference_; }
  fluxel::backend backend() const { return tracker_.backend(); }
  std::size_t workspace_size() const;

 private:
  grey_picture reference_;
  feature_settings_of_level settings_;
  double aspect_;
  placement where_;
  point_tracker tracker_;
  std::vector<point> corners_, tracked_;
  std::vector<track_status> status_;
};

/// Whether so many followed features can be no chance: after Brown and Lowe (2007), who ask for 8.0 + 0.3 n.
inline bool is_certain(const global_motion& m) { return m.inliers > 8 + 0.3 * m.pairs; }

}  // namespace fluxel::host
