// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of validity, compiled once per instruction set. The formulas are those of common/flow/assess.hpp.

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

inline constexpr int assess_border = 8;  ///< elements on either side of rows whose neighbours are looked at

/// A row of vectors whose border repeats.
struct bordered_vectors {
  const std::int16_t *u, *v;
};

/// What a row's reasons follow from; flags are 0 or 1.
struct assessed_row {
  const u8 *prev_mask, *reason;  ///< prev_mask may be null
  const float *larger, *smaller;
  const u8 *varies, *differs;
};

/// A row of two frames that are compared.
struct compared_row {
  const u16* prev;
  const std::int16_t* warped;
  const u8 *reason, *mask;  ///< where `warped`, and where `prev`, is not known
};

/// Of known pixels: how many, and a sum over them; of differences by their bin, and of the previous frame's levels.
struct pair_sums {
  std::int64_t known = 0, difference = 0;
  std::int64_t pixels = 0, level = 0;
};

struct flow_assess_functions {
  /// Rows above, of the pixels and below. `limit` is the squared length, at most 32767^2.
  void (*varies)(const bordered_vectors rows[3], std::int32_t limit, int width, u8* flags);
  /// What each pixel adds to the sums of its windows.
  void (*differences)(const u16* prev, const std::int16_t* warped, const u8* reason, int width, std::int32_t* sum,
                      std::int32_t* known);
  /// columns += entering - leaving; either may be null.
  void (*slide)(const std::int32_t* entering, const std::int32_t* leaving, int width, std::int32_t* columns);
  /// Of windows whose columns have been summed.
  void (*differs)(const std::int32_t* sums, const std::int32_t* known, std::int32_t limit, int width, u8* flags);
  /// Adds the bins of a row, or how far they are from the mean ones (common/flow/pair_measurement.hpp).
  void (*add_bins)(const compared_row& row, int width, pair_sums& sums);
  void (*add_deviations)(const compared_row& row, std::int32_t mean_difference, std::int32_t mean_level, int width,
                         pair_sums& sums);
  void (*reasons)(const assessed_row& row, const pair_limits& limits, int width, u8* reasons);
};
const flow_assess_functions& flow_assess_rows();

/// flow_functions::assess with SIMD, for what `assess_in_rows` says yes to.
bool assess_in_rows(const flow_assessment& a);
status assess_of_rows(const flow_assessment& a, const image& validity, const launch_options& launch);

}  // namespace fluxel::kernels
