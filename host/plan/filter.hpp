// SPDX-License-Identifier: Apache-2.0
#pragma once

// Filters as tables: first the exact weights of every output, then float or integer tables made from them.

#include <cstdint>
#include <vector>

#include "fluxel/resize_options.hpp"
#include "host/plan/axis.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::plan {

/// The weights of every output in double: output i takes the source pixels from first[i] on with the weights
/// [begin[i], begin[i + 1]), which sum to one. Weights below 2^-32, the noise of positions given in double, are 0.
struct exact_filter {
  int src_size = 0;
  int taps = 0;  ///< of the longest output
  std::vector<std::int32_t> first;
  std::vector<std::size_t> begin{0};
  std::vector<double> weight;
  double largest = 0;   ///< magnitude of a weight
  double negative = 0;  ///< largest sum of an output's negative weights, as a positive number

  int dst_size() const { return static_cast<int>(first.size()); }
};

/// Any filter but nearest.
///
/// An antialiased filter is stretched by the scale where that is above 1; taps past the border are dropped and the
/// rest renormalised, and centres beyond the border count as on it. Otherwise taps past the border go to the edge
/// pixel. Area weighs every pixel by the part of it that the output covers, the edge pixel reaching on for ever.
/// Tables of axes that follow from the sizes come from exact integers and mirror where the positions do.
exact_filter make_filter(const axis& a, const resize_options& options);

/// An upper bound of the weights that `make_filter` computes, or of the positions where the nearest pixel is copied.
std::int64_t table_entries(const axis& a, const resize_options& options);

kernels::filter_axis float_table(const exact_filter& f);

/// Rounds the prefix sums to multiples of 2^-bits, half to even, so that every output's weights sum to one exactly
/// and a weight is off by less than 2^-bits.
kernels::filter_axis integer_table(const exact_filter& f, int bits);

}  // namespace fluxel::plan
