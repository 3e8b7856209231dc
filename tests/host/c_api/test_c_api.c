/* SPDX-License-Identifier: Apache-2.0 */
/* C99: the header compiles alone, and every function can be called from C. */

#include "fluxel/fluxel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("%s:%d: %s is false; last message: %s\n", __FILE__, __LINE__, #condition, fluxel_last_message()); \
      ++failures;                                                                                  \
    }                                                                                              \
  } while (0)

static void expect_rejected(fluxel_status status, const char* message) {
  EXPECT(status == FLUXEL_INVALID_ARGUMENT);
  if (strcmp(fluxel_last_message(), message) != 0) {
    printf("message is \"%s\", not \"%s\"\n", fluxel_last_message(), message);
    ++failures;
  }
}

static void test_bilinear(void) {
  const uint8_t src[2] = {0, 100};
  uint8_t dst[4] = {9, 9, 9, 9};
  const fluxel_image from = fluxel_image_u8(src, 2, 1, 1);
  const fluxel_image to = fluxel_image_u8(dst, 4, 1, 1);
  fluxel_bilinear_options options = {0};
  EXPECT(fluxel_resize_bilinear(&from, &to, NULL, NULL) == FLUXEL_OK);
  EXPECT(dst[0] == 0 && dst[1] == 25 && dst[2] == 75 && dst[3] == 100);
  options.struct_size = sizeof options;
  options.coordinates = FLUXEL_ASYMMETRIC;
  EXPECT(fluxel_resize_bilinear(&from, &to, &options, NULL) == FLUXEL_OK);
  EXPECT(dst[0] == 0 && dst[1] == 50 && dst[2] == 100 && dst[3] == 100);
}

static void test_nearest(void) {
  /* The worked example of the method, in three types. */
  const uint8_t src[9] = {234, 38, 22, 67, 44, 12, 89, 65, 63};
  const uint8_t want[16] = {234, 38, 22, 22, 67, 44, 12, 12, 89, 65, 63, 63, 89, 65, 63, 63};
  uint8_t dst[16];
  double wide_src[9], wide_dst[16];
  fluxel_nearest_options options = {0};
  fluxel_image from = fluxel_image_u8(src, 3, 3, 1);
  fluxel_image to = fluxel_image_u8(dst, 4, 4, 1);
  int i;
  options.struct_size = sizeof options;
  options.coordinates = FLUXEL_ASYMMETRIC;
  EXPECT(fluxel_resize_nearest(&from, &to, &options, NULL) == FLUXEL_OK);
  EXPECT(memcmp(dst, want, 16) == 0);
  for (i = 0; i < 9; ++i) wide_src[i] = src[i] * 0.125;
  from = fluxel_image_of(FLUXEL_U64, wide_src, 3, 3, 1);
  to = fluxel_image_of(FLUXEL_U64, wide_dst, 4, 4, 1);
  EXPECT(fluxel_resize_nearest(&from, &to, &options, NULL) == FLUXEL_OK);
  for (i = 0; i < 16; ++i) EXPECT(wide_dst[i] == want[i] * 0.125);
}

static void test_resizer(void) {
  float src[6 * 5], once[3 * 2], kept[3 * 2];
  fluxel_image from = fluxel_image_f32(src, 6, 5, 1);
  fluxel_image to = fluxel_image_f32(once, 3, 2, 1);
  fluxel_resize_options options = {0};
  fluxel_resize_geometry geometry = {0};
  fluxel_resizer* resizer = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  int i;
  for (i = 0; i < 30; ++i) src[i] = (float)(i * i % 17);
  options.struct_size = sizeof options;
  options.filter = FLUXEL_BICUBIC;
  options.antialias = FLUXEL_ANTIALIAS_YES;
  geometry.struct_size = sizeof geometry;
  geometry.src_width = 6;
  geometry.src_height = 5;
  geometry.dst_width = 3;
  geometry.dst_height = 2;
  geometry.channels = 1;
  geometry.dtype = FLUXEL_F32;
  EXPECT(fluxel_resize(&from, &to, &options, NULL) == FLUXEL_OK);
  EXPECT(fluxel_resizer_create(&geometry, &options, FLUXEL_ON_CPU, &resizer) == FLUXEL_OK);
  to.data = kept;
  EXPECT(fluxel_resizer_run(resizer, &from, &to, NULL) == FLUXEL_OK);
  EXPECT(memcmp(once, kept, sizeof once) == 0);
  EXPECT(fluxel_resizer_backend(resizer, &backend) == FLUXEL_OK && backend == FLUXEL_BACKEND_CPU);
  from.width = 5;
  expect_rejected(fluxel_resizer_run(resizer, &from, &to, NULL),
                  "resizer: src: is 5x5, but the object was built for 6x5");
  fluxel_resizer_destroy(resizer);
  fluxel_resizer_destroy(NULL);
  geometry.channels = 0;
  EXPECT(fluxel_resizer_create(&geometry, &options, FLUXEL_ON_CPU, &resizer) == FLUXEL_INVALID_ARGUMENT);
  EXPECT(resizer == NULL);
}

