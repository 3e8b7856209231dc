// SPDX-License-Identifier: Apache-2.0
// What moves is found, before a camera that stands, moves and shakes, and nothing else; ids stay; cuts, still and
// black frames; and what is refused.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/motion_segmenter.hpp"
#include "fluxel/owned_frame.hpp"
#include "tests/support/moving_scene.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::moving_scene;
using test::rejection;

constexpr placement on_cpu{.processor = run_on::cpu};
constexpr size frame_size{240, 180};

frame_format grey_of(const image<u8>& im) {
  return {.width = im.width(), .height = im.height(), .plane_count = 1, .range = color_range::full};
}
frame_view<const void> view_of(const image<u8>& im) {
  frame_view<const void> v{grey_of(im)};
  v.data[0] = im.data();
  v.pitch[0] = im.width();
  return v;
}

struct result {
  std::vector<image<u8>> masks;
  std::vector<std::vector<moving_region>> regions;
  std::vector<bool> begins;
};

result segmented(const std::vector<image<u8>>& frames, const segment_options& options = {},
                 const placement& where = on_cpu) {
  motion_segmenter object(grey_of(frames[0]), options, where);
  result r;
  image<u8> mask(frames[0].width(), frames[0].height());
  const auto keep = [&] {
    r.masks.push_back(mask);
    r.regions.emplace_back(object.regions().begin(), object.regions().end());
    r.begins.push_back(object.begins_scene());
  };
  for (const auto& f : frames)
    if (object.advance(view_of(f), mask)) keep();
  while (object.flush(mask)) keep();
  EXPECT_EQ(r.masks.size(), frames.size());
  return r;
}

std::vector<moving_scene::picture> pictures(const moving_scene& scene, int count) {
  std::vector<moving_scene::picture> p;
  for (int n = 0; n < count; ++n) p.push_back(scene.frame(n));
  return p;
}
std::vector<image<u8>> frames_of(const std::vector<moving_scene::picture>& pictures) {
  std::vector<image<u8>> f;
  for (const auto& p : pictures) f.push_back(p.frame);
  return f;
}
std::int64_t area(const image<u8>& mask) { return std::count(mask.data(), mask.data() + mask.size(), 255); }

TEST(MotionSegmenter, FindsWhatMovesBeforeEveryCamera) {
  for (const auto& [name, scene] : test::moving_scenes(frame_size)) {
    const auto p = pictures(scene, 6);
    const result r = segmented(frames_of(p));
    test::mask_score score;
    for (std::size_t i = 0; i < p.size(); ++i) score.add(r.masks[i], p[i].mask);
    std::printf("%-20s precision %.3f recall %.3f\n", name, score.precision(), score.recall());
    EXPECT_GT(score.precision(), 0.85) << name;
    EXPECT_GT(score.recall(), scene.noise > 4 ? 0.7 : 0.9) << name;
  }
}

TEST(MotionSegmenter, IdsAndMotionStayWithWhatMoves) {
  const auto scene = test::moving_scenes(frame_size)[1].scene;
  const result r = segmented(frames_of(pictures(scene, 6)));
  for (std::size_t i = 0; i < r.regions.size(); ++i) {
    ASSERT_EQ(r.regions[i].size(), i < 2 ? 0U : 2U) << i;  // from the third frame that shows them
    for (int k = 0; k < int(r.regions[i].size()); ++k) {
      const moving_region& region = r.regions[i][k];
      EXPECT_EQ(region.id, k + 1) << i;
      // The upper left one comes first; its motion against the plane is the picture's, as the camera only pans.
      EXPECT_NEAR(region.u, scene.things[k].u, 0.5) << i << ' ' << k;
      EXPECT_NEAR(region.v, scene.things[k].v, 0.5) << i << ' ' << k;
    }
  }
  std::map<int, std::int64_t> areas;
  for (const auto& region : r.regions[3]) areas[0] += region.area;
  EXPECT_EQ(areas[0], area(r.masks[3]));
}

/// A third thing that moves in a scene, seen in a few frames alone.
std::vector<moving_scene::picture> with_flicker(const moving_scene& scene, int count, int first, int last) {
  moving_scene more = scene;
  more.things.push_back({0.75 * scene.s.width, 0.2 * scene.s.height, 0.06 * scene.s.width, 0.08 * scene.s.height, 3});
  auto p = pictures(scene, count);
  for (int n = first; n <= last; ++n) p[std::size_t(n)] = more.frame(n);
  return p;
}

TEST(MotionSegmenter, WhatFlickersHasAMaskAndNoId) {
  const auto scene = test::moving_scenes(frame_size)[0].scene;
  const auto frames = frames_of(with_flicker(scene, 10, 4, 5));
  const result all = segmented(frames, {.min_frames = 1}), r = segmented(frames);
  int flickers = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(std::memcmp(r.masks[i].data(), all.masks[i].data(), r.masks[i].size()), 0) << i;
    flickers += all.regions[i].size() > 2;
    ASSERT_EQ(r.regions[i].size(), i < 2 ? 0U : 2U) << i;
    for (int k = 0; k < int(r.regions[i].size()); ++k) EXPECT_EQ(r.regions[i][k].id, k + 1) << i;
  }
  EXPECT_GE(flickers, 1);  // there is something to leave out
  EXPECT_LE(flickers, 2);
  // What stays gets the next id, whatever has flickered before it.
  const result stays = segmented(frames_of(with_flicker(scene, 10, 4, 9)));
  ASSERT_EQ(stays.regions[8].size(), 3U);
  EXPECT_EQ(stays.regions[8][2].id, 3);
}

