#pragma once

// Rows of the flow solver, compiled once per instruction set. The formulas are those of common/flow.hpp: the
// loops are plain, and the compiler makes lanes of them.

#include <cstdint>

#include "kernels/common/flow.hpp"
#include "kernels/flow.hpp"

namespace fluxel::kernels {

/// Working rows around the row that is linearised, clamped to the image.
struct derivative_rows {

  const std::int32_t* change[5];  ///< W - I1, rows -2..2, with two pixels of border on each side
  const std::int32_t* mx[5];      ///< first derivatives of I1 + W, the same
  const std::int32_t* my[5];
};

/// One row of the system's planes, and of the weights above it (a row of zeros on the first row).
struct system_rows {
  float *i11, *i12, *i22, *c1, *c2;
  const float *right, *down, *down_above;
};

/// What one sweep reads and writes for a row. Rows beyond the border are any rows: their weight is 0.
struct sweep_rows {
  const float *u, *u_above, *u_below;
  const float *v, *v_above, *v_below;
  float *u_before, *v_before;  ///< become the next iterate
};

struct warp_row_input {
  plane<const u16> second;
  const std::int16_t *u, *v;
  const u16* first;
  int y;
};

/// Where the pixels of a row of the finer level lie in a row of the coarser one.
struct enlarge_positions {
  const std::int32_t *left, *right;
  const float* weight;
};

struct flow_row_functions {
  void (*sum_and_change)(const u16* first, const std::int16_t* warped, int width, std::int32_t* sum,
                         std::int32_t* change);
  void (*derive)(const std::int32_t* const sum[5], int width, std::int32_t* mx, std::int32_t* my);
  void (*linearise)(const derivative_rows& rows, const std::uint8_t* known, const std::int16_t* u,
                    const std::int16_t* v, const flow_energy& energy, const system_rows& system, int width);
  void (*sweep)(const system_rows& system, const sweep_rows& rows, float omega, int width);
  void (*warp)(const warp_row_input& in, int width, std::int16_t* warped, std::uint8_t* reason);
  void (*edge_weights)(const u16* grey, const u16* below, const float* table, int last, int width, float* right,
                       float* down);
  void (*enlarge_across)(const float* coarse, const enlarge_positions& at, int width, float* out);
  void (*enlarge_along)(const float* top, const float* bottom, float weight, float growth, int width,
                        std::int16_t* out);
  void (*to_units)(const std::int16_t* in, int width, float* out);
  void (*to_float)(const std::int16_t* in, int width, float* out);
  void (*quantise)(const float* solved, int limit, int width, std::int16_t* flow);
};

/// For the chosen instruction set.
const flow_row_functions& flow_rows();

using median_row_function = void (*)(const std::int16_t* const* rows, int width, std::int16_t* scratch,
                                     std::int16_t* out);
/// Median of (2 radius + 1)^2 over rows that have `radius` pixels of border before and median_lanes after.
median_row_function flow_median_row(int radius);
/// Elements of scratch that one row needs.
std::int64_t median_scratch(int width, int radius);
inline constexpr int median_lanes = 64;

}  // namespace fluxel::kernels
