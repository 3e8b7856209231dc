// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::spread_flow, which looks closer only at pixels with other vectors around.
status spread_flow_in_bands(const flow_frames& frames, const flow_spread& how, const flow_planes& from,
                            const flow_planes& to, const launch_options& launch);

}  // namespace fluxel::kernels
