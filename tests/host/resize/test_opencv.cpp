// SPDX-License-Identifier: Apache-2.0
// OpenCV as a second witness.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "fluxel/fluxel.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;
using test::random_image;

const std::vector<std::pair<size, size>> shapes{
    {{64, 48}, {32, 24}},     {{64, 48}, {128, 96}}, {{33, 17}, {64, 9}},   {{100, 37}, {67, 81}},
    {{300, 20}, {301, 21}},   {{1080, 9}, {224, 4}}, {{640, 5}, {1000, 8}}, {{1, 7}, {6, 2}},
    {{320, 180}, {427, 240}}, {{7, 1}, {3, 1}}};

template <class T>
cv::Mat mat_of(const image<T>& im, int depth) {
  return cv::Mat(im.view().height, im.width(), CV_MAKETYPE(depth, im.channels()), const_cast<T*>(im.data()));
}

TEST(OpenCV, BilinearU8IsWithinOneOfLinearExact) {
  for (auto [from, to] : shapes)
    for (int channels : {1, 3, 4}) {
      const auto src = random_image<u8>(from.width, from.height, channels);
      image<u8> dst(to.width, to.height, channels);
      resize_bilinear(src.view(), dst.view());
      cv::Mat theirs;
      cv::resize(mat_of(src, CV_8U), theirs, {to.width, to.height}, 0, 0, cv::INTER_LINEAR_EXACT);
      for (std::size_t i = 0; i < dst.size(); ++i) ASSERT_NEAR(dst.data()[i], theirs.data[i], 1) << from.width;
    }
}

TEST(OpenCV, BilinearF32IsWithinItsFloatPhases) {
  for (auto [from, to] : shapes)
    for (int channels : {1, 3}) {
      const auto src = random_image<f32>(from.width, from.height, channels);  // values in [0, 1)
      image<f32> dst(to.width, to.height, channels);
      resize_bilinear(src.view(), dst.view());
      cv::Mat theirs;
      cv::resize(mat_of(src, CV_32F), theirs, {to.width, to.height}, 0, 0, cv::INTER_LINEAR);
      const auto* values = theirs.ptr<float>();
      for (std::size_t i = 0; i < dst.size(); ++i) ASSERT_NEAR(dst.data()[i], values[i], 2e-4);
    }
}

TEST(OpenCV, NearestEqualsNearestExactWhereItsStepIsExact) {
  int compared = 0;
  for (auto [from, to] : {std::pair{size{64, 48}, size{32, 24}},
                          {{33, 17}, {64, 8}},
                          {{100, 36}, {25, 72}},
                          {{5, 7}, {16, 4}},
                          {{1920, 3}, {640, 2}},
                          {{63, 81}, {128, 27}},
                          {{1, 1}, {4, 2}}}) {
    ASSERT_EQ((std::int64_t{from.width} << 16) % to.width, 0);
    ASSERT_EQ((std::int64_t{from.height} << 16) % to.height, 0);
    const auto src = random_image<u16>(from.width, from.height, 3);
    image<u16> dst(to.width, to.height, 3);
    resize_nearest(src.view(), dst.view(), {.rounding = nearest_rounding::half_down});  // OpenCV 4.6 rounds ties down
    cv::Mat theirs;
    cv::resize(mat_of(src, CV_16U), theirs, {to.width, to.height}, 0, 0, cv::INTER_NEAREST_EXACT);
    EXPECT_EQ(std::memcmp(dst.data(), theirs.data, dst.size() * 2), 0) << from.width << " to " << to.width;
    ++compared;
  }
  EXPECT_EQ(compared, 7);
}

TEST(OpenCV, AreaOfWholeFactorsIsItsMean) {
  for (auto [from, to] : {std::pair{size{64, 48}, size{32, 24}}, {{63, 48}, {21, 12}}, {{100, 60}, {20, 10}}}) {
    const auto src = random_image<u8>(from.width, from.height, 3);
    image<u8> dst(to.width, to.height, 3);
    resize(src.view(), dst.view(), {.filter = filter::area});
    cv::Mat theirs;
    cv::resize(mat_of(src, CV_8U), theirs, {to.width, to.height}, 0, 0, cv::INTER_AREA);
    for (std::size_t i = 0; i < dst.size(); ++i) ASSERT_NEAR(dst.data()[i], theirs.data[i], 1);
  }
}

}  // namespace
