// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_view.hpp"
#include "fluxel/matrix3x3.hpp"
#include "fluxel/track_points.hpp"
#include "fluxel/types.hpp"

namespace fluxel {
inline namespace v0 {

/// How a whole image may move.
enum class motion_model : int {
  translation = 0,  ///< 2 parameters; 1 pair of points determines it
  similarity = 1,   ///< turned and scaled too: 4 parameters, 2 pairs
  affine = 2,       ///< parallel lines stay parallel: 6 parameters, 3 pairs
  homography = 3,   ///< lines stay straight: a plane, or a camera that turns; 8 parameters, 4 pairs
};

/// Parameters of `fit_global_motion`. Lengths are pixels.
struct motion_options {
  motion_model model = motion_model::homography;
  double threshold = 1;       ///< pairs farther from the model are outliers; above 0, to 1000
  int max_trials = 1000;      ///< of RANSAC, at most; 1 to 1,000,000
  double confidence = 0.999;  ///< that one trial is free of outliers, after which no more are made; 0 to 1, exclusive
  std::uint64_t seed = 1;     ///< which samples are tried
};

/// The motion of an image, and how well pairs of points follow it.
struct global_motion {
  matrix3x3 matrix = {};  ///< points of the first frame to those of the next; the identity where nothing was found
  int pairs = 0;          ///< that were looked at
  int inliers = 0;      ///< within the threshold; 0: nothing was found, as there were too few pairs or all on a line
  double residual = 0;  ///< root mean square distance of the inliers, pixels
};

/// The motion that most pairs of points follow, whatever the others do.
///
/// RANSAC (Fischler and Bolles 1981) with the truncated squares of Torr and Zisserman (MSAC, 2000) over the distance
/// in the next frame; then reweighted least squares with Tukey's weights, by Gauss-Newton steps for homographies.
/// Arithmetic is in double, in a fixed order and without the C library's functions: the same pairs, options and seed
/// give the same bits on every machine.
///
/// @param from, to  points of the first frame, and where they are in the next; of the same length. Pairs with a
///                  coordinate that is NaN or beyond 2^20 are left out.
/// @param status    only `tracked` pairs count; empty: all do.
/// @param inliers   1 for each pair that follows the result, else 0; empty: not wanted.
/// @throws fluxel::error invalid_argument  lists of different lengths, or an option out of its range, named.
///
/// On the host; lists are in host memory.
FLUXEL_API global_motion fit_global_motion(std::span<const point> from, std::span<const point> to,
                                           std::span<const track_status> status = {},
                                           const motion_options& options = {}, std::span<u8> inliers = {});

/// The same of a dense flow, at most 4096 of whose vectors are read: those of a regular grid.
/// @param flow      u and v interleaved, or as 2 planes of one channel, in host memory.
/// @param validity  only pixels with flow_reason::valid (0) count; null data: all do.
/// @throws fluxel::error invalid_argument  views that are empty, on a device or do not fit together; options.
FLUXEL_API global_motion fit_global_motion(const image_view<const f32>& flow,
                                           const image_view<const u8>& validity = {},
                                           const motion_options& options = {});

}  // namespace v0
}  // namespace fluxel
