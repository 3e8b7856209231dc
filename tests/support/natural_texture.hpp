// SPDX-License-Identifier: Apache-2.0
#pragma once

// A texture without end whose contrast at a wavelength is proportional to it, as in pictures of the world: values
// between random ones on lattices, from 2 px apart up to 256.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "fluxel/image.hpp"

namespace fluxel::test {

class natural_texture {
 public:
  explicit natural_texture(std::uint64_t seed) : seed_(seed) {}

  /// Grey levels in [0, 255].
  double at(double x, double y) const {
    double level = 128;
    for (int octave = 1; octave <= 8; ++octave) {
      const double wavelength = 1 << octave;
      level += 0.5 * std::sqrt(wavelength) * 9 * between(octave, x / wavelength, y / wavelength);
    }
    return std::clamp(level, 0.0, 255.0);
  }

  /// The part of the texture that begins at (left, top).
  image<u8> frame(size s, double left, double top) const {
    image<u8> im(s.width, s.height);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) im(x, y) = static_cast<u8>(std::lround(at(left + x, top + y)));
    return im;
  }

 private:
  /// In [-1, 1] at a point of the lattice.
  double value(int octave, std::int64_t x, std::int64_t y) const {
    std::uint64_t z = seed_ * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(octave) * 0xd1b54a32d192ed03u;
    for (const std::int64_t part : {x, y}) {
      z = (z ^ static_cast<std::uint64_t>(part)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      z ^= z >> 31;
    }
    return static_cast<double>(z >> 11) * 0x1p-52 - 1;
  }
  double between(int octave, double x, double y) const {
    const double left = std::floor(x), top = std::floor(y);
    auto smooth = [](double t) { return t * t * (3 - 2 * t); };
    const double fx = smooth(x - left), fy = smooth(y - top);
    const auto i = static_cast<std::int64_t>(left), j = static_cast<std::int64_t>(top);
    auto row = [&](std::int64_t r) { return (1 - fx) * value(octave, i, r) + fx * value(octave, i + 1, r); };
    return (1 - fy) * row(j) + fy * row(j + 1);
  }

  std::uint64_t seed_;
};

}  // namespace fluxel::test
