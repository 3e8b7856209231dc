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
  EXPECT_EQ(make_layout(picture(3, 3), {.scale = 0.2}).picture, (size{2, 2}));
  EXPECT_THROW(make_layout(picture(3, 3), {.scale = 0.01}), std::exception);
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

TEST(make_layout, fits_go_by_the_shape_on_the_screen) {
  const auto pal = picture(720, 576, 0, {64, 45});  // 1024x576
  const layout pad = make_layout(pal, {.displayed = {720, 720}, .fit = fit::pad});
  EXPECT_EQ(pad.resized, (size{720, 406}));
  EXPECT_EQ(pad.sample_aspect.num, pad.sample_aspect.den);
  const layout cover = make_layout(pal, {.displayed = {576, 576}, .fit = fit::cover});
  EXPECT_EQ(cover.region, (rect{157.5, 0, 405, 576}));
  // On its side: shown as 576x1024.
  const auto turned = picture(720, 576, 1, {64, 45});
  EXPECT_EQ(make_layout(turned, {.displayed = {288, -2}}).picture, (size{512, 288}));
  EXPECT_EQ(make_layout(turned, {.displayed = {300, 300}, .fit = fit::contain}).picture, (size{300, 168}));
}

TEST(make_layout, crops_are_of_the_upright_picture) {
  const size_request request{.scale = 1, .crop = crop_request{30, 20, 5, 7}};
  const auto of = [&](int turns, bool mirrored) {
    auto info = picture(turns % 2 ? 80 : 100, turns % 2 ? 100 : 80, turns);
    info.mirrored = mirrored;
    return make_layout(info, request).crop.value();
  };
  EXPECT_EQ(of(0, false), (rect{5, 7, 30, 20}));
  EXPECT_EQ(of(1, false), (rect{7, 65, 20, 30}));
  EXPECT_EQ(of(2, false), (rect{65, 53, 30, 20}));
  EXPECT_EQ(of(3, false), (rect{53, 5, 20, 30}));
  EXPECT_EQ(of(0, true), (rect{65, 7, 30, 20}));
  EXPECT_EQ(of(1, true), (rect{53, 65, 20, 30}));
}

}  // namespace
}  // namespace fluxel::cli
