// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>

#include "kernels/cuda/resize/resize.cuh"
#include "kernels/cuda/runtime/batch.cuh"

namespace fluxel::kernels::gpu {

/// Where the positions of a call come from: tables, or the sizes of each pair.
struct axis_source {
  const linear_tables* tables = nullptr;
  coordinates rule{};

  void operator()(pair_view& v, const image_pair& pair) const {
    const auto& [src, dst] = pair;
    v.x = tables ? make_axis(tables->x, src.width, dst.width) : make_axis(rule, src.width, dst.width);
    v.y = tables ? make_axis(tables->y, src.height, dst.height) : make_axis(rule, src.height, dst.height);
    v.rounding = tables ? tables->rounding : rounding_of(rule, pair);
  }
  /// What all pairs have in common, or none.
  exact_ratio exact(std::span<const image_pair> pairs) const {
    if (pairs.empty() || (tables ? tables->exact == exact_ratio::none : rule != coordinates::half_pixel))
      return exact_ratio::none;
    const exact_ratio found = exact_ratio_of(pairs[0]);
    for (const auto& pair : pairs)
      if (exact_ratio_of(pair) != found) return exact_ratio::none;
    return tables && tables->exact != found ? exact_ratio::none : found;
  }
  /// Source pixels between the first and the last position of `outputs` neighbours: a power of two up to 256.
  std::int64_t reach_x(const image_pair& pair, int outputs) const {
    return tables ? tables->reach_x.of[power_of(outputs)] : reach(pair.src.width, pair.dst.width, outputs);
  }
  std::int64_t reach_y(const image_pair& pair, int outputs) const {
    return tables ? tables->reach_y.of[power_of(outputs)] : reach(pair.src.height, pair.dst.height, outputs);
  }

 private:
  static exact_ratio exact_ratio_of(const image_pair& pair) {
    const auto& [src, dst] = pair;
    auto is = [&](std::int64_t from, std::int64_t to) {
      return src.width * to == dst.width * from && src.height * to == dst.height * from;
    };
    if (is(1, 2)) return exact_ratio::doubled;
    if (is(2, 1)) return exact_ratio::halved;
    return is(3, 2) ? exact_ratio::three_to_two : exact_ratio::none;
  }
  static int power_of(int outputs) { return std::countr_zero(static_cast<unsigned>(outputs)); }
  std::int64_t reach(int src_size, int dst_size, int outputs) const {
    const ratio r = make_ratio(rule, src_size, dst_size);
    return ((outputs - 1) * r.step + r.denominator - 1) / r.denominator;
  }
};

}  // namespace fluxel::kernels::gpu
