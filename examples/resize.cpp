// SPDX-License-Identifier: Apache-2.0
// Halves an image: a grey ramp, in memory.
#include <cstdio>

#include "fluxel/fluxel.hpp"

int main() {
  fluxel::image<fluxel::u8> src(640, 480), dst(320, 240);
  for (int y = 0; y < 480; ++y)
    for (int x = 0; x < 640; ++x) src(x, y) = fluxel::u8(x * 255 / 639);
  fluxel::resize_bilinear(src, dst);
  std::printf("%d %d %d\n", dst(0, 0), dst(160, 120), dst(319, 239));
}
