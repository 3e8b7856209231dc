// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::relax with SIMD.
status relax_flow(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                  const flow_planes& flow, const flow_planes& out, const launch_options& launch);

}  // namespace fluxel::kernels
