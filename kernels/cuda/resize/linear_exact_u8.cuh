// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/resize/axis_source.cuh"
#include "kernels/cuda/runtime/row_writer.cuh"

namespace fluxel::kernels::gpu {

/// Whether all pairs, of this ratio, have what its kernel needs.
bool fits_exact_u8(std::span<const image_pair> pairs, exact_ratio ratio);
status resize_exact_u8(std::span<const image_pair> pairs, exact_ratio ratio, const launch_options& options);

/// Halving and 3:2.
status reduce_exact_u8(std::span<const image_pair> pairs, exact_ratio ratio, const launch_options& options);

}  // namespace fluxel::kernels::gpu