/* An option struct of a later version: the same fields and more. */
struct later_options {
  fluxel_bilinear_options known;
  int32_t later;
};

static void test_rejections(void) {
  const uint8_t src[2] = {0, 100};
  uint8_t dst[4];
  fluxel_image from = fluxel_image_u8(src, 2, 1, 1);
  fluxel_image to = fluxel_image_u8(dst, 4, 1, 1);
  fluxel_bilinear_options options = {0};
  struct later_options later = {{0}, 0};
  expect_rejected(fluxel_resize_bilinear(NULL, &to, NULL, NULL), "resize_bilinear: src: is null");
  expect_rejected(fluxel_resize_bilinear(&from, &to, &options, NULL), "resize_bilinear: options.struct_size: is not set");
  later.known.struct_size = sizeof later;
  EXPECT(fluxel_resize_bilinear(&from, &to, &later.known, NULL) == FLUXEL_OK);
  later.later = 1;
  expect_rejected(fluxel_resize_bilinear(&from, &to, &later.known, NULL),
                  "resize_bilinear: options: uses fields that this version of the library does not have");
  to.width = INT64_C(5000000000);
  expect_rejected(fluxel_resize_bilinear(&from, &to, NULL, NULL),
                  "resize_bilinear: dst.width: is 5000000000; must be below 2^31");
  to.width = 0;
  expect_rejected(fluxel_resize_bilinear(&from, &to, NULL, NULL), "resize_bilinear: dst: is empty (0x1)");
  to.width = 4;
  to.dtype = FLUXEL_F32;
  expect_rejected(fluxel_resize_bilinear(&from, &to, NULL, NULL), "resize_bilinear: dst.dtype: is not that of src");
  from.dtype = to.dtype = 0;
  expect_rejected(fluxel_resize_bilinear(&from, &to, NULL, NULL),
                  "resize_bilinear: src.dtype: is not one of u8, u16, f16, bf16 and f32");
}

static void test_queries(void) {
  int32_t count = -1;
  fluxel_device_info info = {0};
  info.struct_size = sizeof info;
  EXPECT(fluxel_device_count(&count) == FLUXEL_OK && count >= 0);
  EXPECT((count == 0) == (fluxel_no_device_reason()[0] != '\0'));
  EXPECT(fluxel_describe_device(0, &info) == (count > 0 ? FLUXEL_OK : FLUXEL_NO_DEVICE));
  EXPECT(fluxel_warm_up(-1) == FLUXEL_NO_DEVICE);
  EXPECT(fluxel_cpu_target()[0] != '\0');
  EXPECT(strcmp(fluxel_version(), FLUXEL_VERSION) == 0);
  EXPECT(fluxel_bytes_revision("resize_bilinear") >= 1);
  EXPECT(fluxel_bytes_revision("nonsense") == 0);
  EXPECT(strcmp(fluxel_status_name(FLUXEL_NO_DEVICE), "no device") == 0);
}

