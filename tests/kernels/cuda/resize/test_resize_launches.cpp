// SPDX-License-Identifier: Apache-2.0
// Small images cost their launches: images of different sizes share them.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/resize.hpp"
#include "tests/kernels/cuda/runtime/count_launches.hpp"

namespace {

using namespace fluxel;
using test::count_launches;

/// Pairs of different sizes on the emulated device, whose memory is the host's.
template <class T>
class ragged {
 public:
  ragged(int count, size from, size to, int channels) {
    for (int i = 0; i < count; ++i) {
      const size src{from.width + 2 * i, from.height + i}, dst{to.width + i, to.height + i % 3};
      geometries.push_back({src, dst, channels, element_traits<T>::type});
      images_.emplace_back(src.width, src.height, channels);
      images_.emplace_back(dst.width, dst.height, channels);
    }
    for (int i = 0; i < count; ++i) {
      pairs.push_back({std::as_const(images_[2 * i]).view(), images_[2 * i + 1].view()});
      pairs.back().src.memory = pairs.back().dst.memory = memory_kind::device;
    }
  }
  std::vector<resize_geometry> geometries;
  std::vector<resize_pair<T>> pairs;

 private:
  std::vector<image<T>> images_;
};

template <class T>
std::size_t launches_of(const ragged<T>& batch, const resize_options& options) {
  resizer r(options, {.processor = run_on::cuda});
  r.prepare(batch.geometries);
  return count_launches([&](stream_ref stream) { r.run(batch.pairs, stream); });
}

TEST(ResizeLaunches, ImagesOfDifferentSizesShareOne) {
  const resize_options bilinear, bicubic{.filter = filter::bicubic, .antialias = antialias::yes},
      lanczos{.filter = filter::lanczos3, .antialias = antialias::yes}, area{.filter = filter::area};
  for (const auto& options : {bilinear, bicubic, lanczos, area}) {
    EXPECT_EQ(launches_of(ragged<u8>(16, {90, 60}, {30, 20}, 3), options), 1u);
    EXPECT_EQ(launches_of(ragged<f32>(16, {90, 60}, {30, 20}, 3), options), 1u);
    EXPECT_EQ(launches_of(ragged<u16>(16, {90, 60}, {30, 20}, 1), options), 1u);
  }
  for (const auto& options : {bicubic, lanczos}) {
    EXPECT_EQ(launches_of(ragged<u8>(16, {30, 20}, {150, 90}, 3), options), 1u);
    EXPECT_EQ(launches_of(ragged<f32>(16, {30, 20}, {150, 90}, 3), options), 1u);
  }
}

TEST(ResizeLaunches, OneForEverySixteenImages) {
  EXPECT_EQ(launches_of(ragged<u8>(64, {200, 140}, {30, 20}, 3), {.filter = filter::area}), 4u);
}

/// A single image goes without the parameters of sixteen.
TEST(ResizeLaunches, OneForAnImage) {
  EXPECT_EQ(launches_of(ragged<u8>(1, {90, 60}, {30, 20}, 3), {.filter = filter::area}), 1u);
}

}  // namespace
