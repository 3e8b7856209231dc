// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two frames of textured layers that move over each other, with the flow that is true of the first, and where the
// second shows what the first does.

#include <cmath>
#include <cstdint>
#include <vector>

#include "fluxel/image.hpp"
#include "tests/support/natural_texture.hpp"

namespace fluxel::test {

/// An ellipse with a texture of its own.
struct moving_layer {
  double x, y, radius_x, radius_y;  ///< in the first frame
  double u, v;

  bool holds(double px, double py) const {
    const double dx = (px - x) / radius_x, dy = (py - y) / radius_y;
    return dx * dx + dy * dy <= 1;
  }
};

struct layered_scene {
  size s;
  double u = 0, v = 0;               ///< of the background
  std::vector<moving_layer> layers;  ///< from the back to the front
  std::uint64_t seed = 1;

  struct pair {
    image<u8> prev, next;
    image<float> flow;
    image<u8> visible;  ///< 1 where the second frame shows the pixel too
  };
  pair make() const {
    pair p{image<u8>(s.width, s.height), image<u8>(s.width, s.height), image<float>(s.width, s.height, 2),
           image<u8>(s.width, s.height)};
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) {
        const int here = front(x, y, 0);
        p.prev(x, y) = grey(here, x, y);
        const int there = front(x, y, 1);
        p.next(x, y) = grey(there, x - u_of(there), y - v_of(there));
        p.flow(x, y, 0) = static_cast<float>(u_of(here));
        p.flow(x, y, 1) = static_cast<float>(v_of(here));
        const double to_x = x + u_of(here), to_y = y + v_of(here);
        const bool inside = to_x >= 0 && to_y >= 0 && to_x <= s.width - 1 && to_y <= s.height - 1;
        p.visible(x, y) = inside && front(to_x, to_y, 1) == here;
      }
    return p;
  }

 private:
  /// The layer in front at a place and time 0 or 1; -1: the background.
  int front(double x, double y, double time) const {
    for (int i = static_cast<int>(layers.size()) - 1; i >= 0; --i)
      if (layers[i].holds(x - time * layers[i].u, y - time * layers[i].v)) return i;
    return -1;
  }
  double u_of(int layer) const { return layer < 0 ? u : layers[layer].u; }
  double v_of(int layer) const { return layer < 0 ? v : layers[layer].v; }
  u8 grey(int layer, double x, double y) const {
    const natural_texture texture(seed * 64 + static_cast<std::uint64_t>(layer + 1));
    return static_cast<u8>(std::lround(texture.at(x + 1000, y + 1000)));
  }
};

/// A flow's mean endpoint error (px) where the second frame shows the pixel.
inline double visible_error(const image<float>& flow, const layered_scene::pair& p) {
  double sum = 0;
  int count = 0;
  for (int y = 0; y < flow.height(); ++y)
    for (int x = 0; x < flow.width(); ++x) {
      if (p.visible(x, y) == 0) continue;
      sum += std::hypot(flow(x, y, 0) - p.flow(x, y, 0), flow(x, y, 1) - p.flow(x, y, 1));
      ++count;
    }
  return count == 0 ? 0 : sum / count;
}

}  // namespace fluxel::test
