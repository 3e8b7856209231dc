/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static void test_nv12(void) {
  enum { width = 16, height = 8 };
  uint8_t surface[width * (height + height / 2)], luma[8 * 4], chroma[4 * 2 * 2];
  fluxel_frame_format from_format, to_format;
  fluxel_frame from, to;
  fluxel_placement placement = fluxel_placement_default();
  fluxel_resizer* resizer = NULL;
  int64_t w = 0, h = 0;
  memset(surface, 40, width * height);
  memset(surface + width * height, 128, width * height / 2);
  memset(&from_format, 0, sizeof from_format);
  from_format.struct_size = sizeof from_format;
  to_format = from_format;
  EXPECT_OK(fluxel_frame_format_nv12(width, height, &from_format));
  EXPECT(from_format.plane_count == 2 && from_format.channels[1] == 2 && from_format.subsampled[1] == 1);
  EXPECT_OK(fluxel_frame_format_nv12(8, 4, &to_format));
  EXPECT_OK(fluxel_frame_format_plane_size(&to_format, 1, &w, &h));
  EXPECT(w == 4 && h == 2);
  EXPECT_REJECTED(fluxel_frame_format_plane_size(&to_format, 2, &w, &h),
                  "fluxel_frame_format_plane_size: plane: is 2, but there are 2");
  memset(&from, 0, sizeof from);
  from.struct_size = sizeof from;
  EXPECT_OK(fluxel_surface_view(&from_format, surface, width, height, FLUXEL_MEMORY_HOST, &from));
  EXPECT(from.data[1] == surface + width * height);
  memset(&to, 0, sizeof to);
  to.struct_size = sizeof to;
  to.format = &to_format;
  to.data[0] = luma;
  to.data[1] = chroma;
  to.pitch[0] = 8;
  to.pitch[1] = 8;
  EXPECT_OK(fluxel_resize_frame(&from, &to, NULL, NULL, NULL));
  EXPECT(luma[0] == 40 && luma[31] == 40 && chroma[0] == 128 && chroma[15] == 128);
  memset(luma, 0, sizeof luma);
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_resizer_create_frames(&from_format, 8, 4, NULL, &placement, &resizer));
  EXPECT_OK(fluxel_resizer_run_frame(resizer, &from, &to, NULL));
  EXPECT(luma[0] == 40 && luma[31] == 40);
  to.reserved = 1;
  EXPECT_REJECTED(fluxel_resizer_run_frame(resizer, &from, &to, NULL),
                  "fluxel_resizer_run_frame: dst.reserved: is 1; must be 0");
  fluxel_resizer_destroy(resizer);
}

static void test_other_formats(void) {
  fluxel_frame_format format;
  memset(&format, 0, sizeof format);
  EXPECT_REJECTED(fluxel_frame_format_p010(16, 8, &format), "fluxel_frame_format_p010: format.struct_size: is not set");
  format.struct_size = sizeof format;
  EXPECT_OK(fluxel_frame_format_p010(16, 8, &format));
  EXPECT(format.bit_depth == 10 && format.high_bits == 1);
  EXPECT_OK(fluxel_frame_format_yuv(16, 8, 1, 0, 10, &format));
  EXPECT(format.plane_count == 3 && format.chroma_shift_x == 1 && format.chroma_shift_y == 0 && format.high_bits == 0);
}

static void test_upsampling(void) {
  uint8_t small[4] = {0, 100, 200, 50}, large[16], again[16];
  fluxel_frame_format small_format, large_format;
  fluxel_frame from, to;
  fluxel_placement placement = fluxel_placement_default();
  fluxel_frame_upsampler* object = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  size_t bytes = 0;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  memset(&small_format, 0, sizeof small_format);
  small_format.struct_size = sizeof small_format;
  small_format.width = small_format.height = 2;
  small_format.plane_count = small_format.channels[0] = 1;
  small_format.bit_depth = 8;
  large_format = small_format;
  large_format.width = large_format.height = 4;
  memset(&from, 0, sizeof from);
  from.struct_size = sizeof from;
  from.format = &small_format;
  from.data[0] = small;
  from.pitch[0] = 2;
  to = from;
  to.format = &large_format;
  to.data[0] = large;
  to.pitch[0] = 4;
  EXPECT_OK(fluxel_fill_black(&to));
  EXPECT(large[5] == 0);
  EXPECT_OK(fluxel_upsample_frame(&from, &to, 2, FLUXEL_EDGE_ZERO, NULL, NULL));
  EXPECT(large[3] == 56); /* 9/16 of 100: the rest is black */
  EXPECT_OK(fluxel_frame_upsampler_create(&small_format, 2, FLUXEL_EDGE_ZERO, &placement, &object));
  EXPECT_OK(fluxel_frame_upsampler_prepare(object, FLUXEL_MEMORY_HOST));
  to.data[0] = again;
  EXPECT_OK(fluxel_frame_upsampler_run(object, &from, &to, NULL));
  EXPECT(memcmp(large, again, sizeof large) == 0);
  EXPECT_OK(fluxel_frame_upsampler_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_frame_upsampler_workspace_size(object, &bytes));
  fluxel_frame_upsampler_destroy(object);
}

void test_frames(void) {
  test_upsampling();
  test_nv12();
  test_other_formats();
}
