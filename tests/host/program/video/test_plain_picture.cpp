// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {
namespace {

frame_format grey(int width, int height, int channels = 1) {
  frame_format f{.width = width, .height = height, .plane_count = 1};
  f.planes[0].channels = channels;
  return f;
}

template <class T>
plain_picture plain_of(frame_format format, const std::vector<T>& samples, int row) {
  frame_view<const void> v{.format = format};
  for (int p = 0; p < format.plane_count; ++p) {
    v.data[p] = samples.data();  // only the first plane is read
    v.pitch[p] = row * std::ptrdiff_t(sizeof(T));
  }
  return plain(v);
}

template <class T>
std::vector<T> pixels_of(const plain_picture& p) {
  const T* data = p.view<T>().data;
  return {data, data + p.pixels.size() / sizeof(T)};
}

TEST(plain_picture, grey_without_a_range_is_kept) {
  const auto p = plain_of<u8>(grey(2, 2), {0, 16, 99, 235, 255, 99}, 3);
  EXPECT_EQ(p.channels, 1);
  EXPECT_EQ(pixels_of<u8>(p), (std::vector<u8>{0, 16, 235, 255}));
}

TEST(plain_picture, alpha_is_left_out) {
  const auto p = plain_of<u8>(grey(2, 1, 2), {7, 255, 9, 0}, 4);
  EXPECT_EQ(pixels_of<u8>(p), (std::vector<u8>{7, 9}));
}

TEST(plain_picture, color_keeps_three_channels) {
  frame_format f = grey(1, 2, 3);
  f.matrix = color_matrix::rgb;
  f.range = color_range::limited;  // means nothing here
  EXPECT_EQ(pixels_of<u8>(plain_of<u8>(f, {1, 2, 3, 0, 4, 5, 6, 0}, 4)), (std::vector<u8>{1, 2, 3, 4, 5, 6}));
}

/// Every 8-bit luma value of limited range, from the definition.
TEST(plain_picture, limited_range_is_stretched) {
  std::vector<u8> all(256);
  for (int i = 0; i < 256; ++i) all[i] = u8(i);
  const auto got = pixels_of<u8>(plain_of(formats::yuv({256, 1}, 1, 1), all, 256));
  for (int i = 0; i < 256; ++i) {
    const double exact = std::clamp((i - 16) * 255.0 / 219, 0.0, 255.0);
    EXPECT_LE(std::fabs(got[i] - exact), 0.5) << i;
  }
  frame_format full = formats::yuv({256, 1}, 1, 1);
  full.range = color_range::full;
  EXPECT_EQ(pixels_of<u8>(plain_of(full, all, 256)), all);
  EXPECT_EQ(pixels_of<u8>(plain_of(formats::nv12({256, 1}), all, 256)), got) << "chroma in one plane";
}

TEST(plain_picture, upper_bits_are_moved_down) {
  const std::vector<u16> high{0, 64 << 6, 500 << 6, 940 << 6, 1023 << 6}, low{0, 64, 500, 940, 1023};
  const auto p010 = plain_of(formats::p010({5, 1}), high, 5);
  EXPECT_EQ(p010.bit_depth, 10);
  EXPECT_EQ(p010.type, element_type::u16);
  EXPECT_EQ(pixels_of<u16>(p010), pixels_of<u16>(plain_of(formats::yuv({5, 1}, 1, 1, 10), low, 5)));
  EXPECT_EQ(pixels_of<u16>(p010), (std::vector<u16>{0, 0, 509, 1023, 1023}));
}

TEST(plain_picture, floats_are_copied) {
  frame_format f = grey(2, 1);
  f.floating = true;
  f.bit_depth = 32;
  EXPECT_EQ(pixels_of<float>(plain_of<float>(f, {0.25f, -3}, 2)), (std::vector<float>{0.25f, -3}));
}

TEST(plain_picture, grey_as_color) {
  const auto p = as_color(plain_of<u8>(grey(2, 1), {5, 6}, 2));
  EXPECT_EQ(p.channels, 3);
  EXPECT_EQ(pixels_of<u8>(p), (std::vector<u8>{5, 5, 5, 6, 6, 6}));
}

}  // namespace
}  // namespace fluxel::video
