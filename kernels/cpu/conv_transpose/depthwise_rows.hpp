// SPDX-License-Identifier: Apache-2.0
#pragma once

// Transposed convolution on the CPU with channels in the lanes, for f32.

#include "kernels/cpu/conv_transpose/plane_rows.hpp"

namespace fluxel::kernels {

/// Whether `conv_depthwise` can run: interleaved, one channel in a group, a vector of channels or more.
bool fits_depthwise(const conv_rows_job& job);
/// Rows [first, last) of all (image, output row): lanes are channels. `weights`: (y.kernel, x.kernel, channels).
void conv_depthwise(const conv_rows_job& job, const float* weights, std::int64_t first, std::int64_t last);

}  // namespace fluxel::kernels
