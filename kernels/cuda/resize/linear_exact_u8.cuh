// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/runtime/row_writer.cuh"

namespace fluxel::kernels::gpu {

enum class exact_u8 { none, doubled, halved };

/// Whether all pairs double, or all halve, both sides, and have what the exact kernels need. The positions must be
/// those of coordinates::half_pixel.
exact_u8 find_exact_u8(std::span<const image_pair> pairs);
status resize_exact_u8(std::span<const image_pair> pairs, exact_u8 which, const launch_options& options);

}  // namespace fluxel::kernels::gpu
