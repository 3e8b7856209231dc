// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/resize/resize.cuh"

namespace fluxel::kernels::gpu {

/// What lies beyond the border of an enlargement by 2 or 4.
enum class beyond_border { edge_pixel, zero };

/// Whether the kernel for enlarged planes of floats can take this pair.
bool fits_gaps(const image_pair& pair, element_type type, int factor);
status enlarge_by_gaps(const image_pair& pair, element_type type, int factor, beyond_border border,
                       const launch_options& options);

}  // namespace fluxel::kernels::gpu
