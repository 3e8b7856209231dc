// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::measure_pair with threads.
status measure_pair_in_bands(const pair_measurement& m, const launch_options& launch);

}  // namespace fluxel::kernels
