// SPDX-License-Identifier: Apache-2.0
// The background becomes steady, whatever is in front of it, also something that is larger, has more corners and
// moves otherwise; and a camera that stands still is not moved at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "fluxel/stabilizer.hpp"
#include "tests/support/moving_scene.hpp"

namespace {

using namespace fluxel;
using test::moving_scene;

constexpr size frame_size{320, 240};
constexpr int frame_count = 20;
constexpr placement on_cpu{.processor = run_on::cpu, .threads = 1};
const frame_format format{.width = frame_size.width, .height = frame_size.height, .plane_count = 1};

/// A thing that covers about this part of the frame, and moves through its middle.
moving_scene scene_of(double share, double shake) {
  const double w = frame_size.width, h = frame_size.height, radius = std::sqrt(share / 3.1416);
  const double u = 2.5, v = -1;
  moving_scene scene{frame_size, {.shake = shake}, {}, 1, 11};
  if (share > 0)
    scene.things = {{w / 2 - u * frame_count / 2, h / 2 - v * frame_count / 2, radius * w, radius * h, u, v}};
  return scene;
}

struct clip {
  std::vector<owned_frame> frames;
  double covered = 0;  ///< part of all pixels
};

clip clip_of(const moving_scene& scene) {
  clip c;
  std::int64_t moving = 0;
  for (int n = 0; n < frame_count; ++n) {
    const auto picture = scene.frame(n);
    owned_frame frame(format);
    for (int y = 0; y < frame_size.height; ++y)
      std::copy_n(&picture.frame(0, y), frame_size.width,
                  static_cast<u8*>(frame.view().data[0]) + y * frame.view().pitch[0]);
    c.frames.push_back(std::move(frame));
    moving += std::count(picture.mask.data(), picture.mask.data() + picture.mask.size(), u8{255});
  }
  c.covered = double(moving) / (double(frame_count) * frame_size.width * frame_size.height);
  return c;
}

std::vector<owned_frame> stabilized(const clip& c, motion_model model) {
  stabilizer object(format, {.model = model, .smoothing = 4, .border = stabilize_border::black}, on_cpu);
  std::vector<owned_frame> out;
  owned_frame result(format);
  const auto keep = [&] {
    out.push_back(std::move(result));
    result = owned_frame(format);
  };
  for (const owned_frame& f : c.frames)
    if (object.advance(f.view(), result.view())) keep();
  while (object.flush(result.view())) keep();
  return out;
}

u8 pixel(const owned_frame& f, int x, int y) {
  return static_cast<const u8*>(f.view().data[0])[y * f.view().pitch[0] + x];
}

/// Near the corners of the frames, where the thing does not come.
double mean_difference(const owned_frame& a, const owned_frame& b) {
  constexpr int inset = 10, side = 20;
  std::int64_t sum = 0;
  for (int y = inset; y < inset + side; ++y)
    for (int x = inset; x < inset + side; ++x)
      for (const int at_x : {x, frame_size.width - 1 - x})
        for (const int at_y : {y, frame_size.height - 1 - y})
          sum += std::abs(pixel(a, at_x, at_y) - pixel(b, at_x, at_y));
  return double(sum) / (4 * side * side);
}

TEST(BackgroundChoice, SteadiesTheBackgroundAsIfNothingWereInFrontOfIt) {
  const clip empty = clip_of(scene_of(0, 4));
  const double shake = mean_difference(empty.frames[8], empty.frames[9]);
  for (const motion_model model : {motion_model::translation, motion_model::similarity, motion_model::homography}) {
    const auto alone = stabilized(empty, model);
    for (const double share : {0.2, 0.4, 0.6}) {
      const clip c = clip_of(scene_of(share, 4));
      EXPECT_NEAR(c.covered, share, 0.03);
      const auto behind = stabilized(c, model);
      for (std::size_t n = 0; n < alone.size(); ++n)
        EXPECT_LT(mean_difference(alone[n], behind[n]), shake / 8) << share << ' ' << int(model) << ' ' << n;
    }
  }
}

TEST(BackgroundChoice, LeavesTheFramesOfACameraThatStandsStill) {
  for (const double share : {0.0, 0.2, 0.4, 0.6}) {
    const clip c = clip_of(scene_of(share, 0));
    const auto out = stabilized(c, motion_model::similarity);
    for (std::size_t n = 0; n < out.size(); ++n) EXPECT_LT(mean_difference(c.frames[n], out[n]), 0.1) << share << n;
  }
}

}  // namespace
