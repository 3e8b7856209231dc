// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of a nearest-neighbour resize: tables of byte permutations, and what a target does with them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

/// How a row is gathered. While the source bytes of every 16 output bytes lie in at most `most_windows` times 16
/// bytes, they are permuted; otherwise pixels are copied one by one.
struct nearest_row {
  static constexpr int most_windows = 4;

  int pixel = 1;                       ///< bytes
  std::size_t bytes = 0;               ///< of an output row
  std::vector<std::ptrdiff_t> offset;  ///< source byte of each output pixel
  int windows = 0;                     ///< 0: pixels are copied
  std::vector<std::ptrdiff_t> base;    ///< source byte of the first window of each 16 output bytes
  std::vector<std::uint8_t> index;     ///< windows x 16 per 16 output bytes; 0x80 where another window has the byte

  nearest_row() = default;
  nearest_row(std::span<const std::int32_t> x, int src_width, int pixel_bytes);
};

/// Gathers one row, for the chosen target.
using gather_row = void (*)(const nearest_row& row, const std::byte* src, std::byte* dst);
gather_row gather_row_of_target(const nearest_row& row);

}  // namespace fluxel::kernels
