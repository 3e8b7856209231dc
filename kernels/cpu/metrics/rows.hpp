// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of image comparison, compiled once per instruction set. The formulas are those of common/metrics/metrics.hpp.

#include <cstdint>

#include "kernels/common/metrics/metrics.hpp"

namespace fluxel::kernels {

struct comparison_row_functions {
  /// Sums of squares of row y: integers, or the bits of doubles.
  void (*squares)(const comparison& c, const compared_channel& at, int y, std::uint64_t& error,
                  std::uint64_t& signal);
  /// The sum of similarity of each row of windows in [first, last), into similar[first] and on.
  void (*windows)(const comparison& c, const compared_channel& at, int first, int last, std::int64_t* similar);
};

/// For the chosen instruction set.
const comparison_row_functions& comparison_rows(element_type type);

}  // namespace fluxel::kernels
