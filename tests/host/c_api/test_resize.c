/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static void test_bilinear(void) {
  const uint8_t src[2] = {0, 100};
  uint8_t dst[4] = {9, 9, 9, 9};
  const fluxel_image from = fluxel_image_u8(src, 2, 1, 1);
  fluxel_image to = fluxel_image_u8(dst, 4, 1, 1);
  fluxel_bilinear_options options = fluxel_bilinear_options_default();
  fluxel_placement placement = fluxel_placement_default();
  EXPECT_OK(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL));
  EXPECT(dst[0] == 0 && dst[1] == 25 && dst[2] == 75 && dst[3] == 100);
  options.coordinates = FLUXEL_COORDINATES_ASYMMETRIC;
  placement.threads = 1;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_resize_bilinear(&from, &to, &options, &placement, NULL));
  EXPECT(dst[0] == 0 && dst[1] == 50 && dst[2] == 100 && dst[3] == 100);
  /* Zeros in an image's numbers of channels, planes and images mean one. */
  to.channels = to.planes = to.count = 0;
  dst[1] = 0;
  EXPECT_OK(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL));
  EXPECT(dst[1] == 25);
}

static void test_nearest(void) {
  /* The worked example of the method, in three types. */
  const uint8_t src[9] = {234, 38, 22, 67, 44, 12, 89, 65, 63};
  const uint8_t want[16] = {234, 38, 22, 22, 67, 44, 12, 12, 89, 65, 63, 63, 89, 65, 63, 63};
  uint8_t dst[16];
  double wide_src[9], wide_dst[16];
  fluxel_nearest_options options = fluxel_nearest_options_default();
  fluxel_image from = fluxel_image_u8(src, 3, 3, 1);
  fluxel_image to = fluxel_image_u8(dst, 4, 4, 1);
  int i;
  options.coordinates = FLUXEL_COORDINATES_ASYMMETRIC;
  EXPECT_OK(fluxel_resize_nearest(&from, &to, &options, NULL, NULL));
  EXPECT(memcmp(dst, want, 16) == 0);
  for (i = 0; i < 9; ++i) wide_src[i] = src[i] * 0.125;
  from = fluxel_image_of(FLUXEL_DTYPE_U64, wide_src, 3, 3, 1);
  to = fluxel_image_of(FLUXEL_DTYPE_U64, wide_dst, 4, 4, 1);
  EXPECT_OK(fluxel_resize_nearest(&from, &to, &options, NULL, NULL));
  for (i = 0; i < 16; ++i) EXPECT(wide_dst[i] == want[i] * 0.125);
}

