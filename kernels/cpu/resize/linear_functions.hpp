// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sources compiled per target export to linear_rows.cpp.

#include "kernels/cpu/resize/linear_rows.hpp"

namespace fluxel::kernels {

struct byte_functions {
  byte_layout layout;
  row_walk (*walk)(const linear_tables& tables);
  /// The mean of 2 x 2 pixels; nullptr for channels that it does not have. `taps` are those of `window` outputs in 64
  /// source bytes, `more_taps` the order after packing two such vectors.
  row_walk (*halves)(int channels);
  /// Twice the source along both axes; nullptr for channels that it does not have, or rows too short for it.
  row_walk (*doubles)(int channels, std::ptrdiff_t src_elements);
};
byte_functions byte_functions_of_target();

/// f32, u16, f16 and bf16.
struct word_functions {
  word_layout layout;
  row_walk (*walk)(const linear_tables& tables);
  row_walk halves;  ///< f32 of one channel
};
word_functions word_functions_of_target(element_type type);

}  // namespace fluxel::kernels
