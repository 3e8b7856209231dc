/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

enum { width = 24, height = 20, pixels = width * height };

static fluxel_image i16_image(const int16_t* data) {
  return fluxel_image_of(FLUXEL_DTYPE_I16, data, width, height, 1);
}

static void test_functions(void) {
  static uint16_t prev[pixels], next[pixels];
  static int16_t u[pixels], v[pixels], warped[pixels], out_u[pixels], out_v[pixels], slopes[8][pixels];
  static int16_t coarse[pixels / 4];
  static uint8_t reason[pixels];
  const fluxel_image p = fluxel_image_u16(prev, width, height, 1), n = fluxel_image_u16(next, width, height, 1);
  const fluxel_image iu = i16_image(u), iv = i16_image(v), iw = i16_image(warped);
  const fluxel_image ou = i16_image(out_u), ov = i16_image(out_v), r = fluxel_image_u8(reason, width, height, 1);
  const fluxel_image half = fluxel_image_of(FLUXEL_DTYPE_I16, coarse, width / 2, height / 2, 1);
  fluxel_image slope_images[8];
  fluxel_derivative_images to;
  int i;
  for (i = 0; i < pixels; ++i) {
    prev[i] = (uint16_t)(16 * (i % width));
    next[i] = (uint16_t)(16 * (i % width) + 16); /* moved by one pixel to the left */
    u[i] = -64;
  }
  for (i = 0; i < 8; ++i) slope_images[i] = i16_image(slopes[i]);
  EXPECT_OK(fluxel_flow_steps_warp(&p, &n, &iu, &iv, &iw, &r, NULL, NULL));
  EXPECT(warped[5 * width + 8] == 16 * 8 && reason[5 * width + 8] == 0);
  EXPECT(reason[5 * width] == FLUXEL_FLOW_REASON_OUTSIDE);
  memset(&to, 0, sizeof to);
  to.struct_size = sizeof to;
  to.mx = &slope_images[0];
  to.my = &slope_images[1];
  to.mxx = &slope_images[2];
  to.mxy = &slope_images[3];
  to.myy = &slope_images[4];
  to.t = &slope_images[5];
  to.tx = &slope_images[6];
  to.ty = &slope_images[7];
  EXPECT_OK(fluxel_flow_steps_derivatives(&p, &iw, &to, NULL, NULL));
  EXPECT(slopes[5][5 * width + 8] == 0);
  EXPECT_OK(fluxel_flow_steps_median(&iu, &iv, &ou, &ov, 1, NULL, NULL));
  EXPECT(out_u[0] == -64 && out_v[pixels - 1] == 0);
  for (i = 0; i < pixels / 4; ++i) coarse[i] = 10;
  EXPECT_OK(fluxel_flow_steps_upscale_flow(&half, &half, &ou, &ov, NULL, NULL));
  EXPECT(out_u[7] == 20 && out_v[7] == 20);
  for (i = 0; i < pixels; ++i) out_u[i] = 64, out_v[i] = 0;
  EXPECT_OK(fluxel_flow_steps_check_forward_backward(&iu, &iv, &ou, &ov, 0.5, &r, NULL, NULL));
  EXPECT(reason[5 * width + 8] == 0 && reason[5 * width] == FLUXEL_FLOW_REASON_OUTSIDE);
  EXPECT_REJECTED(fluxel_flow_steps_median(&iu, &p, &ou, &ov, 1, NULL, NULL),
                  "fluxel_flow_steps_median: v.dtype: must be i16");
}

static void test_pyramid(void) {
  static uint8_t frame[pixels];
  const fluxel_image im = fluxel_image_u8(frame, width, height, 1);
  const fluxel_flow_geometry geometry = fluxel_flow_geometry_of(FLUXEL_DTYPE_U8, width, height, 1);
  fluxel_flow_pyramid_options options = fluxel_flow_pyramid_options_default();
  fluxel_placement placement = fluxel_placement_default();
  fluxel_image_pyramid* object = NULL;
  fluxel_image grey;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  size_t bytes = 0;
  int32_t levels = 0;
  int64_t w = 0, h = 0;
  memset(frame, 100, sizeof frame);
  placement.run_on = FLUXEL_RUN_ON_CPU;
  options.coarsest_side = 4;
  options.factor = 0.5;
  EXPECT_OK(fluxel_image_pyramid_create(&geometry, &options, &placement, &object));
  EXPECT_OK(fluxel_image_pyramid_prepare(object, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_image_pyramid_run(object, &im, NULL, NULL));
  EXPECT_OK(fluxel_image_pyramid_levels(object, &levels));
  EXPECT(levels == 3);
  EXPECT_OK(fluxel_image_pyramid_level_size(object, 1, &w, &h));
  EXPECT(w == 12 && h == 10);
  EXPECT_OK(fluxel_image_pyramid_grey(object, 1, &grey));
  EXPECT(grey.dtype == FLUXEL_DTYPE_U16 && grey.width == 12 && *(const uint16_t*)grey.data == 1600);
  EXPECT_OK(fluxel_image_pyramid_mask(object, 1, &grey));
  EXPECT(grey.data == NULL);
  EXPECT(fluxel_image_pyramid_grey(object, 77, &grey) == FLUXEL_STATUS_INVALID_ARGUMENT);
  EXPECT_OK(fluxel_image_pyramid_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_image_pyramid_workspace_size(object, &bytes));
  EXPECT(bytes > 0);
  fluxel_image_pyramid_destroy(object);
  fluxel_image_pyramid_destroy(NULL);
}

static void test_linear_system(void) {
  static uint16_t prev[pixels];
  static int16_t u[pixels], v[pixels], warped[pixels], out_u[pixels], out_v[pixels];
  static uint8_t reason[pixels];
  const fluxel_image p = fluxel_image_u16(prev, width, height, 1), r = fluxel_image_u8(reason, width, height, 1);
  const fluxel_image iu = i16_image(u), iv = i16_image(v), iw = i16_image(warped);
  const fluxel_image ou = i16_image(out_u), ov = i16_image(out_v);
  fluxel_placement placement = fluxel_placement_default();
  fluxel_linear_system* object = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  size_t bytes = 0;
  int i;
  for (i = 0; i < pixels; ++i) prev[i] = (uint16_t)(160 * (i % width)), warped[i] = (int16_t)(160 * (i % width));
  memset(out_u, 1, sizeof out_u);
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_linear_system_create(width, height, NULL, &placement, &object));
  EXPECT_OK(fluxel_linear_system_prepare(object, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_linear_system_run(object, &p, &iw, &r, &iu, &iv, &ou, &ov, NULL));
  EXPECT(out_u[100] == 0 && out_v[100] == 0); /* no difference: no motion */
  EXPECT_OK(fluxel_linear_system_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_linear_system_workspace_size(object, &bytes));
  EXPECT(bytes > 0);
  fluxel_linear_system_destroy(object);
  fluxel_linear_system_destroy(NULL);
}

void test_flow_steps(void) {
  test_functions();
  test_pyramid();
  test_linear_system();
}
