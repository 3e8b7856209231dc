// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/conv_transpose.hpp"

namespace fluxel::kernels {

/// Bilinear upsampling by an integer factor with zeros beyond the border.
status upsample_zero_simd(const image_pair& pair, element_type type, int factor, const launch_options& launch);

}  // namespace fluxel::kernels
