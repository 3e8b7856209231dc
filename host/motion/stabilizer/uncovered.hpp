// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "fluxel/frame.hpp"
#include "fluxel/matrix3x3.hpp"

namespace fluxel::host {

/// Whole chroma samples of a frame.
struct frame_part {
  int left, top, right, bottom;
  bool empty() const { return left >= right || top >= bottom; }
};

/// What surrounds the pixels of a result that a frame covers wholly.
std::array<frame_part, 4> uncovered(const frame_format& format, const matrix3x3& result_to_frame);

}  // namespace fluxel::host
