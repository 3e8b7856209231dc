// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/flow/flow.cuh"

namespace fluxel::kernels::gpu {

/// As flow_functions::choose_flow.
status choose_flow(const flow_frames& frames, const warped_frame& by_flow, const warped_frame& by_other,
                   plane<u8> evidence, const flow_planes& other, const flow_planes& flow, plane<u8> taken,
                   const launch_options& options);

}  // namespace fluxel::kernels::gpu
