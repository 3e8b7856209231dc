// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

status cpu_claim(const splat_claims& claims, const launch_options& launch);

}  // namespace fluxel::kernels
