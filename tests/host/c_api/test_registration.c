/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

/* Hills that no shift repeats. */
static uint8_t hill(int x, int y) {
  const unsigned a = (unsigned)(x / 6 + 977 * (y / 6)) * 2654435761u,
                 b = (unsigned)(x / 11 + 613 * (y / 11)) * 40503u;
  return (uint8_t)(60 + (a >> 25) + (b >> 9 & 31));
}

void test_registration(void) {
  enum { width = 160, height = 120, pixels = width * height };
  static uint8_t from[pixels * 3 / 2], moved[pixels * 3 / 2], to[pixels * 3 / 2], covered[pixels];
  fluxel_registration_options options = fluxel_registration_options_default();
  fluxel_placement placement = fluxel_placement_default();
  fluxel_registration* object = NULL;
  fluxel_frame_stack* stack = NULL;
  fluxel_frame_format format;
  fluxel_frame reference, picture, out;
  fluxel_image coverage;
  fluxel_global_motion motion;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  int32_t count = 0;
  size_t bytes = 0;
  int x, y;
  memset(from, 128, sizeof from);
  memset(moved, 128, sizeof moved);
  for (y = 0; y < height; ++y)
    for (x = 0; x < width; ++x) {
      from[y * width + x] = hill(x + 50, y + 50);
      moved[y * width + x] = hill(x + 56, y + 46);
    }
  memset(&format, 0, sizeof format);
  format.struct_size = sizeof format;
  EXPECT_OK(fluxel_frame_format_nv12(width, height, &format));
  memset(&reference, 0, sizeof reference);
  reference.struct_size = sizeof reference;
  picture = out = reference;
  EXPECT_OK(fluxel_surface_view(&format, from, width, height, FLUXEL_MEMORY_HOST, &reference));
  EXPECT_OK(fluxel_surface_view(&format, moved, width, height, FLUXEL_MEMORY_HOST, &picture));
  EXPECT_OK(fluxel_surface_view(&format, to, width, height, FLUXEL_MEMORY_HOST, &out));
  placement.run_on = FLUXEL_RUN_ON_CPU;
  options.model = FLUXEL_MOTION_MODEL_TRANSLATION;
  EXPECT_OK(fluxel_registration_create(&reference, &options, &placement, &object));
  EXPECT_OK(fluxel_registration_run(object, &picture, &motion));
  EXPECT(motion.inliers > 20 && motion.residual < 0.5);
  EXPECT(motion.matrix[2] > -6.05 && motion.matrix[2] < -5.95 && motion.matrix[5] > 3.95 && motion.matrix[5] < 4.05);
  motion.matrix[2] = -6, motion.matrix[5] = 4;
  coverage = fluxel_image_u8(covered, width, height, 1);
  EXPECT_OK(fluxel_registration_resample(object, &picture, motion.matrix, &out, &coverage));
  EXPECT(covered[0] == 0 && covered[6] == 255 && covered[width * (height - 5) + 6] == 255);
  EXPECT(covered[width * (height - 4) + 6] == 0 && memcmp(to + 6, from + 6, width - 6) == 0);
  EXPECT_OK(fluxel_frame_stack_create(&format, FLUXEL_STACK_RULE_MEAN, &stack));
  EXPECT_OK(fluxel_frame_stack_add(stack, &reference, NULL));
  EXPECT_OK(fluxel_frame_stack_add(stack, &out, &coverage));
  EXPECT_OK(fluxel_frame_stack_count(stack, &count));
  EXPECT(count == 2);
  EXPECT_OK(fluxel_frame_stack_run(stack, &picture));
  EXPECT(memcmp(moved, from, pixels) == 0);
  EXPECT_OK(fluxel_frame_stack_workspace_size(stack, &bytes));
  EXPECT(bytes >= sizeof from);
  EXPECT_OK(fluxel_frame_stack_restart(stack));
  EXPECT_REJECTED(fluxel_frame_stack_run(stack, &out), "fluxel_frame_stack_run: object: has no frame yet");
  fluxel_frame_stack_destroy(stack);
  EXPECT_OK(fluxel_registration_restart(object));
  EXPECT_OK(fluxel_registration_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_registration_workspace_size(object, &bytes));
  EXPECT(bytes > pixels);
  fluxel_registration_destroy(object);
  options.threshold = 0;
  EXPECT_REJECTED(fluxel_registration_create(&reference, &options, &placement, &object),
                  "fluxel_registration_create: options.threshold: is 0; must be 0.1 to 100");
}
