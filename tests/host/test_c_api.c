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
                  "resizer: src: is 5x5, but the resizer was built for 6x5");
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

int main(void) {
  test_bilinear();
  test_nearest();
  test_resizer();
  test_rejections();
  test_queries();
  if (failures == 0) printf("C API: ok\n");
  return failures != 0;
}
