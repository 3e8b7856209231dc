// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/resize_options.hpp"
#include "host/plan/axis.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::plan {

/// What one plane of pixels needs beyond its geometry.
struct pixel_depth {
  int bits = 0;           ///< integer pixels: significant bits; 0 is all of the type
  int low_zero_bits = 0;  ///< they are the upper ones, above this many zeros
};

/// The recipe of a resize. `options` have been validated.
kernels::resize_recipe make_recipe(const resize_geometry& geometry, const resize_options& options,
                                   pixel_depth depth = {});

/// As above, with axes that do not follow from `options`: the planes of a frame.
kernels::resize_recipe make_recipe(const axis& x, const axis& y, const resize_geometry& geometry,
                                   const resize_options& options, pixel_depth depth);

/// Whether the filter keeps two taps, that is: bilinear without stretching.
bool is_linear(const resize_geometry& geometry, const resize_options& options);
bool is_linear(const axis& x, const axis& y, const resize_options& options);

}  // namespace fluxel::plan
