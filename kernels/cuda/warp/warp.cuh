// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {
extern const warp_functions cuda_warp_functions;
}
