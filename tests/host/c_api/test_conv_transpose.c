/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static void test_convolution(void) {
  const float src[2] = {1, 2}, weights[2] = {10, 1}, bias[1] = {100};
  float dst[4] = {0}, kernel[16];
  fluxel_conv_weights w;
  fluxel_conv_transpose_options options = fluxel_conv_transpose_options_default();
  fluxel_placement placement = fluxel_placement_default();
  const fluxel_image from = fluxel_image_f32(src, 2, 1, 1), to = fluxel_image_f32(dst, 4, 1, 1);
  fluxel_transposed_convolution* object = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  size_t bytes = 0;
  int64_t width = 0, height = 0;
  int32_t recognised = 1;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  memset(&w, 0, sizeof w);
  w.data = weights;
  w.bias = bias;
  w.in = w.out_per_group = w.height = 1;
  w.width = 2;
  options.stride_x = 2;
  EXPECT_OK(fluxel_conv_transpose_size(2, 1, 2, 1, &options, &width, &height));
  EXPECT(width == 4 && height == 1);
  EXPECT_OK(fluxel_conv_transpose(&from, &w, &to, &options, NULL, NULL));
  EXPECT(dst[0] == 110 && dst[1] == 101 && dst[2] == 120 && dst[3] == 102);
  EXPECT_OK(fluxel_transposed_convolution_create(2, 1, FLUXEL_DTYPE_F32, &w, &options, &placement, &object));
  memset(dst, 0, sizeof dst);
  EXPECT_OK(fluxel_transposed_convolution_prepare(object, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_transposed_convolution_run(object, &from, &to, NULL));
  EXPECT(dst[0] == 110 && dst[1] == 101 && dst[2] == 120 && dst[3] == 102);
  EXPECT_OK(fluxel_transposed_convolution_recognised_bilinear(object, &recognised));
  EXPECT(recognised == 0);
  EXPECT_OK(fluxel_transposed_convolution_output_size(object, &width, &height));
  EXPECT(width == 4 && height == 1);
  EXPECT_OK(fluxel_transposed_convolution_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_transposed_convolution_workspace_size(object, &bytes));
  fluxel_transposed_convolution_destroy(object);
  EXPECT_OK(fluxel_bilinear_kernel(2, kernel));
  EXPECT(kernel[5] == 9.0f / 16);
  w.data = kernel;
  w.bias = NULL;
  w.width = w.height = 4;
  options.stride_y = 2;
  options.padding = FLUXEL_PADDING_SAME;
  EXPECT_OK(fluxel_transposed_convolution_create(2, 1, FLUXEL_DTYPE_F32, &w, &options, &placement, &object));
  EXPECT_OK(fluxel_transposed_convolution_recognised_bilinear(object, &recognised));
  EXPECT(recognised == 1);
  fluxel_transposed_convolution_destroy(object);
  options.padding = FLUXEL_PADDING_EXPLICIT;
  options.left = -1;
  EXPECT_REJECTED(fluxel_conv_transpose(&from, &w, &to, &options, NULL, NULL),
                  "fluxel_conv_transpose: options.left: is -1; must be 0 or more");
  EXPECT(fluxel_transposed_convolution_create(2, 1, FLUXEL_DTYPE_F32, &w, &options, &placement, &object) ==
         FLUXEL_STATUS_INVALID_ARGUMENT);
  EXPECT(object == NULL);
  EXPECT_REJECTED(fluxel_transposed_convolution_create(2, 1, FLUXEL_DTYPE_U8, &w, NULL, &placement, &object),
                  "fluxel_transposed_convolution_create: dtype: is not one of f32, f16 and bf16");
}

static void test_upsample_and_adjoint(void) {
  const float src[2] = {16, 32};
  float dst[8], back[2];
  const fluxel_image from = fluxel_image_f32(src, 2, 1, 1), to = fluxel_image_f32(dst, 4, 2, 1);
  const fluxel_image gradient = fluxel_image_f32(back, 2, 1, 1);
  const fluxel_resize_geometry forward = fluxel_resize_geometry_of(FLUXEL_DTYPE_F32, 2, 1, 4, 2, 1);
  fluxel_placement placement = fluxel_placement_default();
  fluxel_bilinear_adjoint* object = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  size_t bytes = 0;
  int i;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_upsample_conv_transpose(&from, &to, 2, FLUXEL_EDGE_ZERO, NULL, NULL));
  EXPECT(dst[0] == 9 && dst[1] == 15 && dst[2] == 21 && dst[3] == 18);
  EXPECT_OK(fluxel_upsample_conv_transpose(&from, &to, 2, FLUXEL_EDGE_REPLICATE, NULL, NULL));
  EXPECT(dst[0] == 16 && dst[1] == 20 && dst[2] == 28 && dst[3] == 32);
  for (i = 0; i < 8; ++i) dst[i] = i == 1;
  EXPECT_OK(fluxel_bilinear_adjoint_create(&forward, NULL, &placement, &object));
  EXPECT_OK(fluxel_bilinear_adjoint_prepare(object, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_bilinear_adjoint_run(object, &to, &gradient, NULL));
  EXPECT(back[0] == 0.75f && back[1] == 0.25f);
  EXPECT_OK(fluxel_bilinear_adjoint_backend(object, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_bilinear_adjoint_workspace_size(object, &bytes));
  fluxel_bilinear_adjoint_destroy(object);
  EXPECT_OK(fluxel_bilinear_adjoint_create_upsample(&forward, FLUXEL_EDGE_ZERO, &placement, &object));
  EXPECT_OK(fluxel_bilinear_adjoint_run(object, &to, &gradient, NULL));
  EXPECT(back[0] == 0.5625f && back[1] == 0.1875f);
  fluxel_bilinear_adjoint_destroy(object);
  back[0] = back[1] = 0;
  EXPECT_OK(fluxel_resize_bilinear_adjoint(&to, &gradient, NULL, NULL, NULL));
  EXPECT(back[0] == 0.75f && back[1] == 0.25f);
}

void test_conv_transpose(void) {
  test_convolution();
  test_upsample_and_adjoint();
}
