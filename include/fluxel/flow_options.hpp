// SPDX-License-Identifier: Apache-2.0
#pragma once

// Options that the methods of dense flow share. Grey levels are on [0, 255] whatever the pixels' type; lengths are
// pixels. The options of a method have flow_quality::balanced as their defaults; where that differs from the defaults
// here, they say so.

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

enum class flow_quality : int { fast = 0, balanced = 1, accurate = 2, best = 3 };

/// The levels that flow is computed on, coarse to fine.
struct flow_pyramid_options {
  double presmoothing = 0.6;  ///< standard deviation of the Gaussian applied to the frames first; 0 to 10
  double factor = 0.7;        ///< scale from a level to the next coarser one; 0.3 to 0.95
  int coarsest_side = 4;      ///< the shorter side of the coarsest level is at least this; >= 4
  int max_levels = 64;        ///< 1 to 64; 1 is a single scale
};

/// The search for motion that is large beside the things that move: coarse levels do not show these any more. On a
/// level of about 1/8 of the frame's size every displacement is tried for 5 x 5 pixels; matches that the search back
/// confirms are taken where they fit the frames better than the flow of the coarser levels. Frames without such
/// motion keep their flow. The preset fast and the methods of the literature do not search.
struct flow_search_options {
  int radius = 192;  ///< largest |u| and |v| that are tried, px; 0 (no search) to 512
};

/// The data term: brightness * psi(dI) + gradient * psi(d grad I), psi(s) = 2 epsilon^2 sqrt(1 + s^2 / epsilon^2).
struct flow_data_term_options {
  double brightness = 0.2;        ///< weight of brightness constancy; 0, or 1e-6 to 1e6
  double gradient = 5;            ///< weight of gradient constancy; 0, or 1e-6 to 1e6; not both 0
  double brightness_epsilon = 3;  ///< Charbonnier epsilon, grey levels; 0 (quadratic), or 1e-6 to 1e6
  double gradient_epsilon = 1.5;  ///< the same, grey levels per pixel
};

/// How often the next frame is warped by the current flow, and the data term linearised around it.
struct flow_warping_options {
  int warps = 5;             ///< per level; 1 to 1000
  double max_increment = 1;  ///< the change of u and of v per warp is clipped to this; 0.01 to 511
};

/// The median filter of the flow after every warp.
struct flow_median_options {
  int radius = 3;  ///< of a window of (2 radius + 1)^2; 0 (no filter) to 3
  int passes = 2;  ///< 1 to 8
};

/// After which warps the flow takes a weighted median.
enum class weighted_median_after : int {
  never = 0,
  finest_level = 1,  ///< the last warp of the finest level
  every_level = 2,   ///< the last warp of each level
  every_warp = 3,
};

/// The weighted median of the flow (Sun, Roth and Black 2014), after the median filter, which then takes one pass.
/// The neighbours of a pixel count by how near they are, how like it in color (frames of 3 or 4 channels) or grey,
/// and how far their flow is to be trusted, which is less where the frames differ by it and where it converges. It
/// keeps objects apart at their borders. Where the flow changes across the window, as in a zoom, the vector leans to
/// the side that has more pixels like the middle one: hundredths of a pixel, less by smaller windows, which also cost
/// less (of radius 4 about four warps, of 7 twelve).
struct flow_weighted_median_options {
  weighted_median_after after = weighted_median_after::never;
  int radius = 7;       ///< of a window of (2 radius + 1)^2; 1 to 7
  double likeness = 4;  ///< standard deviation of the weights over differences of grey or color, grey levels; 2 to 28
};

/// When the flow of a pixel counts as valid. Limits follow the noise of each pair of frames, which is estimated from
/// both and from what is left between the first and the warped second one. What a test finds is in flow_reason.
struct flow_validity_options {
  double variation = .95;  ///< inconsistent when one of 8 vectors 5 px away differs by this, px; to 1024; 0: no test
  /// Residual when the mean difference over 5 x 5 is 1 grey level above so many times the frame's median difference
  /// (of which at most 4 times the noise counts); to 1e4; 0: no test.
  double residual = 10;
  double flat = 1.85;   ///< flat when the larger eigenvalue of the structure tensor, mean over 15 x 15, is below so
                        ///< many times what noise alone has on average; to 1e4
  double aperture = 0;  ///< aperture: the same for the smaller eigenvalue
  double cut_score = 0.4;  ///< no pixel is valid when flow_result::cut_score reaches this; to 1e4; 0: no test
  double consistency = 0;  ///< forward-backward check: largest distance, px; to 512; 0: no backward flow is computed
};

}  // namespace v0
}  // namespace fluxel
