// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sources compiled per target export to linear_rows.cpp.

#include "kernels/cpu/resize/linear_tables.hpp"

namespace fluxel::kernels {

/// How two rows are blended.
struct byte_blend {
  std::int32_t weight;  ///< of the lower one
  last_rounding rounding;
};

struct byte_rows_pair {
  const std::uint8_t* upper;
  const std::uint8_t* lower;
  byte_blend blend;
};

/// Where the pairs of taps of exact halves lie in 64 source bytes, and the order after packing two such vectors.
struct halving_order {
  alignas(64) std::uint8_t pairs[64] = {};
  alignas(64) std::uint8_t packed[64] = {};
  int outputs;  ///< of one vector
  explicit halving_order(int channels);
};

struct byte_functions {
  byte_layout layout;
  int most_halving_channels;
  void (*horizontal)(const byte_tables& tables, const std::uint8_t* src, int first, int last, std::int16_t* out);
  void (*vertical)(const std::int16_t* upper, const std::int16_t* lower, byte_blend blend, std::uint8_t* out,
                   int count);
  /// Both passes at once, over a whole row.
  void (*both)(const byte_tables& tables, const byte_rows_pair& rows, std::uint8_t* out, int count);
  /// The mean of 2 x 2 pixels.
  void (*halve)(const halving_order& order, const byte_rows_pair& rows, std::uint8_t* out, int count);
};
byte_functions byte_functions_of_target();

struct word_rows_pair {
  const void* upper;
  const void* lower;
  std::uint32_t weight;
};

/// f32, u16, f16 and bf16, whose rows between the passes are f32 or i32.
struct word_functions {
  int lanes;
  int most_windows;
  void (*horizontal)(const word_tables& tables, const void* src, int first, int last, void* out);
  void (*vertical)(const word_tables& tables, const void* upper, const void* lower, std::uint32_t weight, void* out,
                   int count);
  void (*both)(const word_tables& tables, const word_rows_pair& rows, void* out, int count);
  /// Exact halves of f32 with one channel.
  void (*halve_floats)(const float* upper, const float* lower, float* out, int count);
};
word_functions word_functions_of_target(element_type type);

}  // namespace fluxel::kernels
