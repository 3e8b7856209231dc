// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// One axis of a transposed convolution. `pad` is cut off at the low side; sizes follow from the images.
struct conv_axis {
  int kernel = 1;
  int stride = 1;
  int dilation = 1;
  int pad = 0;
};

/// A transposed convolution. Channels are those of the images: interleaved, or one plane each. host/ has checked that
/// they and the sizes fit together, and that (src - 1) * stride + dilation * (kernel - 1) + 1 is below 2^31.
struct conv_transpose_call {
  image src;  ///< never written
  image dst;
  const void* weights = nullptr;  ///< (in, out / groups, y.kernel, x.kernel), packed
  const void* bias = nullptr;     ///< one per output channel, or nullptr
  element_type type{};            ///< f32, f16 or bf16: of images, weights and bias
  conv_axis x, y;
  int groups = 1;
};

/// Allocates nothing on CUDA.
struct conv_transpose_functions {
  status (*general)(const conv_transpose_call& call, const launch_options& launch);
  /// Bilinear upsampling with zeros beyond the border; dst is factor times src.
  status (*upsample_zero)(const image_pair& pair, element_type type, int factor, const launch_options& launch);
};

}  // namespace fluxel::kernels
