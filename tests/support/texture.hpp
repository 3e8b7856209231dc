// SPDX-License-Identifier: Apache-2.0
#pragma once

// A smooth texture that is known between its pixels.

#include <cmath>
#include <vector>

#include "fluxel/image.hpp"
#include "tests/support/random.hpp"

namespace fluxel::test {

/// A sum of waves of random direction, in grey levels around 128.
class texture {
 public:
  explicit texture(std::uint64_t seed = 1, double shortest = 10) {
    random r(seed);
    auto unit = [&] { return static_cast<double>(r.next() >> 11) * 0x1p-53; };
    for (int i = 0; i < 24; ++i) {
      const double angle = unit() * 6.283185307, length = shortest * std::pow(6.0, unit());
      waves_.push_back({std::cos(angle) * 6.283185307 / length, std::sin(angle) * 6.283185307 / length,
                        unit() * 6.283185307, 10 + 10 * unit()});
    }
  }
  double operator()(double x, double y) const {
    double sum = 128;
    for (const auto& w : waves_) sum += w.height * std::sin(w.x * x + w.y * y + w.phase);
    return sum < 0 ? 0 : sum > 255 ? 255 : sum;
  }
  /// Pixel (x, y) shows the texture at (x - dx, y - dy).
  image<f32> frame(int width, int height, double dx = 0, double dy = 0) const {
    image<f32> im(width, height);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) im(x, y) = static_cast<f32>((*this)(x - dx, y - dy));
    return im;
  }

 private:
  struct wave {
    double x, y, phase, height;
  };
  std::vector<wave> waves_;
};

}  // namespace fluxel::test
