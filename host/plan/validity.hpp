// SPDX-License-Identifier: Apache-2.0
#pragma once

// Limits of valid flow as data.

#include "fluxel/flow_options.hpp"
#include "kernels/contract/flow_validity.hpp"

namespace fluxel::plan {

/// @param presmoothing  standard deviation of the Gaussian that the frames' noise has passed, px.
kernels::validity_rule make_validity_rule(const flow_validity_options& options, double presmoothing);

}  // namespace fluxel::plan
