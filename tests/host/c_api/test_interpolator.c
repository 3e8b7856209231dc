/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_interpolator(void) {
  static uint8_t first[16 * 16 * 3 / 2], second[16 * 16 * 3 / 2], middle[16 * 16 * 3 / 2];
  fluxel_frame_format format;
  fluxel_frame prev, next, dst;
  fluxel_interpolation_options options = fluxel_interpolation_options_default();
  fluxel_placement placement = fluxel_placement_default();
  fluxel_interpolator* object = NULL;
  fluxel_backend backend;
  size_t bytes = 0;
  int32_t has_previous = 1;
  int i;
  memset(&format, 0, sizeof format);
  format.struct_size = sizeof format;
  memset(&prev, 0, sizeof prev);
  prev.struct_size = sizeof prev;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  for (i = 0; i < 16 * 16 * 3 / 2; ++i) first[i] = (uint8_t)(100 + i % 7), second[i] = first[i];
  EXPECT_OK(fluxel_frame_format_nv12(16, 16, &format));
  EXPECT_OK(fluxel_surface_view(&format, first, 16, 16, FLUXEL_MEMORY_HOST, &prev));
  next = dst = prev;
  for (i = 0; i < 2; ++i) {
    next.data[i] = second + 256 * i;
    dst.data[i] = middle + 256 * i;
  }
  EXPECT_OK(fluxel_interpolator_create(&format, &options, &placement, &object));
  EXPECT_OK(fluxel_interpolator_prepare(object, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_interpolator_advance(object, &prev, 1, &has_previous, NULL));
  EXPECT(has_previous == 0);
  EXPECT_REJECTED(fluxel_interpolator_run(object, 0.5, &dst, NULL),
                  "fluxel_interpolator_run: moment: lies between no frames: fewer than two have come");
  EXPECT_OK(fluxel_interpolator_advance(object, &next, 1, &has_previous, NULL));
  EXPECT(has_previous == 1);
  EXPECT_OK(fluxel_interpolator_run(object, 0.5, &dst, NULL));
  EXPECT(memcmp(middle, first, sizeof middle) == 0);
  EXPECT_REJECTED(fluxel_interpolator_advance(object, &next, 0, &has_previous, NULL),
                  "fluxel_interpolator_advance: duration: is 0.000000; must be above 0");
  EXPECT_OK(fluxel_interpolator_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_interpolator_workspace_size(object, &bytes));
  EXPECT(bytes > sizeof middle);
  EXPECT_OK(fluxel_interpolator_restart(object));
  fluxel_interpolator_destroy(object);
  options.longest_side = 1;
  EXPECT_REJECTED(fluxel_interpolator_create(&format, &options, &placement, &object),
                  "fluxel_interpolator_create: options.longest_side: is 1; must be 16 to 524288");
  EXPECT(object == NULL);
}