TEST(MotionSegmenter, NothingMovesInWhatOnlyTheCameraMoves) {
  for (auto [name, scene] : test::moving_scenes(frame_size)) {
    scene.things.clear();
    for (const auto& mask : segmented(frames_of(pictures(scene, 5))).masks) EXPECT_EQ(area(mask), 0) << name;
  }
}

TEST(MotionSegmenter, ASceneEndsAtACut) {
  auto first = test::moving_scenes(frame_size)[0].scene, second = first;
  second.seed = 50;
  auto p = pictures(first, 4);
  for (auto& q : pictures(second, 4)) p.push_back(std::move(q));
  const result r = segmented(frames_of(p));
  EXPECT_EQ(r.begins, (std::vector<bool>{true, false, false, false, true, false, false, false}));
  test::mask_score score;
  for (std::size_t i = 0; i < p.size(); ++i) score.add(r.masks[i], p[i].mask);
  EXPECT_GT(score.precision(), 0.85);
  EXPECT_GT(score.recall(), 0.85);
  for (const int n : {4, 5}) EXPECT_TRUE(r.regions[n].empty()) << n;
  ASSERT_EQ(r.regions[6].size(), 2U);
  for (const moving_region& region : r.regions[6]) EXPECT_GT(region.id, 2);  // no id goes on across it
}

TEST(MotionSegmenter, RepeatedFramesMoveAsTheFrameDoes) {
  const auto once = pictures(test::moving_scenes(frame_size)[1].scene, 5);
  std::vector<moving_scene::picture> p;
  for (const auto& picture : once) p.insert(p.end(), 2, picture);
  const result r = segmented(frames_of(p));
  for (std::size_t i = 2; i < p.size(); ++i) {  // the first one is still: nothing is known of it yet
    test::mask_score score;
    score.add(r.masks[i], p[i].mask);
    EXPECT_GT(score.f1(), 0.8) << i;
    ASSERT_EQ(r.regions[i].size(), i < 3 ? 0U : 2U) << i;
    for (int k = 0; k < int(r.regions[i].size()); ++k) EXPECT_EQ(r.regions[i][k].id, k + 1) << i;
  }
  EXPECT_EQ(r.begins, (std::vector<bool>{true, false, false, false, false, false, false, false, false, false}));
  const auto still = segmented(std::vector<image<u8>>(6, once[0].frame));
  for (const auto& mask : still.masks) EXPECT_EQ(area(mask), 0);
  std::vector<image<u8>> stops = frames_of(once);
  stops.insert(stops.end(), 6, stops.back());
  EXPECT_EQ(area(segmented(stops).masks.back()), 0);
}

TEST(MotionSegmenter, FramesThatTellNothing) {
  const image<u8> black(64, 48);
  for (const auto& mask : segmented({black, black, black}).masks) EXPECT_EQ(area(mask), 0);
  const auto alone = segmented({test::natural_texture(3).frame({64, 48}, 0, 0)});
  EXPECT_EQ(area(alone.masks[0]), 0);
  EXPECT_TRUE(alone.begins[0]);
  const image<u8> tiny(1, 1);
  for (const auto& mask : segmented({tiny, tiny}).masks) EXPECT_EQ(area(mask), 0);
}

TEST(MotionSegmenter, TakesEveryDepthAndLayout) {
  const auto p = pictures(test::moving_scenes(frame_size)[0].scene, 4);
  frame_format words = formats::yuv(frame_size, 1, 1, 10), color = grey_of(p[0].frame), floats = color;
  color.planes[0].channels = 3;
  floats.floating = true;
  for (const frame_format& format : {words, formats::p010(frame_size), color, floats}) {
    motion_segmenter object(format, {}, on_cpu);
    image<u8> mask(frame_size.width, frame_size.height);
    test::mask_score score;
    for (int n = 0; n < 4; ++n) {
      owned_frame frame(format);
      const int channels = format.planes[0].channels;
      for (int y = 0; y < frame_size.height; ++y)
        for (int x = 0; x < frame_size.width * channels; ++x) {
          const int v = p[n].frame(x / channels, y);
          auto* row = static_cast<std::byte*>(frame.view().data[0]) + y * frame.view().pitch[0];
          if (format.floating)
            reinterpret_cast<float*>(row)[x] = float(v) / 255;
          else if (format.bit_depth > 8)
            reinterpret_cast<u16*>(row)[x] = u16(v << (format.high_bits ? 8 : 2));
          else
            reinterpret_cast<u8*>(row)[x] = u8(v);
        }
      if (object.advance(frame.view(), mask)) score.add(mask, p[n - 1].mask);
    }
    EXPECT_GT(score.precision(), 0.85) << format.bit_depth << ' ' << format.high_bits << ' ' << format.floating;
    EXPECT_GT(score.recall(), 0.85) << format.bit_depth << ' ' << format.high_bits << ' ' << format.floating;
  }
}

