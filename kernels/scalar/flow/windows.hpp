// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/flow.hpp"

namespace fluxel::kernels {

/// flow_functions::solve_windows of the scalar backend.
status scalar_solve_windows(const flow_frames& frames, const warped_frame& warped, const flow_energy& energy,
                            const flow_windows& windows, const flow_exchange& flow, const launch_options& launch);

}  // namespace fluxel::kernels
