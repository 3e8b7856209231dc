// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/metrics.hpp"
#include "kernels/contract/metrics.hpp"

namespace fluxel::plan {

/// The largest value of pixels.
double peak_of(element_type type, const comparison_options& options);

/// Weights and constants of SSIM's windows.
kernels::similarity_rule make_similarity(element_type type, const comparison_options& options);

}  // namespace fluxel::plan
