// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/resize/axis_source.cuh"

namespace fluxel::kernels::gpu {

/// Whether all pairs have what the kernel for u8 pixels of 3 or 4 channels needs.
bool fits_linear_u8(std::span<const image_pair> pairs);
status resize_linear_u8(std::span<const image_pair> pairs, const axis_source& axes, const launch_options& options);

}  // namespace fluxel::kernels::gpu
