#pragma once

// What the sources compiled per target export to linear_rows.cpp.

#include "kernels/cpu/linear_tables.hpp"

namespace fluxel::kernels {

struct byte_functions {
  byte_layout layout;
  void (*horizontal)(const byte_tables& tables, const std::uint8_t* src, int first, int last, std::int16_t* out);
  void (*vertical)(const std::int16_t* upper, const std::int16_t* lower, std::int32_t weight, std::uint8_t* out,
                   int count);
};
byte_functions byte_functions_of_target();

/// f32, u16, f16 and bf16, whose rows between the passes are f32 or i32.
struct word_functions {
  int lanes;
  int most_windows;
  void (*horizontal)(const word_tables& tables, const void* src, int first, int last, void* out);
  void (*vertical)(const word_tables& tables, const void* upper, const void* lower, std::uint32_t weight, void* out,
                   int count);
};
word_functions word_functions_of_target(element_type type);

}  // namespace fluxel::kernels
