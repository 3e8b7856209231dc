// SPDX-License-Identifier: Apache-2.0
#pragma once

// Planes pixel by pixel, and the slopes of one pixel, for the scalar steps of the flow solver.

#include <cstddef>

#include "kernels/common/flow/pixels.hpp"
#include "kernels/contract/flow_types.hpp"

namespace fluxel::kernels {

/// One image of a batch of planes.
template <class T>
struct slice {
  plane<T> p;
  std::ptrdiff_t offset;

  T& operator()(int x, int y) const { return p.data[offset + y * p.pitch + x]; }
  /// Coordinates beyond the border read its pixel.
  T& clamped(int x, int y) const { return (*this)(clamp_index(x, p.width), clamp_index(y, p.height)); }
  explicit operator bool() const { return p.data != nullptr; }
};
template <class T>
slice<T> image_of(const plane<T>& p, int n) {
  return {p, n * p.stride};
}

template <class Plane, class F>
void for_each_pixel(const Plane& p, F&& f) {
  for (int n = 0; n < p.count; ++n)
    for (int y = 0; y < p.height; ++y)
      for (int x = 0; x < p.width; ++x) f(n, x, y);
}

/// Zeros where the pixel has no data term: it is unknown itself, or an unknown one lies within reach.
inline flow_derivatives derivatives_at(const flow_frames& frames, const warped_frame& warped, int n, int x, int y) {
  const auto reason = image_of(warped.reason, n);
  if (reason(x, y) != 0) return {};
  const bool masks = frames.prev_mask.data != nullptr || frames.next_mask.data != nullptr;
  for (int j = -derivative_reach; masks && j <= derivative_reach; ++j)
    for (int i = -derivative_reach; i <= derivative_reach; ++i)
      if (reason.clamped(x + i, y + j) == flow_masked) return {};
  return slopes_at(frames.prev, warped.grey, n, x, y);
}

}  // namespace fluxel::kernels
