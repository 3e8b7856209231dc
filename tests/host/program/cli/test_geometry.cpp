// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "host/program/cli/options/geometry.hpp"

namespace fluxel::cli {
namespace {

video::picture_info picture(int width, int height, int turns = 0, video::ratio aspect = {1, 1}) {
  video::picture_info info;
  info.format = formats::yuv({width, height}, 1, 1);
  info.quarter_turns = turns;
  info.sample_aspect = aspect;
  info.step = {2, 2};
  return info;
}

TEST(make_layout, minus_n_keeps_the_shape) {
  EXPECT_EQ(make_layout(picture(1920, 1080), {.displayed = {1280, -2}}).picture, (size{1280, 720}));
  EXPECT_EQ(make_layout(picture(672, 384), {.displayed = {320, -2}}).picture, (size{320, 182}));
  EXPECT_EQ(make_layout(picture(672, 384), {.displayed = {320, -1}}).picture, (size{320, 183}));
  EXPECT_EQ(make_layout(picture(672, 384), {.displayed = {-1, 100}}).picture, (size{175, 100}));
}

TEST(make_layout, the_size_is_the_displayed_one) {
  const layout l = make_layout(picture(1920, 1080, 1), {.displayed = {720, -2}});
  EXPECT_EQ(l.picture, (size{1280, 720}));
  EXPECT_EQ(make_layout(picture(1920, 1080, 2), {.displayed = {640, 480}}).picture, (size{640, 480}));
}

TEST(make_layout, scale_rounds_to_what_encoders_take) {
  EXPECT_EQ(make_layout(picture(853, 481), {.scale = 0.5}).picture, (size{426, 240}));
  EXPECT_EQ(make_layout(picture(3, 3), {.scale = 0.01}).picture, (size{2, 2}));
  EXPECT_THROW(make_layout(picture(1000, 10), {.scale = 100}), std::exception);
}

TEST(make_layout, sample_aspect_keeps_the_shape_on_the_screen) {
  const auto aspect = [](video::ratio in, size wanted) {
    return make_layout(picture(720, 576, 0, in), {.displayed = wanted}).sample_aspect;
  };
  EXPECT_EQ(aspect({16, 15}, {360, 288}).num, 16);
  EXPECT_EQ(aspect({16, 15}, {360, 288}).den, 15);
  EXPECT_EQ(aspect({16, 15}, {768, 576}).num, 1);
  EXPECT_EQ(aspect({16, 15}, {768, 576}).den, 1);
  EXPECT_EQ(aspect({0, 1}, {100, 100}).num, 0);
}

TEST(make_layout, fits) {
  const layout pad = make_layout(picture(1920, 1080), {.displayed = {1080, 1080}, .fit = fit::pad});
  EXPECT_EQ(pad.resized, (size{1080, 608}));
  EXPECT_EQ(pad.top, 236);
  EXPECT_EQ(make_layout(picture(1920, 1080), {.displayed = {1001, 999}, .fit = fit::contain}).picture,
            (size{1001, 564}));
  const layout cover = make_layout(picture(1920, 1080), {.displayed = {540, 540}, .fit = fit::cover});
  EXPECT_EQ(cover.region, (rect{420, 0, 1080, 1080}));
  EXPECT_EQ(cover.picture, (size{540, 540}));
}

}  // namespace
}  // namespace fluxel::cli
