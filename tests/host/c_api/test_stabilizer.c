/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

void test_stabilizer(void) {
  enum { width = 96, height = 64, pixels = width * height };
  static uint8_t from[pixels * 3 / 2], to[pixels * 3 / 2];
  fluxel_stabilize_options options = fluxel_stabilize_options_default();
  fluxel_placement placement = fluxel_placement_default();
  fluxel_stabilizer* object = NULL;
  fluxel_frame_format format;
  fluxel_frame in, out;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  int32_t delay = 0, has = 0, results = 0, i;
  size_t bytes = 0;
  for (i = 0; i < pixels * 3 / 2; ++i) from[i] = (uint8_t)((i * 7919u >> 3) % 200 + 20);
  memset(&format, 0, sizeof format);
  format.struct_size = sizeof format;
  EXPECT_OK(fluxel_frame_format_nv12(width, height, &format));
  memset(&in, 0, sizeof in);
  in.struct_size = sizeof in;
  EXPECT_OK(fluxel_surface_view(&format, from, width, height, FLUXEL_MEMORY_HOST, &in));
  out = in;
  EXPECT_OK(fluxel_surface_view(&format, to, width, height, FLUXEL_MEMORY_HOST, &out));
  placement.run_on = FLUXEL_RUN_ON_CPU;
  options.smoothing = 2;
  options.border = FLUXEL_STABILIZE_BORDER_BLACK;
  EXPECT_OK(fluxel_stabilizer_create(&format, &options, &placement, &object));
  EXPECT_OK(fluxel_stabilizer_delay(object, &delay));
  for (i = 0; i < 10; ++i) {
    EXPECT_OK(fluxel_stabilizer_advance(object, &in, &out, &has));
    results += has;
  }
  EXPECT(delay == 5 && results == 10 - delay && memcmp(from, to, sizeof to) == 0);
  for (has = 1; has; results += has) EXPECT_OK(fluxel_stabilizer_flush(object, &out, &has));
  EXPECT(results == 10);
  EXPECT_OK(fluxel_stabilizer_restart(object));
  EXPECT_OK(fluxel_stabilizer_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_stabilizer_workspace_size(object, &bytes));
  EXPECT(bytes >= 6 * sizeof from);
  fluxel_stabilizer_destroy(object);
  options.margin = 0.75;
  EXPECT_REJECTED(fluxel_stabilizer_create(&format, &options, &placement, &object),
                  "fluxel_stabilizer_create: options.margin: is 0.75; must be 0 to 0.5");
}
