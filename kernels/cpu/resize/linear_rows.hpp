// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of a bilinear resize: what a target does with some output rows. A few rows that share source rows are walked
// together, column by column: the tables of a block of outputs are loaded once for all of them, a source row is
// filtered once, and what is filtered stays in registers until it is blended.

#include <cstdint>

#include "kernels/cpu/resize/linear_tables.hpp"

namespace fluxel::kernels {

/// What a step of a walk can take from the step before it.
enum class row_reuse : std::uint8_t {
  both,         ///< both filtered rows
  lower,        ///< its lower row, as the upper one
  none,         ///< nothing: both rows are filtered
  none_of_one,  ///< nothing, and `lower` is `upper`: one filtered row serves as both
};

/// One output row, and the two source rows that it lies between.
struct row_step {
  const void* upper;
  const void* lower;
  void* out;
  std::uint32_t fraction;  ///< of `lower`
  std::int32_t weight;   ///< the bits of its weight; u8: the factor of the farther row, in i16; scalar: the fraction
  bool lower_is_nearer;  ///< u8
  row_reuse reuse;
};

/// Resizes whole rows; the first step reuses nothing.
using row_walk = void (*)(const linear_tables& tables, const row_step* steps, int count);

/// The rows of one geometry, by the target that was chosen when they were made.
class linear_rows {
 public:
  /// Makes the tables, in the memory of former ones where it suffices.
  void make(const row_geometry& geometry, element_type type);

  /// For exact halves along both axes; false, and nothing is made, where there is no faster way for them.
  bool make_halves(const row_geometry& geometry, element_type type);

  /// The same for exact doubles, with positions clamped at the border.
  bool make_doubles(const row_geometry& geometry, element_type type);

  /// Sets the weight of a step from its fraction.
  void weigh(row_step& step) const;

  void run(const row_step* steps, int count) const;

 private:
  void run_short(row_step step) const;

  element_type type_{};
  bool scalar_ = false;
  bool is_short_ = false;  ///< rows are shorter than a window
  linear_tables tables_;
  row_walk walk_ = nullptr;
  table_memory memory_;
};

inline constexpr int most_steps = 8;  ///< of a walk; more would read and write too many places at once

/// Steps for `count` output rows, at most `most_steps`, that lie at `y`. `source_row(i)` is source row i,
/// `output_row(i)` the i-th of the output rows.
template <class SourceRow, class OutputRow>
void make_steps(const linear_rows& rows, const position* y, int count, SourceRow&& source_row, OutputRow&& output_row,
                row_step* steps) {
  std::int32_t upper = -1;  // what the step before has filtered
  std::int32_t lower = -1;
  for (int i = 0; i < count; ++i) {
    const position p = y[i];
    // A row with weight 0 is filtered only where the next step needs it.
    const bool next_needs_lower = i + 1 < count && y[i + 1].index == p.index + 1;
    const std::int32_t below = p.fraction != 0 || next_needs_lower ? p.index + 1 : p.index;
    row_step& s = steps[i];
    s.reuse = upper == p.index && (lower == below || p.fraction == 0) ? row_reuse::both
              : below == p.index                                      ? row_reuse::none_of_one
              : lower == p.index                                      ? row_reuse::lower
                                                                      : row_reuse::none;
    if (s.reuse != row_reuse::both) upper = p.index, lower = below;
    s.upper = source_row(p.index);
    s.lower = source_row(lower);
    s.out = output_row(i);
    s.fraction = p.fraction;
    rows.weigh(s);
  }
}

/// What the target of linear_rows_scalar.cpp does: the formulas themselves.
row_walk scalar_walk(element_type type);

}  // namespace fluxel::kernels
