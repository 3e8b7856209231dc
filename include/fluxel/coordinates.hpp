// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fluxel {
inline namespace v0 {

/// Where destination pixel i lies on the source axis, both counted from 0 at the first pixel's centre.
enum class coordinates : int {
  half_pixel = 0,     ///< (i + 0.5) * src / dst - 0.5: the outer edges of both images coincide
  asymmetric = 1,     ///< i * src / dst: the first centres coincide (the "proportional" rule)
  align_corners = 2,  ///< i * (src - 1) / (dst - 1): first and last centres coincide; 0 when dst is 1
};

/// Which source pixel is nearest to position p.
enum class nearest_rounding : int {
  half_up = 0,    ///< floor(p + 0.5): with half_pixel, the pixel that contains the point
  half_down = 1,  ///< ceil(p - 0.5)
  floor = 2,
  ceil = 3,
};

}  // namespace v0
}  // namespace fluxel
