// SPDX-License-Identifier: Apache-2.0
// A flow that stays on the device until it is drawn is the flow of the CPU, for every type of picture.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "host/program/flow_files/device_flow.hpp"
#include "host/program/flow_files/flow_pictures.hpp"

namespace fluxel::video {
namespace {

constexpr int width = 49, height = 37;

/// A texture that moves by two pixels to the right from picture to picture.
template <class T>
plain_picture picture_of(int n, int channels, int bit_depth) {
  plain_picture p{width, height, channels, element_traits<T>::type, bit_depth, {}};
  p.pixels.resize(std::size_t(width) * height * channels * sizeof(T));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) {
        const int level = ((x - 2 * n + 64) * (x - 2 * n + 64) * 7 + y * y * 5 + c * 31) % 256;
        const T value = T(std::is_integral_v<T> ? level << (bit_depth - 8) : level / 255.0);
        const std::size_t at = ((std::size_t(y) * width + x) * channels + c) * sizeof(T);
        std::memcpy(p.pixels.data() + at, &value, sizeof value);
      }
  return p;
}

template <class T>
void expect_the_same(int channels, int bit_depth) {
  SCOPED_TRACE(sizeof(T));
  const auto like = picture_of<T>(0, channels, bit_depth);
  const auto options = horn_schunck_preset(flow_quality::fast);
  const placement on_cpu{.processor = run_on::cpu}, on_cuda{.processor = run_on::cuda};
  horn_schunck here(geometry_of(like), options, on_cpu), there(geometry_of(like), options, on_cuda);
  device_flow kept(geometry_of(like), on_cuda);
  image<f32> flow(width, height, 2), score(1, 1, 1);
  flow_lengths lengths, counted;
  for (int n = 0; n < 3; ++n) {
    const auto picture = picture_of<T>(n, channels, bit_depth);
    const bool solved = here.advance({.frame = frame_of(picture)}, {.flow = flow.view(), .cut_score = score.view()});
    ASSERT_EQ(there.advance({.frame = kept.on_device(frame_of(picture))},
                            {.flow = kept.flow(), .cut_score = kept.cut_score()}),
              solved);
    if (!solved) continue;
    image<u8> colors(width, height, 3), drawn(width, height, 3);
    measure_flow_lengths(flow.view(), {&lengths, 1}, on_cpu);
    kept.measure(counted);
    EXPECT_EQ(kept.read_cut_score(), *score.data());
    flow_field read(width, height);
    kept.read(read);
    EXPECT_TRUE(std::equal(read.uv.begin(), read.uv.end(), flow.data()));
    EXPECT_EQ(std::memcmp(&lengths, &counted, sizeof lengths), 0);
    EXPECT_GT(length_of_share(counted, 1), 0.5);
    draw_flow(flow.view(), colors.view(), {.full_length = 3}, on_cpu);
    kept.draw(drawn.view(), 3);
    EXPECT_TRUE(std::equal(colors.data(), colors.data() + colors.size(), drawn.data())) << n;
  }
}

TEST(device_flow, is_that_of_the_cpu) {
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  expect_the_same<u8>(1, 8);
  expect_the_same<u8>(3, 8);
  expect_the_same<u16>(1, 10);
  expect_the_same<f32>(1, 8);
}

}  // namespace
}  // namespace fluxel::video
