// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks of transposed convolutions, shared by the call and the object.

#include "fluxel/conv_transpose.hpp"
#include "host/core/views.hpp"
#include "host/plan/conv_transpose.hpp"

namespace fluxel::host {

using any_weights = detail::untyped_weights;

void check_weights(const call_site& site, const any_weights& w, int groups);

size checked_output_size(const call_site& site, size src, size kernel, const conv_transpose_options& options);

/// Checks everything that a call states and places it. The images have been checked one by one.
kernels::conv_transpose_call checked_call(const call_site& site, const kernels::image_pair& pair,
                                          const any_weights& w, const conv_transpose_options& options);

}  // namespace fluxel::host
