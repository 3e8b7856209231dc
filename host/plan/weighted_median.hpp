// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/weighted_median.hpp"

namespace fluxel::plan {

/// @param likeness  standard deviation of the weights over differences of grey or color, grey levels; 2 to 28.
/// @param planes    of the guide: 1 (grey) or 3 (color, whose squared differences are averaged).
kernels::weighted_median_rule make_weighted_median_rule(int radius, double likeness, int planes);

}  // namespace fluxel::plan
