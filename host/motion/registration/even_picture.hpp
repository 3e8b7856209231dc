// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/matrix3x3.hpp"
#include "fluxel/types.hpp"

namespace fluxel::host {

/// Grey values of a reduced picture, each the mean of reduced_by x reduced_by pixels.
struct grey_picture {
  size extent;
  int reduced_by = 1;
  std::vector<f32> pixels;

  /// Its pixels to those of the whole picture.
  matrix3x3 to_whole() const {
    const double by = reduced_by, first = (by - 1) / 2;
    return {{by, 0, first, 0, by, first, 0, 0, 1}};
  }
};

/// The grey of a frame in arbitrary units, at most `longest` pixels on its longer side.
grey_picture grey_of(const frame_view<const void>& frame, int longest);

/// Brightness and contrast around every pixel: what even_out takes away.
struct local_contrast {
  std::vector<f32> mean, gain;
};

/// @param counts  0: the pixel tells nothing of its surroundings; empty: all do.
local_contrast contrast_of(const grey_picture& picture, const std::vector<u8>& counts = {});

/// Mean 128 and deviation up to 40 around every pixel, within [0, 255]: invariant to the picture's gain and, away
/// from black, to its offset.
void even_out(std::vector<f32>& pixels, const local_contrast& contrast);

/// Every pixel the mean of itself (a quarter) and its neighbours: less noise, and resampling changes it less.
void soften(grey_picture& picture);

/// Means of squares of pixels, at most `longest` on the longer side.
grey_picture reduced(const grey_picture& picture, int longest);

}  // namespace fluxel::host
