// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/frame.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/warp_perspective.hpp"

namespace fluxel::host {

/// Luma coordinates of the samples of a plane: step * k + first.
struct sample_grid {
  double step_x = 1, first_x = 0, step_y = 1, first_y = 0;
};
sample_grid grid_of(const frame_format& format, int plane);

/// How frames are warped.
struct frame_warp {
  warp_filter filter = warp_filter::bicubic;
  warp_outside outside = warp_outside::repeat;
  placement where = {};

  /// All planes of a frame. @param to_src  pixels of the luma of `dst` to those of `src`.
  /// @param part  of `dst` that is written: whole chroma samples.
  void operator()(const frame_view<const void>& src, const matrix3x3& to_src, const frame_view<void>& dst) const;
  void operator()(const frame_view<const void>& src, const matrix3x3& to_src, const frame_view<void>& dst, int left,
                  int top, const size& part) const;
};

}  // namespace fluxel::host
