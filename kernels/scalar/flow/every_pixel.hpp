// SPDX-License-Identifier: Apache-2.0
#pragma once

// One pixel after the other, and the slopes of one pixel, for the scalar steps of the flow solver.

#include <cstdint>

#include "kernels/common/flow/slopes.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

template <class T, class Body>
void for_each_pixel(const plane<T>& p, const Body& body) {
  for (int n = 0; n < p.count; ++n)
    for (int y = 0; y < p.height; ++y)
      for (int x = 0; x < p.width; ++x) body(n, x, y);
}

/// How pixel_steps run here.
struct every_pixel {
  template <class T, class Body>
  status operator()(const plane<T>& p, const launch_options&, const Body& body) const {
    for_each_pixel(p, body);
    return status::ok;
  }
  template <class T, class Body>
  static status sum(const plane<T>& p, const launch_options&, const Body& body, std::int64_t* sums) {
    for (int n = 0; n < p.count; ++n) sums[n] = 0;
    for_each_pixel(p, [&](int n, int x, int y) { sums[n] += body(n, x, y); });
    return status::ok;
  }
};

/// Zeros where the pixel has no data term.
inline flow_derivatives derivatives_at(const flow_frames& frames, const warped_frame& warped, int n, int x, int y) {
  if (!has_data_term(frames, warped.reason, n, x, y)) return {};
  return slopes_at(frames.prev, warped.grey, n, x, y);
}

}  // namespace fluxel::kernels
