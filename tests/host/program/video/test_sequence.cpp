// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "host/program/video/input/sequence.hpp"
#include "host/program/video/names.hpp"

namespace fluxel::video {
namespace {

TEST(sequence_name, numbers) {
  EXPECT_EQ(sequence_name::parse("a/frame%04d.png")->file(7), "a/frame0007.png");
  EXPECT_EQ(sequence_name::parse("a/frame%04d.png")->file(12345), "a/frame12345.png");
  EXPECT_EQ(sequence_name::parse("%d")->file(7), "7");
  EXPECT_EQ(sequence_name::parse("50%/f%03d.jpg")->ffmpeg_pattern("50%/"), "50%%/f%03d.jpg");
}

TEST(sequence_name, other_names_are_no_sequence) {
  for (const char* name : {"a.png", "a%.png", "a%s.png", "a%d%d.png", "a%4d.png", "%04d/a.png", ""})
    EXPECT_FALSE(sequence_name::parse(name)) << name;
}

TEST(nearest_name, finds_small_mistakes_only) {
  const std::vector<std::string> list{"bilinear", "nearest", "area", "bicubic"};
  EXPECT_EQ(nearest_name("bilinaer", list), "bilinear");
  EXPECT_EQ(nearest_name("cubic", list), "bicubic");
  EXPECT_EQ(nearest_name("x", list), "");
}

}  // namespace
}  // namespace fluxel::video
