// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/frame.hpp"

namespace fluxel::video {

/// Whether luma has a limited range. Grey that says nothing of its range is full; luma that says nothing is limited.
inline bool is_limited(const frame_format& f) {
  if (f.floating || f.matrix == color_matrix::rgb || f.range == color_range::full) return false;
  return f.range == color_range::limited || f.plane_count > 2 || (f.plane_count == 2 && f.planes[1].subsampled);
}

}  // namespace fluxel::video
