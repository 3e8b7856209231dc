// SPDX-License-Identifier: Apache-2.0
#pragma once

// A textured plane seen by a camera that moves, and things that move over it, with the pixels that these cover.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/matrix3x3.hpp"
#include "tests/support/layered_scene.hpp"

namespace fluxel::test {

/// How the camera moves: what changes from frame to frame.
struct camera_motion {
  double x = 0, y = 0;        ///< pixels
  double turn = 0, zoom = 0;  ///< radians; logarithm of the scale
  double tilt = 0;            ///< of the plane against the camera: the change of its homography's last row
  double shake = 0;           ///< random displacement, pixels to either side
};

struct moving_scene {
  size s{320, 240};
  camera_motion camera;
  std::vector<moving_layer> things;  ///< in the first frame's pixels; u, v against the plane
  double noise = 0;                  ///< standard deviation, grey levels
  std::uint64_t seed = 1;

  struct picture {
    image<u8> frame;
    image<u8> mask;  ///< 255 or 0
  };

  picture frame(int n) const {
    picture p{{s.width, s.height}, {s.width, s.height}};
    const natural_texture plane(seed * 64);
    std::mt19937 random(unsigned(seed * 1000 + std::uint64_t(n)));
    const matrix3x3 to_plane = camera_at(n);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) {
        const point2d at = to_plane.map({double(x), double(y)});
        int front = int(things.size()) - 1;
        while (front >= 0 && !things[front].holds(at.x - n * things[front].u, at.y - n * things[front].v)) --front;
        p.mask(x, y) = front >= 0 ? 255 : 0;
        const double level = front < 0 ? plane.at(at.x + 1000, at.y + 1000) : texture_of(front, at, n);
        p.frame(x, y) = u8(std::lround(std::clamp(level + noise * normal(random), 0.0, 255.0)));
      }
    return p;
  }

  /// Pixels of a frame to those of the plane, which are the first frame's without shake.
  matrix3x3 camera_at(int n) const {
    const double cx = s.width / 2.0, cy = s.height / 2.0, c = std::cos(n * camera.turn),
                 d = std::sin(n * camera.turn);
    const double scale = std::exp(n * camera.zoom);
    std::mt19937 random(unsigned(seed * 77 + std::uint64_t(n)));
    const double jx = camera.shake * even(random), jy = camera.shake * even(random);
    const matrix3x3 centred{{1, 0, -cx, 0, 1, -cy, 0, 0, 1}};
    const matrix3x3 moved{{scale * c, -scale * d, cx + n * camera.x + jx, scale * d, scale * c,
                           cy + n * camera.y + jy, n * camera.tilt, 0.5 * n * camera.tilt, 1}};
    return moved * centred;
  }

 private:
  double texture_of(int thing, const point2d& at, int n) const {
    const natural_texture texture(seed * 64 + std::uint64_t(thing) + 1);
    return texture.at(at.x - n * things[thing].u + 1000, at.y - n * things[thing].v + 1000);
  }
  /// In [-1, 1).
  static double even(std::mt19937& random) { return random() / 2147483648.0 - 1; }
  /// Nearly normal, of deviation 1: the sum of six even ones, whose variance is 1/3 each.
  static double normal(std::mt19937& random) {
    double sum = 0;
    for (int i = 0; i < 6; ++i) sum += even(random);
    return sum / std::sqrt(2.0);
  }
};

/// Pixels of a mask beside the true ones.
struct mask_score {
  std::int64_t hits = 0, found = 0, present = 0;

  void add(const image<u8>& mask, const image<u8>& truth) {
    for (std::size_t i = 0; i < mask.size(); ++i) {
      hits += mask.data()[i] != 0 && truth.data()[i] != 0;
      found += mask.data()[i] != 0;
      present += truth.data()[i] != 0;
    }
  }
  double precision() const { return found == 0 ? 0 : double(hits) / double(found); }
  double recall() const { return present == 0 ? 0 : double(hits) / double(present); }
  double f1() const { return found + present == 0 ? 0 : 2.0 * double(hits) / double(found + present); }
};

/// Scenes with a name, each with two things that move.
struct named_scene {
  const char* name;
  moving_scene scene;
};
inline std::vector<named_scene> moving_scenes(size s) {
  const double w = s.width, h = s.height;
  const std::vector<moving_layer> things{{0.3 * w, 0.35 * h, 0.09 * w, 0.12 * h, 2.5, 1},
                                         {0.68 * w, 0.6 * h, 0.05 * w, 0.15 * h, -2, 0.5}};
  return {{"still camera", {s, {}, things, 2, 1}},
          {"pan", {s, {.x = 3, .y = -1}, things, 2, 2}},
          {"turn and zoom", {s, {.turn = 0.01, .zoom = 0.006}, things, 2, 3}},
          {"tilt (homography)", {s, {.x = 2, .turn = 0.004, .tilt = 0.00002}, things, 2, 4}},
          {"shaking hand", {s, {.shake = 5}, things, 2, 5}},
          {"pan, strong noise", {s, {.x = 3, .y = -1}, things, 8, 6}}};
}

}  // namespace fluxel::test
