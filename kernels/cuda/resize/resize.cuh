// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels::gpu {

status resize_linear(std::span<const image_pair> pairs, element_type type, coordinates rule,
                     const launch_options& options);
status resize_nearest(std::span<const image_pair> pairs, int element_bytes, coordinates rule,
                      nearest_rounding rounding, const launch_options& options);
std::unique_ptr<prepared_resize> prepare_resize(const resize_recipe& recipe, const table_allocator& memory);

std::unique_ptr<prepared_resize> prepare_filtered(const resize_recipe& recipe, const table_allocator& memory);
status run_together(std::span<const prepared_pair> pairs, const launch_options& options);

/// Ratios of both sides whose positions, at half-pixel centres, are multiples of a quarter pixel.
enum class exact_ratio { none, doubled, halved, three_to_two };

/// How far source positions reach: [k] is the largest distance of the first and the last of 2^k neighbouring outputs.
struct axis_reach {
  static constexpr int count = 9;
  int of[count] = {};
};

/// Tables in device memory.
struct linear_tables {
  const position* x = nullptr;
  const position* y = nullptr;
  int low_zero_bits = 0;
  last_rounding rounding{};
  exact_ratio exact{};
  axis_reach reach_x, reach_y;
};
status resize_linear_tables(std::span<const image_pair> pairs, element_type type, const linear_tables& tables,
                            const launch_options& options);
status resize_nearest_tables(std::span<const image_pair> pairs, int element_bytes, const linear_tables& tables,
                             const launch_options& options);

}  // namespace fluxel::kernels::gpu
