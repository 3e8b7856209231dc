// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of a strip of a median filter, compiled once per instruction set.

#include <cstdint>

#include "fluxel/types.hpp"

namespace fluxel::kernels {

/// Columns of a strip, at most: what is sorted of them stays in the nearest cache, and with their borders of the
/// largest radius they are whole vectors.
inline constexpr int median_strip = 250;
inline constexpr int median_border = 8;  ///< pixels before a strip; at least the largest radius
inline constexpr int median_room = 80;   ///< pixels behind it, of any value: a vector that begins inside

/// Medians of (2 radius + 1)^2 for two rows of windows, from 2 radius + 2 rows that have `radius` pixels of border
/// before and median_room after. `base` is added to pixels of bytes.
template <class T>
using median_function = void (*)(const T* const* rows, std::int16_t base, int width, std::int16_t* top,
                                 std::int16_t* bottom);

struct median_range {
  std::int16_t least, most;
};

struct flow_median_functions {
  /// Of radius 1, 2 and 3.
  median_function<std::int16_t> wide[3];
  median_function<u8> narrow[3];
  median_range (*range)(const std::int16_t* row, int width);
  /// row - base, of which `width` fit bytes; what follows up to a whole vector is written too.
  void (*pack)(const std::int16_t* row, std::int16_t base, int width, u8* to);
};
const flow_median_functions& flow_median_rows();

}  // namespace fluxel::kernels
