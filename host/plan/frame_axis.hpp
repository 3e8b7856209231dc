// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the samples of a plane lie in a frame, and how that moves the positions of a resize.

#include "fluxel/frame.hpp"
#include "host/plan/axis.hpp"

namespace fluxel::plan {

/// Sample k of a plane sits at the frame's luma index step * k + offset, both counted between centres.
struct sample_grid {
  double step = 1;
  double offset = 0;
};

/// The grid of a chroma plane subsampled by 2^shift.
sample_grid chroma_grid(chroma_location location, int shift, bool horizontal);

/// The rows of one field: 0 holds the even rows of the plane, 1 the odd ones.
sample_grid field_grid(const sample_grid& plane, int field);

/// The axis of a plane on such a grid in source and destination, so that it stays registered with the luma that
/// `luma` resizes. It keeps the exact rational positions of its own sizes where they are the same.
axis plane_axis(const axis& luma, const sample_grid& grid, int src_size, int dst_size);

/// The axis that samples a luma-sized plane at the samples of a grid.
axis sampling_axis(const sample_grid& grid, int src_size, int dst_size);

}  // namespace fluxel::plan
