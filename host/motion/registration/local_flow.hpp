// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/warp.hpp"
#include "host/motion/registration/even_picture.hpp"

namespace fluxel::host {

/// Dense flow from a reduced reference to a picture that has been warped to it.
class local_flow {
 public:
  local_flow(const grey_picture& reference, const placement& where);

  /// @param warped  of the reference's size.
  void measure(const std::vector<f32>& warped);

  /// Where a pixel of the whole reference has moved to.
  point2d moved(const point2d& at) const;

  std::size_t workspace_size() const;

 private:
  const grey_picture& reference_;
  horn_schunck solver_;
  std::vector<f32> flow_;
};

/// Every plane of `out` at x is the picture at matrix.map(flow.moved(x)), where the picture has that.
/// @param coverage  becomes 255 there, else 0; null data: not wanted.
void resample_by_flow(const local_flow& flow, const frame_view<const void>& picture, const matrix3x3& matrix,
                      const frame_view<void>& out, const image_view<u8>& coverage, warp_filter filter,
                      const placement& where);

}  // namespace fluxel::host
