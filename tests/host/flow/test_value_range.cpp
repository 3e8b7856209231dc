// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "fluxel/value_range.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::rejection;

TEST(ValueRange, LeavesOutOneInAThousandAtEitherEnd) {
  image<u16> words(100, 20);  // 2000 samples: the two least and the two largest do not count
  for (int i = 0; i < 2000; ++i) words.data()[i] = static_cast<u16>((i * 1237) % 2000 + 500);
  const value_range r = measure_value_range(words);
  EXPECT_EQ(r.low, 502);
  EXPECT_EQ(r.high, 2497);
  image<f32> floats(100, 20);
  for (int i = 0; i < 2000; ++i) floats.data()[i] = static_cast<f32>(words.data()[i]) / 4;
  EXPECT_EQ(measure_value_range(floats).low, 502 / 4.0);
  EXPECT_EQ(measure_value_range(floats).high, 2497 / 4.0);
}

TEST(ValueRange, CountsAllChannelsOfFewSamples) {
  image<u8> color(2, 1, 3);
  for (int i = 0; i < 6; ++i) color.data()[i] = static_cast<u8>(40 - i);
  EXPECT_EQ(measure_value_range(color).low, 35);
  EXPECT_EQ(measure_value_range(color).high, 40);
  image<u8> even(5, 5);
  for (std::size_t i = 0; i < even.size(); ++i) even.data()[i] = 7;
  EXPECT_EQ(measure_value_range(even).low, 7);
  EXPECT_EQ(measure_value_range(even).high, 7);
}

TEST(ValueRange, NumbersThatAreNoneDoNotCount) {
  constexpr f32 infinity = std::numeric_limits<f32>::infinity(), nan = std::numeric_limits<f32>::quiet_NaN();
  image<f32> im(3, 2);
  const f32 values[] = {nan, 4, -infinity, -2, infinity, 1};
  for (int i = 0; i < 6; ++i) im.data()[i] = values[i];
  EXPECT_EQ(measure_value_range(im).low, -2);
  EXPECT_EQ(measure_value_range(im).high, 4);
  for (int i = 0; i < 6; ++i) im.data()[i] = nan;
  EXPECT_EQ(measure_value_range(im).low, 0);
  EXPECT_EQ(measure_value_range(im).high, 0);
}

TEST(ValueRange, BadRangesAreNamed) {
  auto said = [](flow_geometry g) { return rejection([&] { horn_schunck(g, {}, {run_on::cpu}); }); };
  flow_geometry g{.width = 8, .height = 8};
  for (const value_range bad : {value_range{5, 3}, {-1, 9}, {0, 256}, {1.5, 9}}) {
    g.range = bad;
    EXPECT_NE(said(g).find("geometry.range"), std::string::npos) << bad.low << " " << bad.high;
  }
  g.type = element_type::u16;
  g.bit_depth = 10;
  g.range = {0, 1024};
  EXPECT_NE(said(g).find("geometry.range.high"), std::string::npos);
  g.type = element_type::f32;
  g.range = {0, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_NE(said(g).find("geometry.range"), std::string::npos);
  EXPECT_NE(rejection([] { measure_value_range(image_view<const u8>{}); }).find("frame"), std::string::npos);
}

}  // namespace
