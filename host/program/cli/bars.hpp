// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/frame.hpp"
#include "fluxel/types.hpp"

namespace fluxel::cli {

/// Fills a frame with black; with nothing at all where it has alpha.
void fill_black(const frame_view<void>& frame);

/// The part of a frame that starts at a pixel. `left` and `top` are multiples of the chroma subsampling.
frame_view<void> part(const frame_view<void>& frame, int left, int top, size part_size);

}  // namespace fluxel::cli