static void test_conv_transpose(void) {
  const float src[2] = {1, 2}, weights[2] = {10, 1}, bias[1] = {100};
  float dst[4] = {0}, kernel[16];
  fluxel_conv_weights w = {0};
  fluxel_conv_transpose_options options = {0};
  const fluxel_image from = fluxel_image_f32(src, 2, 1, 1), to = fluxel_image_f32(dst, 4, 1, 1);
  fluxel_conv_transpose* object = NULL;
  int64_t width = 0, height = 0;
  int32_t recognised = 1;
  w.data = weights;
  w.bias = bias;
  w.in = w.out_per_group = w.height = 1;
  w.width = 2;
  options.struct_size = sizeof options;
  options.stride_x = 2;
  EXPECT(fluxel_conv_transpose_size(2, 1, 2, 1, &options, &width, &height) == FLUXEL_OK);
  EXPECT(width == 4 && height == 1);
  EXPECT(fluxel_conv_transpose2d(&from, &w, &to, &options, NULL) == FLUXEL_OK);
  EXPECT(dst[0] == 110 && dst[1] == 101 && dst[2] == 120 && dst[3] == 102);
  EXPECT(fluxel_conv_transpose_create(2, 1, FLUXEL_F32, &w, &options, FLUXEL_ON_CPU, &object) == FLUXEL_OK);
  memset(dst, 0, sizeof dst);
  EXPECT(fluxel_conv_transpose_run(object, &from, &to, NULL) == FLUXEL_OK);
  EXPECT(dst[0] == 110 && dst[1] == 101 && dst[2] == 120 && dst[3] == 102);
  EXPECT(fluxel_conv_transpose_recognised_bilinear(object, &recognised) == FLUXEL_OK && recognised == 0);
  fluxel_conv_transpose_destroy(object);
  EXPECT(fluxel_bilinear_kernel(2, kernel) == FLUXEL_OK && kernel[5] == 9.0f / 16);
  w.data = kernel;
  w.bias = NULL;
  w.width = w.height = 4;
  options.stride_y = 2;
  options.padding = FLUXEL_PADDING_SAME;
  EXPECT(fluxel_conv_transpose_create(2, 1, FLUXEL_F32, &w, &options, FLUXEL_ON_CPU, &object) == FLUXEL_OK);
  EXPECT(fluxel_conv_transpose_recognised_bilinear(object, &recognised) == FLUXEL_OK && recognised == 1);
  fluxel_conv_transpose_destroy(object);
  options.padding = FLUXEL_PADDING_EXPLICIT;
  options.left = -1;
  expect_rejected(fluxel_conv_transpose2d(&from, &w, &to, &options, NULL),
                  "conv_transpose: options.left: is -1; must be 0 or more");
  EXPECT(fluxel_conv_transpose_create(2, 1, FLUXEL_F32, &w, &options, FLUXEL_ON_CPU, &object) ==
         FLUXEL_INVALID_ARGUMENT);
  EXPECT(object == NULL);
}

static void test_upsample_and_adjoint(void) {
  const float src[2] = {16, 32};
  float dst[8], back[2];
  const fluxel_image from = fluxel_image_f32(src, 2, 1, 1), to = fluxel_image_f32(dst, 4, 2, 1);
  const fluxel_image gradient = fluxel_image_f32(back, 2, 1, 1);
  fluxel_resize_geometry forward = {0};
  fluxel_bilinear_adjoint* object = NULL;
  int i;
  EXPECT(fluxel_upsample_transpose_conv(&from, &to, 2, FLUXEL_EDGE_ZERO, NULL, NULL) == FLUXEL_OK);
  EXPECT(dst[0] == 9 && dst[1] == 15 && dst[2] == 21 && dst[3] == 18);
  EXPECT(fluxel_upsample_transpose_conv(&from, &to, 2, FLUXEL_EDGE_REPLICATE, NULL, NULL) == FLUXEL_OK);
  EXPECT(dst[0] == 16 && dst[1] == 20 && dst[2] == 28 && dst[3] == 32);
  forward.struct_size = sizeof forward;
  forward.src_width = 2;
  forward.src_height = forward.channels = 1;
  forward.dst_width = 4;
  forward.dst_height = 2;
  forward.dtype = FLUXEL_F32;
  for (i = 0; i < 8; ++i) dst[i] = i == 1;
  EXPECT(fluxel_bilinear_adjoint_create(&forward, NULL, FLUXEL_ON_CPU, &object) == FLUXEL_OK);
  EXPECT(fluxel_bilinear_adjoint_run(object, &to, &gradient, NULL) == FLUXEL_OK);
  EXPECT(back[0] == 0.75f && back[1] == 0.25f);
  fluxel_bilinear_adjoint_destroy(object);
  EXPECT(fluxel_bilinear_adjoint_of_upsample(&forward, FLUXEL_EDGE_ZERO, NULL, FLUXEL_ON_CPU, &object) == FLUXEL_OK);
  EXPECT(fluxel_bilinear_adjoint_run(object, &to, &gradient, NULL) == FLUXEL_OK);
  EXPECT(back[0] == 0.5625f && back[1] == 0.1875f);
  fluxel_bilinear_adjoint_destroy(object);
}

int main(void) {
  test_bilinear();
  test_nearest();
  test_conv_transpose();
  test_upsample_and_adjoint();
  test_resizer();
  test_rejections();
  test_queries();
  if (failures == 0) printf("C API: ok\n");
  return failures != 0;
}
