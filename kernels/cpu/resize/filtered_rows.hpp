// SPDX-License-Identifier: Apache-2.0
#pragma once

// The two passes of a filtered resize: what a target does with rows. The walk over rows and threads is in
// resize_filtered.cpp.
//
// Vertically, lanes are neighbouring elements of a row and the weights are the same for all of them. Horizontally,
// a block of rows is transposed, so that lanes are the same element of neighbouring rows and the weights are again
// the same for all; any scale and any number of channels then costs the same.

#include <cstddef>
#include <cstdint>

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

/// Rounding of a recipe's passes (kernels/common/resize/filter.hpp) and the form of its integer pixels.
struct filter_rounding {
  int first_bits = 0;   ///< of the first pass's weights
  int second_bits = 0;  ///< of the second's
  int intermediate_bits = 0;
  int max_value = 0;
  int low_zero_bits = 0;
};

/// One output row from `taps` rows. Weights lie as the engine reads them: pairs of i16, or words of i32 or f32.
struct vertical_job {
  const std::byte* const* rows;  ///< where the first of `count` elements is
  const std::int32_t* weights;
  int taps;  ///< of pairs of weights: even
  std::byte* out;
  int count;
};

/// Where an output element's taps begin, in elements of a row, and its weights.
struct element_taps {
  std::int32_t first;
  std::int32_t weights;
};

/// Output elements [first, last) of a block of rows, from their elements [base, base + span).
struct horizontal_job {
  const std::byte* const* rows;  ///< where element `base` is; a full block: rows beyond the image repeat its last one
  int base;
  int span;
  const element_taps* elements;
  const std::int32_t* weights;
  int taps;
  int channels;
  std::byte* const* out;  ///< where element `first` goes
  int first;
  int last;
  std::byte* columns;  ///< room for span + channels vectors
};

/// `pixels`: the first pass, from pixels to kept samples; `kept`: the second, from those to pixels.
struct filter_passes {
  int block_rows = 0;  ///< 0: this target has none
  int kept_bytes = 4;
  bool pairs = false;  ///< weights are pairs of i16
  void (*vertical_pixels)(const vertical_job&, const filter_rounding&) = nullptr;
  void (*vertical_kept)(const vertical_job&, const filter_rounding&) = nullptr;
  void (*horizontal_pixels)(const horizontal_job&, const filter_rounding&) = nullptr;
  void (*horizontal_kept)(const horizontal_job&, const filter_rounding&) = nullptr;
};

/// For the chosen target.
filter_passes i16_passes(element_type type);
filter_passes i64_passes(element_type type);
filter_passes f32_passes(element_type type);

/// At the end of a source with such passes, under HWY_ONCE.
#define FLUXEL_PASSES_OF_TARGET(name)                                                            \
  namespace fluxel::kernels {                                                                    \
  HWY_EXPORT(passes);                                                                            \
  filter_passes name(element_type type) { return for_target(HWY_DISPATCH_TABLE(passes))(type); } \
  }

}  // namespace fluxel::kernels
