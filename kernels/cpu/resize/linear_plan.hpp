// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that a bilinear resize of one geometry needs, whichever images come.

#include <vector>

#include "kernels/cpu/resize/linear_rows.hpp"

namespace fluxel::kernels {

/// What a one-call resize is known by.
struct linear_geometry {
  element_type type{};
  coordinates rule{};
  int src_width = 0, src_height = 0, dst_width = 0, dst_height = 0;
  int channels = 0;
  std::size_t target = 0;  ///< the instruction set; 0 is none

  linear_geometry() = default;
  linear_geometry(const image_pair& pair, element_type type, coordinates rule);
  bool operator==(const linear_geometry&) const = default;
};

struct linear_plan {
  element_type type{};
  std::vector<position> x, y;
  std::ptrdiff_t row_elements = 0;
  bool copy = false;
  bool rows_used_once = false;  ///< consecutive outputs seldom share a source row
  linear_rows rows;             ///< unless rows are copied

  /// For a one-call resize.
  void make(const linear_geometry& geometry);
  /// From x and y. The rows' source width is what the positions read.
  void make(element_type type, int channels, last_rounding rounding, int low_zero_bits);
};

}  // namespace fluxel::kernels
