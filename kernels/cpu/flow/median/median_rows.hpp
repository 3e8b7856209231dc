// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two rows of medians of a strip, compiled once per instruction set.

#include <cstdint>

#include "fluxel/types.hpp"

namespace fluxel::kernels {

/// Pixels of a strip that stand side by side in one lane: pixel x of a split row lies in plane x % 8, lane x / 8. A
/// lane's windows find most of their columns in the lane itself, the others in the next one.
inline constexpr int median_planes = 8;
inline constexpr int median_lanes = 32;
/// Of a plane: what the last lanes find of the next ones, of any value, and no vector of 32 bytes crosses a cache
/// line.
inline constexpr int median_pitch = 2 * median_lanes;
inline constexpr int median_row = median_planes * median_pitch;     ///< elements of a split row
inline constexpr int median_pixels = median_planes * median_lanes;  ///< of a row before it is split

struct median_range {
  std::int16_t least, most;
};

template <class T>
struct median_functions_of {
  /// median_pixels of a row, less `base`; what does not fit T becomes its least or largest value.
  void (*split)(const std::int16_t* row, std::int16_t base, T* to);
  /// For radius 1, 2 and 3: the medians of (2 radius + 1)^2 for two rows of windows from 2 radius + 2 split rows,
  /// which begin `radius` pixels further left. Of the first `count` lanes, at most all but one.
  void (*medians[3])(const T* const* rows, int count, T* top, T* bottom);
  /// The first `width` pixels of two split rows, `base` added.
  median_range (*join)(const T* const from[2], std::int16_t base, int width, std::int16_t* const to[2]);
};

struct flow_median_functions {
  median_functions_of<std::int16_t> wide;
  median_functions_of<u8> narrow;
};
const flow_median_functions& flow_median_rows();

}  // namespace fluxel::kernels
