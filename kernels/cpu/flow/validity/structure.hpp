// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// The structure tensor's eigenvalues with SIMD and threads; see flow_functions.
status structure_of_image(plane<const u16> grey, int radius, plane<float> smaller, plane<float> larger,
                          const launch_options& launch);

}  // namespace fluxel::kernels