static void test_resizer(void) {
  float src[6 * 5], once[3 * 2], kept[3 * 2];
  fluxel_image from = fluxel_image_f32(src, 6, 5, 1);
  fluxel_image to = fluxel_image_f32(once, 3, 2, 1);
  fluxel_resize_options options = fluxel_resize_options_default();
  fluxel_resize_geometry geometry = fluxel_resize_geometry_of(FLUXEL_DTYPE_F32, 6, 5, 3, 2, 1);
  fluxel_placement placement = fluxel_placement_default();
  fluxel_resizer* resizer = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  fluxel_image_pair pair;
  size_t bytes = 1;
  int i;
  for (i = 0; i < 30; ++i) src[i] = (float)(i * i % 17);
  options.filter = FLUXEL_FILTER_BICUBIC;
  options.antialias = FLUXEL_ANTIALIAS_YES;
  placement.run_on = FLUXEL_RUN_ON_CPU;
  EXPECT_OK(fluxel_resize(&from, &to, &options, NULL, NULL));
  EXPECT_OK(fluxel_resizer_create(&geometry, &options, &placement, &resizer));
  to.data = kept;
  EXPECT_OK(fluxel_resizer_run(resizer, &from, &to, NULL));
  EXPECT(memcmp(once, kept, sizeof once) == 0);
  EXPECT_OK(fluxel_resizer_backend(resizer, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_resizer_workspace_size(resizer, &bytes));
  EXPECT_OK(fluxel_resizer_prepare_memory(resizer, FLUXEL_MEMORY_HOST));
  from.width = 5;
  EXPECT_REJECTED(fluxel_resizer_run(resizer, &from, &to, NULL),
                  "fluxel_resizer_run: src: is 5x5, but the object was built for 6x5");
  fluxel_resizer_destroy(resizer);
  fluxel_resizer_destroy(NULL);
  geometry.channels = 0;
  EXPECT(fluxel_resizer_create(&geometry, &options, &placement, &resizer) == FLUXEL_STATUS_INVALID_ARGUMENT);
  EXPECT(resizer == NULL);

  from.width = 6;
  geometry.channels = 1;
  EXPECT_OK(fluxel_resizer_create_ragged(&options, &placement, &resizer));
  EXPECT_OK(fluxel_resizer_prepare(resizer, &geometry, 1));
  memset(kept, 0, sizeof kept);
  pair.src = from;
  pair.dst = to;
  EXPECT_OK(fluxel_resizer_run_pairs(resizer, &pair, 1, NULL));
  EXPECT(memcmp(once, kept, sizeof once) == 0);
  EXPECT_OK(fluxel_resizer_run_pairs(resizer, NULL, 0, NULL));
  EXPECT_REJECTED(fluxel_resizer_run_pairs(resizer, NULL, 1, NULL), "fluxel_resizer_run_pairs: pairs: is null");
  fluxel_resizer_destroy(resizer);
}

/* cubic_a 0 is a value of its own, not the default. */
static void test_every_default_is_reachable(void) {
  const float src[4] = {0, 1, 0, 0};
  float sharp[7], plain[7];
  const fluxel_image from = fluxel_image_f32(src, 4, 1, 1);
  fluxel_image to = fluxel_image_f32(sharp, 7, 1, 1);
  fluxel_resize_options options = fluxel_resize_options_default();
  options.filter = FLUXEL_FILTER_BICUBIC;
  EXPECT_OK(fluxel_resize(&from, &to, &options, NULL, NULL));
  options.cubic_a = 0;
  to.data = plain;
  EXPECT_OK(fluxel_resize(&from, &to, &options, NULL, NULL));
  EXPECT(memcmp(sharp, plain, sizeof sharp) != 0);
}

/* An option struct of a later version: the same fields and more. */
struct later_options {
  fluxel_bilinear_options known;
  int32_t later[2];
};

static void test_linear_light(void) {
  const uint8_t src[2] = {0, 255};
  uint8_t dst = 0;
  const fluxel_image from = fluxel_image_u8(src, 2, 1, 1), to = fluxel_image_u8(&dst, 1, 1, 1);
  fluxel_resize_options options = fluxel_resize_options_default();
  options.filter = FLUXEL_FILTER_AREA;
  options.linear_light = FLUXEL_TRANSFER_SRGB;
  EXPECT_OK(fluxel_resize(&from, &to, &options, NULL, NULL));
  EXPECT(dst == 188);
}

static void test_rejections(void) {
  const uint8_t src[2] = {0, 100};
  uint8_t dst[4];
  fluxel_image from = fluxel_image_u8(src, 2, 1, 1);
  fluxel_image to = fluxel_image_u8(dst, 4, 1, 1);
  fluxel_bilinear_options options = fluxel_bilinear_options_default();
  fluxel_placement placement = fluxel_placement_default();
  struct later_options later;
  EXPECT_REJECTED(fluxel_resize_bilinear(NULL, &to, NULL, NULL, NULL), "fluxel_resize_bilinear: src: is null");
  options.struct_size = 0;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, &options, NULL, NULL),
                  "fluxel_resize_bilinear: options.struct_size: is not set");
  options = fluxel_bilinear_options_default();
  options.reserved = 7;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, &options, NULL, NULL),
                  "fluxel_resize_bilinear: options.reserved: is 7; must be 0");
  memset(&later, 0, sizeof later);
  later.known.struct_size = sizeof later;
  EXPECT_OK(fluxel_resize_bilinear(&from, &to, &later.known, NULL, NULL));
  later.later[0] = 1;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, &later.known, NULL, NULL),
                  "fluxel_resize_bilinear: options: uses fields that this version of the library does not have");
  options = fluxel_bilinear_options_default();
  options.coordinates = 9;
  EXPECT(fluxel_resize_bilinear(&from, &to, &options, NULL, NULL) == FLUXEL_STATUS_INVALID_ARGUMENT);
  placement.threads = -1;
  EXPECT(fluxel_resize_bilinear(&from, &to, NULL, &placement, NULL) == FLUXEL_STATUS_INVALID_ARGUMENT);
  placement.threads = 0;
  placement.run_on = 17;
  EXPECT(fluxel_resize_bilinear(&from, &to, NULL, &placement, NULL) == FLUXEL_STATUS_INVALID_ARGUMENT);
  to.width = INT64_C(5000000000);
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL),
                  "fluxel_resize_bilinear: dst.width: is 5000000000; must be below 2^31");
  to.width = 0;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL),
                  "fluxel_resize_bilinear: dst: is empty (0x1)");
  to.width = 4;
  to.count = -1;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL),
                  "fluxel_resize_bilinear: dst.count: is -1; must be 0 or more");
  to.count = 1;
  to.dtype = FLUXEL_DTYPE_F32;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL),
                  "fluxel_resize_bilinear: dst.dtype: is not that of src");
  from.dtype = to.dtype = FLUXEL_DTYPE_I16;
  EXPECT_REJECTED(fluxel_resize_bilinear(&from, &to, NULL, NULL, NULL),
                  "fluxel_resize_bilinear: src.dtype: is not one of u8, u16, f16, bf16 and f32");
}

