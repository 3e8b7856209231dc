// SPDX-License-Identifier: Apache-2.0
#pragma once

// A recipe's filter tables in the form that the passes read, and how a row is cut into strips.

#include <vector>

#include "kernels/cpu/resize/filtered_rows.hpp"

namespace fluxel::kernels {

/// One axis: the taps of output i begin at first[i]; its weights are words[i * stride] and on.
struct filter_words {
  int taps = 0;    ///< read per output: even when weights are pairs
  int window = 0;  ///< taps of the table: none lies beyond
  int stride = 0;
  std::vector<std::int32_t> first;
  std::vector<std::int32_t> words;

  filter_words(const filter_axis& axis, bool pairs);
};

/// Output elements [first, last), from the source elements [base, base + span).
struct row_strip {
  int first = 0;
  int last = 0;
  int base = 0;
  int span = 0;
};

std::vector<element_taps> element_table(const filter_words& x, int channels);

/// Strips of about `most_span` source and `most_outputs` output elements, wide enough that what neighbours share is
/// small. None is narrower than 16 outputs unless the row is.
std::vector<row_strip> make_strips(const filter_words& x, int channels, int most_span, int most_outputs);

}  // namespace fluxel::kernels
