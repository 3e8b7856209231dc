// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of Lucas-Kanade windows, compiled once per instruction set. The formulas are those of
// common/flow/lucas_kanade.hpp. Right-hand sides are doubles that hold integers below 2^53: their sums are exact.

#include <cstdint>

#include "kernels/contract/flow.hpp"
#include "kernels/cpu/flow/rows.hpp"

namespace fluxel::kernels {

/// window_sums of a row, whether of single pixels, of columns or of whole windows. With window_row_room elements
/// behind the row, all 0.
struct window_row {
  std::int32_t *a11, *a12, *a22;
  double *b1, *b2;
};
inline constexpr int window_row_room = 64 + 2 * window_max_radius;

struct window_entry_input {
  derivative_rows slopes;
  const std::int16_t *known, *u, *v;
};

/// Where the pixels of a row go.
struct window_solution {
  const std::int16_t *u, *v;
  const float* smaller;  ///< or null
  std::int16_t *to_u, *to_v;
};

struct flow_window_functions {
  /// The entries of a row's pixels.
  void (*entries)(const window_entry_input& in, const flow_energy& energy, const window_rule& rule, int width,
                  const window_row& to);
  /// columns += weight * row.
  void (*add)(const window_row& row, int weight, int width, const window_row& columns);
  /// columns += entering - leaving.
  void (*exchange)(const window_row& entering, const window_row& leaving, int width, const window_row& columns);
  /// Sums over 2 radius + 1 columns, the first of which stands at the window's own index.
  void (*across)(const window_row& columns, const flow_windows& windows, int width, const window_row& sums);
  void (*solve)(const window_row& sums, const window_solution& flow, const flow_windows& windows, int width);
};
const flow_window_functions& flow_window_rows();

/// flow_functions::solve_windows with SIMD.
status solve_windows_of_rows(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                             const flow_windows& windows, const flow_exchange& flow, const launch_options& launch);

}  // namespace fluxel::kernels