/* Memory of the caller's: counted. */
static size_t held = 0;
static void* allocate(void* context, size_t bytes, size_t alignment, struct CUstream_st* stream) {
  void* p = NULL;
  (void)stream;
  *(int*)context += 1;
  if (posix_memalign(&p, alignment < sizeof(void*) ? sizeof(void*) : alignment, bytes) != 0) return NULL;
  held += bytes;
  return p;
}
static void deallocate(void* context, void* p, size_t bytes, size_t alignment, struct CUstream_st* stream) {
  (void)context, (void)alignment, (void)stream;
  held -= bytes;
  free(p);
}

static void test_memory_resource(void) {
  uint8_t src[64 * 4], dst[32 * 4];
  const fluxel_image from = fluxel_image_u8(src, 8, 8, 4), to = fluxel_image_u8(dst, 8, 4, 4);
  fluxel_resize_geometry geometry = fluxel_resize_geometry_of(FLUXEL_DTYPE_U8, 8, 8, 8, 4, 4);
  fluxel_resize_options options = fluxel_resize_options_default();
  fluxel_placement placement = fluxel_placement_default();
  fluxel_resizer* resizer = NULL;
  size_t bytes = 0;
  int calls = 0, before;
  memset(src, 100, sizeof src);
  options.alpha = FLUXEL_ALPHA_STRAIGHT; /* keeps products */
  placement.run_on = FLUXEL_RUN_ON_CPU;
  placement.host_memory.allocate = allocate;
  placement.host_memory.deallocate = deallocate;
  placement.host_memory.context = &calls;
  EXPECT_OK(fluxel_resizer_create(&geometry, &options, &placement, &resizer));
  EXPECT(calls > 0 && held > 0);
  EXPECT_OK(fluxel_resizer_workspace_size(resizer, &bytes));
  EXPECT(bytes == held);
  before = calls;
  EXPECT_OK(fluxel_resizer_run(resizer, &from, &to, NULL));
  EXPECT(calls == before);
  EXPECT(dst[0] == 100 && dst[127] == 100);
  fluxel_resizer_destroy(resizer);
  EXPECT(held == 0);
}

void test_resize(void) {
  test_bilinear();
  test_nearest();
  test_resizer();
  test_every_default_is_reachable();
  test_linear_light();
  test_rejections();
  test_memory_resource();
}
