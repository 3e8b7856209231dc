// SPDX-License-Identifier: Apache-2.0
#pragma once

// Images moved by a matrix.

#include "fluxel/types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// The position that a pixel of dst is read at is ((a x + b y + c) / w, (d x + e y + f) / w) in units of 1/256 px,
/// with w = g x + h y + i.
struct perspective_matrix {
  double a, b, c, d, e, f, g, h, i;
  bool divides;  ///< false: w is 1 everywhere
};

struct perspective_job {
  image src;  ///< never written; sides at most 2^21
  image dst;
  perspective_matrix matrix;
  bool keep_outside = false;  ///< pixels of dst whose position is outside stay what they are
  bool bicubic = false;
  int largest = 65535;    ///< of u16: what bicubic clamps to
  int low_zero_bits = 0;  ///< of u16: cleared in dst
};

struct warp_perspective_functions {
  status (*warp)(const perspective_job& job, element_type type, const launch_options& launch);
};

}  // namespace fluxel::kernels
