// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the flow solver, compiled once per instruction set. The formulas are those of common/flow/equation.hpp.
// Planes end on whole vectors: what stands behind a row may be read and written.

#include <cstddef>
#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// Working rows around the row that is linearised, clamped to the image; with two pixels of border before and after,
/// and a vector of room behind.
struct derivative_rows {
  const std::int16_t* change[5];  ///< W - prev, rows -2..2
  const std::int16_t* mx[5];      ///< first slopes of prev + W
  const std::int16_t* my[5];
};

/// Split rows: the even columns, then from flow_row_elements(width) / 2 on the odd ones. The row of weights above is
/// one of zeros on the first row.
struct edge_weight_rows {
  const float *right, *down, *down_above;
};

/// One row of the system's planes; split rows.
struct system_rows {
  float *i11, *i12, *i22, *c1, *c2;
  edge_weight_rows weights;
};

/// The equations of neighbouring pixels of one color: all that a half sweep reads of them lies together.
struct equation_block {
  static constexpr int pixels = 16;
  float i11[pixels], i12[pixels], i22[pixels], c1[pixels], c2[pixels];
  float left[pixels], right[pixels], down[pixels];  ///< weights
};

/// A row of them: those of the even columns, then those of the odd ones.
struct equation_row {
  equation_block* blocks;
  int odd;  ///< where the odd columns begin
};

/// A row whose neighbours are weighed; u and v may be null where the flow does not matter.
struct edge_row {
  const u16* grey;
  const std::int16_t *u, *v;
};

struct flow_system_functions {
  void (*sum_and_change)(const u16* prev, const std::int16_t* warped, int width, std::int16_t* sum,
                         std::int16_t* change);
  void (*derive)(const std::int16_t* const sum[5], int width, std::int16_t* mx, std::int16_t* my);
  /// `known` is -1 where there is a data term, else 0, also behind the row.
  void (*linearise)(const derivative_rows& rows, const std::int16_t* known, const std::int16_t* u,
                    const std::int16_t* v, const flow_energy& energy, const system_rows& system, int width);
  void (*linearise_blocks)(const derivative_rows& rows, const std::int16_t* known, const std::int16_t* u,
                           const std::int16_t* v, const flow_energy& energy, const edge_weight_rows& weights,
                           const equation_row& to, int width);
  /// Without a row below, `below` is `row`.
  void (*edge_weights)(const edge_row& row, const edge_row& below, const edge_rule& rule, int width, float* right,
                       float* down);
};
const flow_system_functions& flow_system_rows();

/// A row between its first half sweep and its last one.
struct row_in_flight {
  float* flow;                      ///< split rows of u and v
  const equation_block* equations;  ///< an equation_row's
};

/// Half sweeps of rows from the lowest one upwards, each row one half sweep further than the one below: all of them
/// renew the same columns. Beside the rows lies one more to either side.
struct sweep_step {
  const row_in_flight* lowest;
  const float* omega;  ///< of each row
  int rows;
  int color;  ///< 0: the even columns
};

/// Steps that follow one another.
struct sweep_steps {
  const sweep_step* first;
  int count;
  int blocks;  ///< of one color of a row
};

struct flow_sweep_functions {
  void (*sweep)(const sweep_steps& steps);
  /// Of a system in planes, from a multiple of 32 columns on; `half` is where the odd columns begin.
  void (*gather_equations)(const system_rows& from, std::ptrdiff_t half, const equation_row& to);
  /// A row of flow to a split row of floats, its padding cleared.
  void (*split)(const std::int16_t* row, int width, float* to);
  void (*quantise)(const float* even, const float* odd, const std::int16_t* before, int limit, int finer, int width,
                   std::int16_t* to);
};
const flow_sweep_functions& flow_sweep_rows();

struct flow_pixel_functions {
  /// `mask` holds flow_masked where a pixel is unknown, else 0; NaN adds to it.
  using intensity_row = void (*)(const void* pixels, int channels, const intensity_scale& scale, int width, u16* grey,
                                 u8* mask);
  intensity_row of_u8, of_u16, of_f32;
  /// A row of flow to every `step`-th float.
  void (*to_pixels)(const std::int16_t* flow, int width, int step, float* out);
};
const flow_pixel_functions& flow_pixel_rows();

struct warp_row_input {
  plane<const u16> next;      ///< one image
  plane<const u8> next_mask;  ///< absent: data is null
  const u16* prev;
  const u8* prev_mask;  ///< may be null
  const std::int16_t *u, *v;
  int y;
};
using warp_row_function = void (*)(const warp_row_input& in, int width, std::int16_t* warped, std::uint8_t* reason);
warp_row_function flow_warp_row();

/// Where the pixels of a row of the finer level lie in a row of the coarser one.
struct upscale_positions {
  const std::int32_t *left, *right;
  const float* weight;
};

struct flow_row_functions {
  void (*upscale_across)(const float* coarse, const upscale_positions& at, int width, float* out);
  void (*upscale_along)(const float* top, const float* bottom, float weight, float growth, int width,
                        std::int16_t* out);
  void (*to_units)(const std::int16_t* in, int width, float* out);
};

/// For the chosen instruction set.
const flow_row_functions& flow_rows();

}  // namespace fluxel::kernels
