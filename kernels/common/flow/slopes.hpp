// SPDX-License-Identifier: Apache-2.0
#pragma once

// Derivatives of the warped frames at one pixel.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// Slopes at a pixel, border pixels repeated. A slope beyond the border repeats the border's.
FLUXEL_HD flow_derivatives slopes_at(const plane<const u16>& prev, const plane<const std::int16_t>& warped, int n,
                                     int x, int y) {
  auto column = [&](int i) { return clamp_index(i, prev.width); };
  auto row = [&](int j) { return clamp_index(j, prev.height); };
  auto sum = [&](int i, int j) {
    return pixel_at(prev, n, column(i), row(j)) + pixel_at(warped, n, column(i), row(j));
  };
  auto change = [&](int i, int j) {
    return pixel_at(warped, n, column(i), row(j)) - pixel_at(prev, n, column(i), row(j));
  };
  auto along_x = [](auto&& f, int i, int j) { return slope5(f(i - 2, j), f(i - 1, j), f(i + 1, j), f(i + 2, j)); };
  auto along_y = [](auto&& f, int i, int j) { return slope5(f(i, j - 2), f(i, j - 1), f(i, j + 1), f(i, j + 2)); };
  auto mx = [&](int i, int j) { return along_x(sum, column(i), row(j)); };
  auto my = [&](int i, int j) { return along_y(sum, column(i), row(j)); };
  return {mx(x, y),          my(x, y),     along_x(mx, x, y),     along_y(mx, x, y),
          along_y(my, x, y), change(x, y), along_x(change, x, y), along_y(change, x, y)};
}

struct slopes_pixel {
  flow_frames frames;
  plane<const std::int16_t> warped;
  slope_planes to;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const flow_derivatives d = slopes_at(frames.prev, warped, n, x, y);
    const std::int32_t values[8] = {d.mx, d.my, d.mxx, d.mxy, d.myy, d.t, d.tx, d.ty};
    const plane<std::int16_t>* planes[8] = {&to.mx, &to.my, &to.mxx, &to.mxy, &to.myy, &to.t, &to.tx, &to.ty};
    for (int i = 0; i < 8; ++i) pixel_at(*planes[i], n, x, y) = static_cast<std::int16_t>(values[i]);
  }
};

/// The slopes of the change between the frames read this many pixels to each side.
inline constexpr int change_reach = 2;

/// Whether a pixel has a data term: it is known, and so are the pixels that the change between the frames and its
/// slopes are made of. Beside a hole they would compare the frame with what has been filled in.
FLUXEL_HD bool has_data_term(const flow_frames& frames, const plane<u8>& reason, int n, int x, int y) {
  if (pixel_at(reason, n, x, y) != 0) return false;
  if (frames.prev_mask.data == nullptr && frames.next_mask.data == nullptr) return true;
  for (int i = -change_reach; i <= change_reach; ++i)
    if (clamped_pixel(reason, n, x + i, y) == flow_masked || clamped_pixel(reason, n, x, y + i) == flow_masked)
      return false;
  return true;
}

}  // namespace fluxel::kernels
