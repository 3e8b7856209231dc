// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "fluxel/comparison_sums.hpp"
#include "fluxel/types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

inline constexpr int most_window_taps = 11;

/// How structural similarity is measured: separable windows inside the image, the first at its corner.
struct similarity_rule {
  int taps = 0;  ///< of an axis; 0: not measured
  int stride = 1;
  std::int32_t weight[most_window_taps] = {};  ///< of an axis; they sum to 1 << weight_bits, which is at most 15
  int weight_bits = 0;
  double c1 = 0, c2 = 0;  ///< what keeps the quotients finite, in squared sample values
  float to_words = 0;     ///< float pixels are measured as 16-bit ones: value * to_words, clamped and rounded
};

struct comparison {
  image judged;  ///< never written, as is the reference
  image reference;
  element_type type{};
  int low_zero_bits = 0;  ///< u16: values are the bits above
  similarity_rule similarity;
  comparison_sums* sums = nullptr;  ///< of each channel of each plane of each image, channels fastest
};

struct metrics_functions {
  /// Bytes that `compare` works in; pointers are not read.
  std::size_t (*workspace)(const comparison& c);
  status (*compare)(const comparison& c, void* workspace, const launch_options& launch);
};

}  // namespace fluxel::kernels
