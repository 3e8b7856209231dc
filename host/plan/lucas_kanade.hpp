// SPDX-License-Identifier: Apache-2.0
#pragma once

// Windows of Lucas-Kanade flow as data.

#include <cstdint>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace fluxel::plan {

/// Gaussian weights of 2 radius + 1 pixels in 1/64, rounded; none for sigma 0, a box.
std::vector<std::int32_t> window_weights(int radius, double sigma);

/// What the rule of a window is made of.
struct window_request {
  double brightness, gradient;  ///< weights of the data term
  double contrast_limit;        ///< 0: none
  double ridge;                 ///< of the mean tensor
  double max_increment;         ///< px
  int radius;
  const std::vector<std::int32_t>& weights;
};
/// The finest rounding at which no sum over the window can leave 32 bits.
kernels::window_rule make_window_rule(const window_request& request);

}  // namespace fluxel::plan
