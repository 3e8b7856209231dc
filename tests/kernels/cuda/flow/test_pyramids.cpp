// SPDX-License-Identifier: Apache-2.0
// Pyramids on the CUDA backend of whatever library this is linked with, against the scalar backend: bytes of which a
// part is black to white, levels that share a launch, and those that a sequence keeps of the frame before.

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include "fluxel/flow_steps.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;

class CudaPyramids : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels::cuda_devices().devices.empty()) GTEST_SKIP() << "NOT RUN: " << kernels::cuda_devices().reason;
  }
};

template <class T>
std::vector<T> noise(std::size_t pixels, unsigned seed, unsigned most) {
  std::mt19937 random(seed);
  std::vector<T> v(pixels);
  for (auto& p : v) p = static_cast<T>(random() % (most + 1));
  return v;
}

template <class T>
image_view<T> view(T* data, const flow_geometry& g, int channels) {
  return {.data = data, .width = g.width, .height = g.height, .channels = channels, .count = g.count};
}

struct scalar_backend {
  scalar_backend() { EXPECT_TRUE(kernels::force_cpu_target("scalar")); }
  ~scalar_backend() { kernels::force_cpu_target(""); }
};

/// All levels, one after the other.
std::vector<u16> levels(const std::vector<u8>& frame, const flow_geometry& g, const flow_pyramid_options& o,
                        bool cuda) {
  flow_steps::image_pyramid pyramid(g, o, {.processor = cuda ? run_on::cuda : run_on::cpu});
  pyramid.run(view(frame.data(), g, 1));
  std::vector<u16> all;
  for (int l = 0; l < pyramid.levels(); ++l) {
    const auto grey = pyramid.grey(l);
    const std::size_t at = all.size(), row = sizeof(u16) * grey.width;
    all.resize(at + std::size_t(grey.width) * grey.height * grey.count);
    for (int n = 0; n < grey.count; ++n)
      for (int y = 0; y < grey.height; ++y) {
        const auto* from = reinterpret_cast<const std::byte*>(grey.data) + n * grey.stride + y * grey.pitch;
        auto* to = all.data() + at + (std::size_t(n) * grey.height + y) * grey.width;
        if (cuda)
          EXPECT_EQ(kernels::cuda()->memory.download(to, from, row, nullptr), kernels::status::ok);
        else
          std::memcpy(to, from, row);
      }
  }
  if (cuda) {
    EXPECT_EQ(kernels::cuda()->memory.synchronize(nullptr), kernels::status::ok);
  }
  return all;
}

TEST_F(CudaPyramids, BytesOfAnyRangeEqualTheScalarBackend) {
  for (const value_range range :
       {value_range{0, 0}, {16, 235}, {0, 255}, {0, 1}, {254, 255}, {7, 9}, {1, 255}, {200, 203}})
    for (const double presmoothing : {0.0, 0.6})
      for (const double factor : {0.5, 0.7}) {
        const flow_geometry g{.width = 133, .height = 61, .count = 2, .range = range};
        const flow_pyramid_options o{.presmoothing = presmoothing, .factor = factor, .coarsest_side = 4};
        const auto frame = noise<u8>(std::size_t(g.width) * g.height * g.count, 3, 255);
        std::vector<u16> expected;
        {
          const scalar_backend scalar;
          expected = levels(frame, g, o, false);
        }
        EXPECT_EQ(levels(frame, g, o, true), expected)
            << range.low << " to " << range.high << ", " << presmoothing << ", " << factor;
      }
}

TEST_F(CudaPyramids, EveryByteOfEveryRangeHasItsIntensity) {
  std::vector<u8> frame(256 * 8);
  for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = static_cast<u8>(i);
  for (int range = 1; range <= 255; ++range) {
    const double low = range * 7 % (256 - range);
    const flow_geometry g{.width = 256, .height = 8, .range = {low, low + range}};
    const flow_pyramid_options o{.presmoothing = 0, .coarsest_side = 4, .max_levels = 2};
    std::vector<u16> expected;
    {
      const scalar_backend scalar;
      expected = levels(frame, g, o, false);
    }
    ASSERT_EQ(levels(frame, g, o, true), expected) << low << " to " << low + range;
  }
}

