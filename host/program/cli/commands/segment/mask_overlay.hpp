// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/image_view.hpp"

namespace fluxel::cli {

/// Tints frames where a mask is not 0, and draws its contour.
class mask_overlay {
 public:
  /// @param out  filled with the color of the tint; the frame's alpha is kept.
  void draw(const frame_view<const void>& frame, const image_view<const u8>& mask, const frame_view<void>& out);

 private:
  void weigh(const image_view<const u8>& mask);
  template <class T>
  void draw_plane(const frame_view<const void>& frame, const frame_view<void>& out, int plane) const;
  int weight_of(int x, int y, int shift_x, int shift_y) const;

  size size_;
  std::vector<u8> weights_;  ///< of the color, in halves
};

}  // namespace fluxel::cli
