// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/runtime/batch.cuh"
#include "kernels/cuda/resize/resize.cuh"

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
  /// Whether two sizes of which one is twice the other meet at half-pixel centres.
  bool half_pixel() const { return tables ? tables->half_pixel : rule == coordinates::half_pixel; }
};

}  // namespace fluxel::kernels::gpu