/// Two levels share a launch, in tiles: of odd sizes, of windows of every length, and of batches of which they do
/// not.
TEST_F(CudaPyramids, LevelsThatShareALaunchEqualTheScalarBackend) {
  struct {
    int width, height, count, levels;
    double factor;
  } const cases[] = {{351, 205, 1, 64, 0.5}, {201, 355, 2, 64, 0.7}, {301, 157, 1, 64, 0.9}, {640, 130, 1, 64, 0.45},
                     {1500, 9, 2, 64, 0.8},  {7, 900, 1, 64, 0.6},   {362, 362, 3, 4, 0.9}};
  for (const auto& c : cases) {
    const flow_geometry g{.width = c.width, .height = c.height, .count = c.count};
    const flow_pyramid_options o{.factor = c.factor, .coarsest_side = 4, .max_levels = c.levels};
    const auto frame = noise<u8>(std::size_t(g.width) * g.height * g.count, 5, 255);
    std::vector<u16> expected;
    {
      const scalar_backend scalar;
      expected = levels(frame, g, o, false);
    }
    EXPECT_EQ(levels(frame, g, o, true), expected) << c.width << "x" << c.height << " by " << c.factor;
  }
}

/// Each flow of a sequence is the flow of the pair alone, though the pyramid of one frame is kept.
template <class Solver, class T, class Options>
void expect_pairs(const flow_geometry& g, const Options& options, unsigned most, int masked) {
  const std::size_t pixels = std::size_t(g.width) * g.height * g.count;
  std::vector<std::vector<T>> frames;
  for (unsigned i = 0; i < 4; ++i) frames.push_back(noise<T>(pixels * g.channels, i + 1, most));
  auto mask = noise<u8>(pixels, 9, 7);
  const auto image = [&](int i) {
    flow_frame f{.frame = view(std::as_const(frames[i]).data(), g, g.channels)};
    if (i == masked) f.mask = view(std::as_const(mask).data(), g, 1);
    return f;
  };
  Solver sequence(g, options, {.processor = run_on::cuda}), pair(g, options, {.processor = run_on::cpu});
  for (int i = 0; i < 4; ++i) {
    std::vector<float> kept(2 * pixels), alone(2 * pixels);
    const auto next = image(i);
    sequence.advance({.frame = next.frame, .mask = next.mask}, {view(kept.data(), g, 2)});
    if (i == 0) continue;
    const auto prev = image(i - 1);
    pair.run({prev.frame, next.frame, prev.mask, next.mask}, {view(alone.data(), g, 2)});
    EXPECT_EQ(std::memcmp(kept.data(), alone.data(), sizeof(float) * kept.size()), 0) << "frame " << i;
  }
}

TEST_F(CudaPyramids, SequencesKeepTheFrameBefore) {
  auto smoothed = horn_schunck_preset(flow_quality::fast), colored = smoothed;
  auto sharp = lucas_kanade_preset(flow_quality::fast);
  smoothed.pyramid.presmoothing = 0.6, sharp.pyramid.presmoothing = 0;
  colored.weighted_median = {.after = weighted_median_after::finest_level, .radius = 2};
  for (const int masked : {-1, 1}) {
    SCOPED_TRACE(masked);
    const flow_geometry bytes{.width = 131, .height = 77};  // two levels share a launch, and the last ones another
    expect_pairs<horn_schunck, u8>(bytes, smoothed, 255, masked);
    expect_pairs<lucas_kanade, u8>(bytes, sharp, 255, masked);
    flow_geometry other = bytes;
    other.range = {16, 235}, other.count = 2;
    expect_pairs<lucas_kanade, u8>(other, sharp, 255, masked);
    other.type = element_type::u16, other.range = {}, other.bit_depth = 10;
    expect_pairs<horn_schunck, u16>(other, smoothed, 1023, masked);
    expect_pairs<lucas_kanade, u16>(other, sharp, 1023, masked);
    other = bytes, other.channels = 3, other.count = 1;
    expect_pairs<horn_schunck, u8>(other, colored, 255, masked);
  }
}

}  // namespace
