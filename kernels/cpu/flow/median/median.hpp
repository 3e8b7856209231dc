// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::median and median_twice in lanes.
status median_of_rows(const flow_planes& in, const flow_planes& out, int radius, const launch_options& launch);
status median_twice_of_rows(const flow_planes& in, const flow_planes& between, const flow_planes& out, int radius,
                            const launch_options& launch);

}  // namespace fluxel::kernels
