// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/resize/axis_source.cuh"

namespace fluxel::kernels::gpu {

/// Whether all pairs have what the staged kernel for u8 pixels of 1 to 4 channels needs: no reduction so strong that
/// it would stage what nobody reads.
bool fits_linear_staged_u8(std::span<const image_pair> pairs, const axis_source& axes);
status resize_linear_staged_u8(std::span<const image_pair> pairs, const axis_source& axes,
                               const launch_options& options);

}  // namespace fluxel::kernels::gpu
