// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of flow in colors, compiled once per instruction set. The formulas are those of common/flow/flow_color.hpp.

#include "kernels/common/flow/flow_color.hpp"

namespace fluxel::kernels {

/// The components of a row of flow, `step` floats from a pixel to the next.
struct flow_row {
  const float *u, *v;
  int step;
  int width;
};

struct flow_color_row_functions {
  void (*draw)(const flow_row& row, float inverse_length, u8* colors);
  /// Adds to the counts.
  void (*measure)(const flow_row& row, flow_lengths& lengths);
};

/// For the chosen instruction set.
const flow_color_row_functions& flow_color_rows();

}  // namespace fluxel::kernels
