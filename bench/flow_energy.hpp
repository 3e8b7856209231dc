// SPDX-License-Identifier: Apache-2.0
#pragma once

// The energy whose steps are timed, on the CPU and on CUDA alike.

#include "kernels/contract/flow.hpp"

namespace fluxel::bench {

inline constexpr kernels::flow_energy energy{.brightness = 0.2f,
                                             .gradient = 5,
                                             .inverse_brightness_scale = 1.0f / 9,
                                             .inverse_gradient_scale = 1.0f / 2.25f,
                                             .smoothness = 20};

}  // namespace fluxel::bench
