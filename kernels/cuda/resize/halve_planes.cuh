// SPDX-License-Identifier: Apache-2.0
#pragma once

// Filtered halving of planes of floats by four taps: the adjoint of an enlargement by two, and antialiased bilinear.

#include "kernels/cuda/resize/filtered.cuh"
#include "kernels/cuda/runtime/batch.cuh"
#include "kernels/cuda/runtime/device_array.cuh"

namespace fluxel::kernels::gpu {

/// Output i of an axis takes the pixels 2 i - 1 to 2 i + 2, by these weights; 0 where there is none.
class halving_tables {
 public:
  halving_tables(element_type type, int channels, const filtered_recipe& recipe, const table_allocator& memory);
  bool failed() const { return x_.failed() || y_.failed(); }
  /// Whether the recipe is one, and rows start where the kernel can read and write them.
  bool fits(const image_pair& pair) const;
  status run(std::span<const image_pair> pairs, const launch_options& options) const;

 private:
  element_type type_;
  device_table<float4> x_, y_;
};

}  // namespace fluxel::kernels::gpu