TEST(MotionSegmenter, ReducesWideFramesAndTakesAnyPitchOfMasks) {
  const auto p = pictures(test::moving_scenes(frame_size)[1].scene, 4);
  motion_segmenter object(grey_of(p[0].frame), {.longest_side = 160}, on_cpu);
  std::vector<u8> memory(std::size_t(frame_size.height) * 300, 7);
  const image_view<u8> flipped{memory.data() + std::ptrdiff_t{300} * (frame_size.height - 1), frame_size.width,
                               frame_size.height, 1, -300};
  test::mask_score score;
  for (int n = 0; n < 4; ++n) {
    if (!object.advance(view_of(p[n].frame), flipped)) continue;
    image<u8> mask(frame_size.width, frame_size.height);
    for (int y = 0; y < frame_size.height; ++y)
      std::memcpy(&mask(0, y), flipped.data + y * flipped.pitch, std::size_t(frame_size.width));
    score.add(mask, p[n - 1].mask);
  }
  EXPECT_GT(score.precision(), 0.8);
  EXPECT_GT(score.recall(), 0.8);
  for (int y = 0; y < frame_size.height; ++y) EXPECT_EQ(memory[std::size_t(y) * 300 + frame_size.width], 7);
}

TEST(MotionSegmenter, SameBytesOnEveryProcessor) {
  const auto frames = frames_of(pictures(test::moving_scenes({160, 120})[3].scene, 4));
  const segment_options options{.min_frames = 1};
  const auto one = segmented(frames, options, {.processor = run_on::cpu, .threads = 1}),
             all = segmented(frames, options);
  const auto equal = [](const result& a, const result& b) {
    for (std::size_t i = 0; i < a.masks.size(); ++i) {
      EXPECT_EQ(std::memcmp(a.masks[i].data(), b.masks[i].data(), a.masks[i].size()), 0) << i;
      ASSERT_EQ(a.regions[i].size(), b.regions[i].size()) << i;
      for (std::size_t k = 0; k < a.regions[i].size(); ++k)
        EXPECT_EQ(std::memcmp(&a.regions[i][k], &b.regions[i][k], sizeof(moving_region)), 0) << i;
    }
  };
  equal(one, all);
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  equal(one, segmented(frames, options, {.processor = run_on::cuda}));
}

TEST(MotionSegmenter, BeginsAnewAfterRestart) {
  const auto p = pictures(test::moving_scenes({96, 72})[0].scene, 2);
  motion_segmenter object(grey_of(p[0].frame), {}, on_cpu);
  image<u8> mask(96, 72);
  EXPECT_FALSE(object.advance(view_of(p[0].frame), mask));
  object.restart();
  EXPECT_FALSE(object.flush(mask));
  EXPECT_FALSE(object.advance(view_of(p[0].frame), mask));
  EXPECT_TRUE(object.advance(view_of(p[1].frame), mask));
  EXPECT_TRUE(object.flush(mask));
  EXPECT_FALSE(object.flush(mask));
}

TEST(MotionSegmenter, NamesWhatIsWrong) {
  const frame_format f = formats::yuv({64, 48}, 1, 1);
  const auto said = [&](const segment_options& o) { return rejection([&] { motion_segmenter(f, o, on_cpu); }); };
  EXPECT_EQ(said({.model = motion_model(4)}),
            "motion_segmenter: options.model: is not one of translation, similarity, affine and homography");
  EXPECT_EQ(said({.longest_side = 15}),
            "motion_segmenter: options.longest_side: is 15; must be 16 to 524288");
  EXPECT_EQ(said({.noise = -1}), "motion_segmenter: options.noise: is -1; must be 0 to 1000");
  EXPECT_EQ(said({.min_frames = 0}),
            "motion_segmenter: options.min_frames: is 0; must be 1 to 1000");
  frame_format fields = f;
  fields.fields = field_order::top_first;
  EXPECT_EQ(rejection([&] { motion_segmenter(fields, {}, on_cpu); }),
            "motion_segmenter: format.fields: is interlaced: the lines of a frame are of two moments");
  motion_segmenter object(f, {}, on_cpu);
  image<u8> mask(64, 48), small(32, 48);
  owned_frame other(formats::yuv({32, 32}, 1, 1)), same(f);
  EXPECT_EQ(rejection([&] { object.advance(other.view(), mask); }),
            "motion_segmenter: next: is not of the object's format");
  object.advance(same.view(), mask);
  EXPECT_EQ(rejection([&] { object.advance(same.view(), small); }),
            "motion_segmenter: mask: is not of the frames' size, with one channel");
  EXPECT_TRUE(object.advance(same.view(), mask));  // nothing was lost
}

}  // namespace
