// SPDX-License-Identifier: Apache-2.0
#pragma once

// The weighted median with SIMD: bands of rows, and the rows compiled once per instruction set.

#include <cstddef>
#include <cstdint>

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::weighted_median with SIMD.
status weighted_median_of_rows(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                               const weighted_median_rule& rule, const flow_planes& out,
                               const launch_options& launch);

/// Where one row's windows lie: rows that have `radius` pixels of border before and after, and a vector of room
/// behind. All rows of one kind are `offsets` apart from its first one.
struct weighted_median_input {
  const std::int16_t *u, *v;
  const u16* guide[3];
  const u16* trust;
  int planes;                                               ///< of the guide
  std::ptrdiff_t rows[2 * weighted_median_max_radius + 1];  ///< offsets of the window's rows, the topmost first
};

/// Writes whole vectors.
using weighted_median_function = void (*)(const weighted_median_input& in, const weighted_median_rule& rule,
                                          int width, std::int16_t* u, std::int16_t* v);
weighted_median_function flow_weighted_median_row();

}  // namespace fluxel::kernels
