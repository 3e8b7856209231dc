// SPDX-License-Identifier: Apache-2.0
#pragma once

// One axis of a resize as data: pure functions of sizes and options.

#include <optional>
#include <vector>

#include "fluxel/resize_options.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::plan {

/// One axis as the caller described it.
struct axis {
  int src_size = 0;
  int dst_size = 0;
  coordinates rule = coordinates::half_pixel;
  /// Set when positions do not follow from the sizes: position(i) = (i + 0.5) * step + origin - 0.5.
  struct mapping {
    double step;
    double origin;
    bool operator==(const mapping&) const = default;
  };
  std::optional<mapping> explicit_mapping;

  /// Source pixels per destination pixel.
  double step() const;
  /// The smallest d such that every position is a multiple of 1 / d. Of an explicit mapping: but for the rounding of
  /// doubles, and if it is at most kernels::most_halves_denominator; otherwise a larger number.
  std::int64_t denominator() const;
  /// Position of output i, in pixels from the first pixel's centre.
  double position(int i) const;
  bool operator==(const axis&) const = default;
};

/// The axis of a resize with options; `horizontal` picks x or y out of them.
axis make_axis(int src_size, int dst_size, const resize_options& options, bool horizontal);

std::vector<kernels::position> linear_table(const axis& a);
std::vector<kernels::position> nearest_table(const axis& a, nearest_rounding rounding);

}  // namespace fluxel::plan
