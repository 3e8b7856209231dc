// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::relax with SIMD.
status relax_flow(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                  const flow_planes& flow, const flow_planes& out, const launch_options& launch);

/// Whether relax_new_system is of use.
bool relaxes_new_system(const warp_equations& equations, const flow_relaxation& how_far,
                        const launch_options& launch);
/// flow_functions::linearise_relax with SIMD.
status relax_new_system(const warp_equations& equations, const flow_relaxation& how_far, const flow_planes& out,
                        const launch_options& launch);

}  // namespace fluxel::kernels
