// SPDX-License-Identifier: Apache-2.0
// Plain ground votes for the motion of its faint marks, whatever happens to its light.

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "host/motion/vote_grid.hpp"
#include "tests/support/texture.hpp"

namespace {

using namespace fluxel;

constexpr int width = 256, height = 192;
constexpr double slope = 0.25;  ///< of the shade, grey levels per pixel
constexpr double moved = 3;     ///< pixels to the right

/// A wall that is brighter on the right. Its shade stays with the camera, as that of a lens does; its marks move.
image<f32> wall(double marks_at, double light) {
  const test::texture marks(7);
  image<f32> picture(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) picture(x, y) = f32(120 + light + slope * x + 0.02 * marks(x - marks_at, y));
  return picture;
}

TEST(VoteGrid, LightThatChangesIsNoMotion) {
  const matrix3x3 right{{1, 0, moved, 0, 1, 0, 0, 0, 1}};
  const image<f32> before = wall(0, 0);
  for (const double light : {-4.0, -1.0, 0.0, 1.0, 4.0}) {
    const image<f32> after = wall(moved, light);
    // Which shift makes the shade look as it did before.
    const matrix3x3 shade{{1, 0, -light / slope, 0, 1, 0, 0, 0, 1}};
    host::vote_grid grid(width, height);
    grid.take({});
    const std::array motions{right, shade};
    const auto votes = grid.by_pictures({before, after, {}}, motions);
    EXPECT_GT(votes[0], 4 * votes[1]) << light;
    EXPECT_GT(votes[0], 40) << light;
  }
}

}  // namespace
