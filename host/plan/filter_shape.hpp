// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/resize_options.hpp"

namespace fluxel::plan {

/// A filter's curve: its value at a distance in [0, radius) from the centre. Values need not sum to one. Only
/// + - * / are used, so that the last bits do not depend on a
/// libm.
struct filter_shape {
  double (*at)(double distance, const resize_options& options);
  int radius;
};

/// Of any filter but nearest and area.
filter_shape shape_of(filter f);

}  // namespace fluxel::plan
