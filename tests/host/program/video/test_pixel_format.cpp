// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "host/program/video/frames/pixel_format.hpp"

namespace fluxel::video {
namespace {

struct expected {
  const char* name;
  int planes;
  int channels_of_first;
  int channels_of_second;
  int shift_x, shift_y;
  int depth;
};

void check(const expected& e) {
  SCOPED_TRACE(e.name);
  const auto s = structure_of(av_get_pix_fmt(e.name));
  ASSERT_TRUE(s.has_value());
  EXPECT_EQ(s->plane_count, e.planes);
  EXPECT_EQ(s->planes[0].channels, e.channels_of_first);
  EXPECT_EQ(s->planes[1].channels, e.planes > 1 ? e.channels_of_second : 1);
  EXPECT_EQ(s->chroma_shift_x, e.shift_x);
  EXPECT_EQ(s->chroma_shift_y, e.shift_y);
  EXPECT_EQ(s->bit_depth, e.depth);
}

TEST(pixel_format, structures) {
  for (const expected& e : {expected{"gray", 1, 1, 0, 0, 0, 8},
                            {"gray12le", 1, 1, 0, 0, 0, 12},
                            {"ya16le", 1, 2, 0, 0, 0, 16},
                            {"yuv420p", 3, 1, 1, 1, 1, 8},
                            {"yuv410p", 3, 1, 1, 2, 2, 8},
                            {"yuv411p", 3, 1, 1, 2, 0, 8},
                            {"yuv422p10le", 3, 1, 1, 1, 0, 10},
                            {"nv12", 2, 1, 2, 1, 1, 8},
                            {"nv16", 2, 1, 2, 1, 0, 8},
                            {"nv24", 2, 1, 2, 0, 0, 8},
                            {"nv42", 2, 1, 2, 0, 0, 8},
                            {"p010le", 2, 1, 2, 1, 1, 10},
                            {"p016le", 2, 1, 2, 1, 1, 16},
                            {"p210le", 2, 1, 2, 1, 0, 10},
                            {"rgb24", 1, 3, 0, 0, 0, 8},
                            {"0bgr", 1, 4, 0, 0, 0, 8},
                            {"rgba64le", 1, 4, 0, 0, 0, 16},
                            {"gbrp12le", 3, 1, 1, 0, 0, 12},
                            {"yuva420p", 4, 1, 1, 1, 1, 8}})
    check(e);
}

TEST(pixel_format, color_planes_of_rgb_are_not_subsampled_and_alpha_is_last) {
  EXPECT_EQ(structure_of(AV_PIX_FMT_GBRP)->matrix, color_matrix::rgb);
  EXPECT_FALSE(structure_of(AV_PIX_FMT_GBRP)->planes[1].subsampled);
  EXPECT_TRUE(structure_of(AV_PIX_FMT_YUVA420P)->planes[2].subsampled);
  EXPECT_FALSE(structure_of(AV_PIX_FMT_YUVA420P)->planes[3].subsampled);
  EXPECT_EQ(structure_of(AV_PIX_FMT_BGRA)->alpha, alpha::straight);
  EXPECT_EQ(structure_of(AV_PIX_FMT_BGR0)->alpha, alpha::none);
  EXPECT_TRUE(structure_of(AV_PIX_FMT_P010LE)->high_bits);
  EXPECT_FALSE(structure_of(AV_PIX_FMT_P016LE)->high_bits);
  EXPECT_TRUE(structure_of(AV_PIX_FMT_GBRAPF32LE)->floating);
}

TEST(pixel_format, what_cannot_be_interpolated_becomes_the_nearest) {
  const struct {
    AVPixelFormat from, to;
  } cases[] = {{AV_PIX_FMT_MONOBLACK, AV_PIX_FMT_GRAY8},        {AV_PIX_FMT_YUYV422, AV_PIX_FMT_YUV422P},
               {AV_PIX_FMT_GRAY16BE, AV_PIX_FMT_GRAY16LE},      {AV_PIX_FMT_RGB48BE, AV_PIX_FMT_RGB48LE},
               {AV_PIX_FMT_BAYER_GRBG8, AV_PIX_FMT_RGB24},      {AV_PIX_FMT_ABGR, AV_PIX_FMT_RGBA},
               {AV_PIX_FMT_YUV420P10BE, AV_PIX_FMT_YUV420P10LE}};
  for (const auto& c : cases) {
    EXPECT_FALSE(structure_of(c.from).has_value());
    EXPECT_STREQ(av_get_pix_fmt_name(nearest_interpolatable(c.from)), av_get_pix_fmt_name(c.to));
  }
}

/// Every format that is taken as it is must tile its memory exactly as FFmpeg says.
TEST(pixel_format, planes_have_the_bytes_that_ffmpeg_gives_them) {
  int seen = 0;
  for (const AVPixFmtDescriptor* d = nullptr; (d = av_pix_fmt_desc_next(d)) != nullptr;) {
    const AVPixelFormat id = av_pix_fmt_desc_get_id(d);
    auto s = structure_of(id);
    if (!s) continue;
    SCOPED_TRACE(d->name);
    s->width = 37;
    s->height = 23;
    int bytes = 0;
    for (int p = 0; p < s->plane_count; ++p) {
      const size plane = s->plane_size(p);
      bytes += plane.width * plane.height * s->planes[p].channels * element_size(s->type());
      EXPECT_EQ(av_image_get_linesize(id, 37, p), plane.width * s->planes[p].channels * element_size(s->type()));
    }
    EXPECT_EQ(bytes, av_image_get_buffer_size(id, 37, 23, 1));
    ++seen;
  }
  EXPECT_GT(seen, 80);
}

TEST(pixel_format, the_usual_format_of_a_structure) {
  EXPECT_EQ(pixel_format_for(*structure_of(AV_PIX_FMT_BGR24), AV_PIX_FMT_YUV420P), AV_PIX_FMT_RGB24);
  EXPECT_EQ(pixel_format_for(*structure_of(AV_PIX_FMT_BGR24), AV_PIX_FMT_BGR24), AV_PIX_FMT_BGR24);
  EXPECT_EQ(pixel_format_for(*structure_of(AV_PIX_FMT_YUV420P), AV_PIX_FMT_RGB24), AV_PIX_FMT_YUV420P);
  EXPECT_EQ(pixel_format_for(*structure_of(AV_PIX_FMT_GBRP), AV_PIX_FMT_RGB24), AV_PIX_FMT_GBRP);
}

}  // namespace
}  // namespace fluxel::video
