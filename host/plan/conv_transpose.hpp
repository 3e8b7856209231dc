// SPDX-License-Identifier: Apache-2.0
#pragma once

// Transposed convolution as data: sizes, placement, the bilinear kernel and its adjoint.

#include <cstdint>
#include <optional>
#include <vector>

#include "fluxel/conv_transpose.hpp"
#include "fluxel/resize_options.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::plan {

inline constexpr int most_upsampling = 1024;

/// One axis of a transposed convolution as the caller described it.
struct conv_transpose_axis {
  int src_size = 0;
  int kernel = 1;
  int stride = 1;
  int dilation = 1;
  padding_rule padding = padding_rule::explicit_sides;
  int low = 0;
  int high = 0;
  int output_padding = 0;

  /// Everything that taps reach, and the output padding.
  std::int64_t full_size() const;
  std::int64_t dst_size() const;
  /// Whether the result may have this size.
  bool allows(int dst_size) const;
  kernels::conv_axis place(int dst_size) const;
};

conv_transpose_axis make_conv_axis(size src, size kernel, const conv_transpose_options& options, bool horizontal);

std::vector<float> bilinear_kernel(int factor);

/// What recognition looks at: a kernel where every output has one input channel, and what surrounds it.
struct depthwise_kernel {
  element_type type{};
  const void* weights = nullptr;  ///< channels x y.kernel x x.kernel
  int channels = 0;
  kernels::conv_axis x, y;
  size src, dst;
};

/// The factor when the kernel is exactly `bilinear_kernel` and is placed as `same` places it.
std::optional<int> recognise_bilinear(const depthwise_kernel& k);

/// The adjoint of a bilinear resize: a filter from the forward destination's gradient to the source's.
kernels::resize_recipe adjoint_recipe(const resize_geometry& forward, coordinates rule);

/// The adjoint of the upsampling with zeros beyond the border.
kernels::resize_recipe adjoint_recipe_of_zero_edge(const resize_geometry& forward);

}  // namespace fluxel::plan
