// SPDX-License-Identifier: Apache-2.0
// The columns of a bilinear resize's matrix, as filter tables from the destination to the source.

#include <algorithm>

#include "host/plan/axis.hpp"
#include "host/plan/conv_transpose.hpp"
#include "kernels/common/resize/position.hpp"

namespace fluxel::plan {

using kernels::filter_axis;
using kernels::position;
using kernels::resize_recipe;

namespace {

/// Calls f(source, weight) for each source pixel that forward output `at` takes. A pixel of weight 0 is not taken.
template <class F>
void for_each_tap(const position& at, int src_size, F&& f) {
  const float w = static_cast<float>(at.fraction) * 0x1p-32f;
  if (at.index >= 0) f(at.index, 1.0f - w);
  if (w != 0 && at.index + 1 < src_size) f(at.index + 1, w);
}

/// Outputs that take a source pixel are neighbours, so that a window of the longest run holds any of them.
filter_axis transposed(const std::vector<position>& forward, int src_size) {
  const int dst_size = static_cast<int>(forward.size());
  std::vector<int> first(src_size, dst_size), last(src_size, -1);
  for (int i = 0; i < dst_size; ++i)
    for_each_tap(forward[i], src_size, [&](int s, float) {
      first[s] = std::min(first[s], i);
      last[s] = i;
    });
  filter_axis table{.src_size = dst_size, .dst_size = src_size, .taps = 1};
  for (int s = 0; s < src_size; ++s) table.taps = std::max(table.taps, last[s] - first[s] + 1);
  table.first.resize(src_size);
  for (int s = 0; s < src_size; ++s) table.first[s] = std::min(first[s], dst_size - table.taps);
  table.weight.assign(std::size_t(src_size) * table.taps, 0.0f);
  for (int i = 0; i < dst_size; ++i)
    for_each_tap(forward[i], src_size,
                 [&](int s, float w) { table.weight[std::size_t(s) * table.taps + (i - table.first[s])] = w; });
  return table;
}

resize_recipe recipe_of(const resize_geometry& forward, filter_axis x, filter_axis y) {
  return {.type = forward.type,
          .channels = forward.channels,
          .method = kernels::filtered_recipe{.x = std::move(x),
                                             .y = std::move(y),
                                             .order = kernels::pass_order::vertical_first,
                                             .engine = kernels::filter_engine::f32}};
}

}  // namespace

resize_recipe adjoint_recipe(const resize_geometry& forward, coordinates rule) {
  auto axis_table = [&](int src, int dst) {
    return transposed(linear_table({.src_size = src, .dst_size = dst, .rule = rule, .explicit_mapping = {}}), src);
  };
  return recipe_of(forward, axis_table(forward.src.width, forward.dst.width),
                   axis_table(forward.src.height, forward.dst.height));
}

resize_recipe adjoint_recipe_of_zero_edge(const resize_geometry& forward) {
  auto axis_table = [&](int src, int dst) {
    std::vector<position> positions(dst);
    for (int i = 0; i < dst; ++i) positions[i] = kernels::upsample_position(i, dst / src);
    return transposed(positions, src);
  };
  return recipe_of(forward, axis_table(forward.src.width, forward.dst.width),
                   axis_table(forward.src.height, forward.dst.height));
}

}  // namespace fluxel::plan
