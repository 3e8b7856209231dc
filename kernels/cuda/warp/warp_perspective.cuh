// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp_perspective.hpp"

namespace fluxel::kernels {
extern const warp_perspective_functions cuda_warp_perspective_functions;
}
