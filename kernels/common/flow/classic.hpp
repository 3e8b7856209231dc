// SPDX-License-Identifier: Apache-2.0
#pragma once

// The method of Horn and Schunck 1981: its derivatives over a cube of 2 x 2 pixels in 2 frames, and its means over 8
// neighbours.

#include <utility>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

struct classic_derivatives {
  float x, y, t;  ///< grey levels per pixel and frame
};
FLUXEL_HD classic_derivatives derivatives_of_cube(const flow_frames& f, int n, int x, int y) {
  const int right = clamp_index(x + 1, f.prev.width), below = clamp_index(y + 1, f.prev.height);
  const int a = pixel_at(f.prev, n, x, y), b = pixel_at(f.prev, n, right, y), c = pixel_at(f.prev, n, x, below),
            d = pixel_at(f.prev, n, right, below);
  const int e = pixel_at(f.next, n, x, y), g = pixel_at(f.next, n, right, y), h = pixel_at(f.next, n, x, below),
            k = pixel_at(f.next, n, right, below);
  constexpr float unit = 1.0f / (4 * intensity_one);
  return {static_cast<float>((b - a) + (d - c) + (g - e) + (k - h)) * unit,
          static_cast<float>((c - a) + (d - b) + (h - e) + (k - g)) * unit,
          static_cast<float>((e - a) + (g - b) + (h - c) + (k - d)) * unit};
}

/// The planes of the classic system: with the means, u = mean_u - x * (x * mean_u + y * mean_v + t) * inverse.
struct classic_linearise_pixel {
  flow_frames frames;
  classic_system system;
  float lambda;

  FLUXEL_HD bool unknown(const plane<const u8>& mask, int n, int x, int y) const {
    if (mask.data == nullptr) return false;
    const int right = clamp_index(x + 1, mask.width), below = clamp_index(y + 1, mask.height);
    return (pixel_at(mask, n, x, y) | pixel_at(mask, n, right, y) | pixel_at(mask, n, x, below) |
            pixel_at(mask, n, right, below)) != 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    classic_derivatives d{0, 0, 0};
    if (!unknown(frames.prev_mask, n, x, y) && !unknown(frames.next_mask, n, x, y))
      d = derivatives_of_cube(frames, n, x, y);
    pixel_at(system.x, n, x, y) = d.x;
    pixel_at(system.y, n, x, y) = d.y;
    pixel_at(system.t, n, x, y) = d.t;
    pixel_at(system.inverse, n, x, y) = 1.0f / (lambda + (d.x * d.x + d.y * d.y));
  }
};

struct classic_sweep_pixel {
  classic_system system;
  plane<float> u, v, next_u, next_v;

  FLUXEL_HD static float mean(const plane<float>& p, int n, int x, int y) {
    const int l = x > 0 ? x - 1 : 0, r = clamp_index(x + 1, p.width);
    const int a = y > 0 ? y - 1 : 0, b = clamp_index(y + 1, p.height);
    const float beside =
        (pixel_at(p, n, l, y) + pixel_at(p, n, r, y)) + (pixel_at(p, n, x, a) + pixel_at(p, n, x, b));
    const float across =
        (pixel_at(p, n, l, a) + pixel_at(p, n, r, a)) + (pixel_at(p, n, l, b) + pixel_at(p, n, r, b));
    return beside * (1.0f / 6) + across * (1.0f / 12);
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const float mu = mean(u, n, x, y), mv = mean(v, n, x, y);
    const float fx = pixel_at(system.x, n, x, y), fy = pixel_at(system.y, n, x, y);
    const float step = ((fx * mu + fy * mv) + pixel_at(system.t, n, x, y)) * pixel_at(system.inverse, n, x, y);
    pixel_at(next_u, n, x, y) = mu - fx * step;
    pixel_at(next_v, n, x, y) = mv - fy * step;
  }
};

/// run(sweep) `iterations` times, from planes to planes and back.
template <class Run>
status classic_iterations(int iterations, classic_sweep_pixel sweep, const Run& run) {
  status result = status::ok;
  for (int i = 0; i < iterations && result == status::ok; ++i) {
    result = run(sweep);
    std::swap(sweep.u, sweep.next_u);
    std::swap(sweep.v, sweep.next_v);
  }
  return result;
}

}  // namespace fluxel::kernels
