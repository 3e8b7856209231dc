// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames of known motion: a smooth texture that any transformation can be sampled from.

#include <algorithm>
#include <cmath>
#include <functional>
#include <type_traits>

#include "fluxel/image.hpp"

namespace fluxel::test {

struct point {
  double x, y;
};

/// Grey levels in [0, 255] at any place of the plane.
inline double texture_at(point p) {
  return 128 + 40 * std::sin(p.x * 0.31 + p.y * 0.17) + 35 * std::sin(p.x * 0.12 - p.y * 0.23 + 1) +
         25 * std::cos(p.x * 0.05 + p.y * 0.4) + 20 * std::sin(p.x * 0.21 + p.y * 0.19 + 2);
}

/// The texture seen through `source`, which takes a pixel to the place it shows. `gain` and `offset` are of the
/// light.
template <class T = u8>
image<T> texture(size s, const std::function<point(point)>& source, double gain = 1, double offset = 0,
                 double white = 255) {
  image<T> im(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double level = gain * texture_at(source({double(x), double(y)})) + offset;
      const double value = std::clamp(level, 0.0, 255.0) * (white / 255);
      im(x, y) = std::is_integral_v<T> ? static_cast<T>(std::lround(value)) : static_cast<T>(value);
    }
  return im;
}

inline std::function<point(point)> still() {
  return [](point p) { return p; };
}
/// The picture moves by (u, v).
inline std::function<point(point)> moved(double u, double v) {
  return [=](point p) { return point{p.x - u, p.y - v}; };
}

/// Where the first frame's pixels go.
using motion = std::function<point(point)>;

/// Mean endpoint error (px) over the pixels that stay inside the frame by `margin`.
inline double mean_endpoint_error(const image<float>& flow, const motion& goes_to, int margin) {
  double sum = 0;
  int n = 0;
  for (int y = margin; y < flow.height() - margin; ++y)
    for (int x = margin; x < flow.width() - margin; ++x) {
      const point to = goes_to({double(x), double(y)});
      if (to.x < margin || to.y < margin || to.x > flow.width() - 1 - margin || to.y > flow.height() - 1 - margin)
        continue;
      sum += std::hypot(flow(x, y, 0) - (to.x - x), flow(x, y, 1) - (to.y - y));
      ++n;
    }
  return n == 0 ? 0 : sum / n;
}

}  // namespace fluxel::test
