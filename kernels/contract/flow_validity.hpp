// SPDX-License-Identifier: Apache-2.0
#pragma once

// What makes a vector valid: what is measured of a pair of frames, and the limits that follow from it. The formulas
// are in common/flow/pair_measurement.hpp and assess.hpp.

#include <cstdint>

#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

// Reasons besides flow_masked and flow_outside: fluxel::flow_reason.
inline constexpr std::uint8_t flow_flat = 3;
inline constexpr std::uint8_t flow_aperture = 4;
inline constexpr std::uint8_t flow_inconsistent = 6;
inline constexpr std::uint8_t flow_residual = 7;
inline constexpr std::uint8_t flow_cut = 8;

/// How much of what is measured makes a limit.
struct validity_rule {
  std::int64_t variation_squared = 0;     ///< of vectors, in squared 1/64 px; 0: not checked
  std::int32_t residual = 0;              ///< limit of the difference per typical one, 1/256; 0: not checked
  std::int32_t noise_per_second = 0;      ///< noise in 1/256 grey levels per bin of second differences, 1/65536
  std::int32_t noise_per_difference = 0;  ///< noise per median difference, 1/256
  float flat = 0, aperture = 0;           ///< eigenvalues per squared noise
  float cut_score = 0;                    ///< a pair is a cut from here on; 0: never
  std::int64_t consistency_squared = 0;   ///< forward-backward error: see common/flow/assess.hpp
};

/// Counts over one pair of frames.
struct pair_histograms {
  static constexpr int largest_difference = 5375;  ///< more than any frame has
  static constexpr int differences = 2 * (largest_difference + 1), levels = 4096, seconds = 4096;
  std::uint32_t
      difference[differences];       ///< largest_difference + (warped - prev), 1/16 grey level, where it is known
  std::uint32_t level[levels];       ///< of the previous frame's known pixels, 1/16 grey level
  std::uint32_t second[2][seconds];  ///< mean |second difference| of either frame's blocks, 1/64 grey level
};

/// What follows for the pixels of a pair.
struct pair_limits {
  float flat = 0, aperture = 0;  ///< eigenvalues, (grey levels / px)^2
  std::int32_t residual = 0;     ///< mean difference of a window, 1/256 grey level
  std::int32_t cut = 0;          ///< 1: a cut
  float score = 0;
};

/// Measures the pairs of a batch. `histograms` and `limits` have an element for each, in the backend's memory.
struct pair_measurement {
  flow_frames frames;
  warped_frame warped;  ///< by the result
  validity_rule rule;
  bool for_pixels = false;  ///< false: of the limits only `score` and `cut` are wanted
  pair_histograms* histograms = nullptr;
  pair_limits* limits = nullptr;
  image score;  ///< f32, a pixel for each pair; null data: not wanted
};

/// What `assess` looks at. Planes have the finest level's size.
struct flow_assessment {
  flow_planes flow;        ///< the result
  image exact_u, exact_v;  ///< the result as it is stored, where it is not rounded; else null data
  plane<const u16> prev;
  warped_frame warped;                 ///< by the result
  plane<const u8> prev_mask;           ///< of the previous frame as it was given; null data: none
  plane<const float> smaller, larger;  ///< eigenvalues, of windows of assess_radius: see `structure`
  plane<const float> least;            ///< eigenvalues of the method's own windows; null data: not compared
  float least_eigenvalue = 0;
  flow_planes back;  ///< from the next frame to the previous one; null data: not computed
  validity_rule rule;
  const pair_limits* limits = nullptr;
};

/// Of the windows whose eigenvalues `assess` reads.
inline constexpr int assess_radius = 7;

}  // namespace fluxel::kernels
