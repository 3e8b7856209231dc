/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/* Without an order that a pattern has: a number for each place. */
static uint8_t level(int32_t x, int32_t y) {
  const uint32_t h = ((uint32_t)x / 3 * 2654435761u) ^ ((uint32_t)y / 3 * 2246822519u);
  return (uint8_t)((h >> 13 ^ h >> 7) % 200 + 20);
}

void test_motion_segmenter(void) {
  enum { width = 128, height = 96, pixels = width * height };
  static uint8_t from[pixels * 3 / 2], mask[pixels];
  fluxel_segment_options options = fluxel_segment_options_default();
  fluxel_placement placement = fluxel_placement_default();
  fluxel_motion_segmenter* object = NULL;
  fluxel_frame_format format;
  fluxel_frame next;
  fluxel_image image;
  fluxel_moving_region region;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  int32_t delay = 0, has = 1, results = 0, begins = 0, n, x, y;
  int64_t count = -1;
  size_t bytes = 0;
  memset(&format, 0, sizeof format);
  format.struct_size = sizeof format;
  EXPECT_OK(fluxel_frame_format_nv12(width, height, &format));
  memset(&next, 0, sizeof next);
  next.struct_size = sizeof next;
  EXPECT_OK(fluxel_surface_view(&format, from, width, height, FLUXEL_MEMORY_HOST, &next));
  memset(&image, 0, sizeof image);
  image.data = mask;
  image.dtype = FLUXEL_DTYPE_U8;
  image.width = width;
  image.height = height;
  image.channels = 1;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_motion_segmenter_create(&format, &options, &placement, &object));
  EXPECT_OK(fluxel_motion_segmenter_delay(object, &delay));
  EXPECT(delay == 1);
  /* A square of 32 x 32 that goes 2 px to the right over a still background. */
  for (n = 0; n < 4; ++n) {
    for (y = 0; y < height; ++y)
      for (x = 0; x < width; ++x) {
        const int inside = x >= 40 + 2 * n && x < 72 + 2 * n && y >= 30 && y < 62;
        from[y * width + x] = inside ? level(x - 2 * n + 500, y) : level(x, y);
      }
    EXPECT_OK(fluxel_motion_segmenter_advance(object, &next, &image, &has));
    EXPECT(has == (n > 0));
    results += has;
    if (n == 1) EXPECT_OK(fluxel_motion_segmenter_begins_scene(object, &begins));
  }
  EXPECT(begins == 1);
  EXPECT(mask[46 * width + 60] == 255 && mask[10 * width + 100] == 0);
  EXPECT_OK(fluxel_motion_segmenter_regions(object, NULL, 0, &count));
  EXPECT(count == 1);
  EXPECT_OK(fluxel_motion_segmenter_regions(object, &region, 1, &count));
  EXPECT(region.id == 1 && region.u > 1 && region.u < 3 && region.v > -1 && region.v < 1);
  EXPECT(region.x > 36 && region.width < 44 && region.area > 700 && region.area < 1500);
  for (has = 1; has; results += has) EXPECT_OK(fluxel_motion_segmenter_flush(object, &image, &has));
  EXPECT(results == 4);
  EXPECT_OK(fluxel_motion_segmenter_restart(object));
  EXPECT_OK(fluxel_motion_segmenter_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_motion_segmenter_workspace_size(object, &bytes));
  EXPECT(bytes >= pixels);
  fluxel_motion_segmenter_destroy(object);
  options.min_frames = 0;
  EXPECT_REJECTED(fluxel_motion_segmenter_create(&format, &options, &placement, &object),
                  "fluxel_motion_segmenter_create: options.min_frames: is 0; must be 1 to 1000");
  options.min_frames = 1;
  options.least_area = 2;
  EXPECT_REJECTED(fluxel_motion_segmenter_create(&format, &options, &placement, &object),
                  "fluxel_motion_segmenter_create: options.least_area: is 2; must be 0 to 1");
}
