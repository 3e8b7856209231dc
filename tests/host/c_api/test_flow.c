/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

enum { side = 64 };

/* A smooth texture, and the same moved by (1, 0). */
static void make_frames(uint8_t* prev, uint8_t* next) {
  int x, y;
  for (y = 0; y < side; ++y)
    for (x = 0; x < side; ++x) {
      const int wave = (x * x + 3 * y * y + 5 * x * y / 2) % 97;
      prev[y * side + x] = (uint8_t)(60 + wave);
    }
  for (y = 0; y < side; ++y)
    for (x = 0; x < side; ++x) next[y * side + x] = prev[y * side + (x > 0 ? x - 1 : 0)];
}

static void test_both_methods(void) {
  static uint8_t prev[side * side], next[side * side], validity[side * side], mask[side * side];
  static float flow[side * side * 2], again[side * side * 2], confidence[side * side];
  static float cut_score;
  double low = -1, high = -1;
  const fluxel_image images[] = {
      fluxel_image_u8(prev, side, side, 1),        fluxel_image_u8(next, side, side, 1),
      fluxel_image_f32(flow, side, side, 2),       fluxel_image_u8(validity, side, side, 1),
      fluxel_image_f32(confidence, side, side, 1), fluxel_image_u8(mask, side, side, 1),
      fluxel_image_f32(again, side, side, 2),      fluxel_image_f32(&cut_score, 1, 1, 1)};
  const fluxel_flow_geometry geometry = fluxel_flow_geometry_of(FLUXEL_DTYPE_U8, side, side, 1);
  fluxel_placement placement = fluxel_placement_default();
  int method;
  make_frames(prev, next);
  EXPECT_OK(fluxel_measure_value_range(&images[0], &low, &high));
  EXPECT(low >= 0 && low < high && high <= 255);
  EXPECT_REJECTED(fluxel_measure_value_range(&images[0], &low, NULL), "fluxel_measure_value_range: high: is null");
  memset(mask, 1, sizeof mask);
  placement.run_on = FLUXEL_RUN_ON_CPU;
  for (method = 0; method < 2; ++method) {
    fluxel_dense_flow* object = NULL;
    fluxel_flow_pair pair;
    fluxel_flow_frame frame;
    fluxel_flow_result result;
    fluxel_backend backend = FLUXEL_BACKEND_CUDA;
    int32_t has_result = 9;
    size_t bytes = 0;
    memset(&pair, 0, sizeof pair);
    pair.struct_size = sizeof pair;
    pair.prev = &images[0];
    pair.next = &images[1];
    pair.prev_mask = pair.next_mask = &images[5];
    memset(&result, 0, sizeof result);
    result.struct_size = sizeof result;
    result.flow = &images[2];
    result.validity = &images[3];
    result.confidence = &images[4];
    result.cut_score = &images[7];
    cut_score = -1;
    if (method == 0)
      EXPECT_OK(fluxel_horn_schunck_create(&geometry, NULL, &placement, &object));
    else
      EXPECT_OK(fluxel_lucas_kanade_create(&geometry, NULL, &placement, &object));
    EXPECT_OK(fluxel_dense_flow_prepare(object, FLUXEL_MEMORY_HOST));
    EXPECT_OK(fluxel_dense_flow_run(object, &pair, &result, NULL));
    EXPECT(validity[32 * side + 32] == FLUXEL_FLOW_REASON_VALID);
    EXPECT(confidence[32 * side + 32] > 0);
    EXPECT(cut_score >= 0 && cut_score < 0.2f);
    EXPECT_OK(fluxel_dense_flow_backend(object, &backend));
    EXPECT(backend == FLUXEL_BACKEND_CPU);
    EXPECT_OK(fluxel_dense_flow_workspace_size(object, &bytes));
    EXPECT(bytes > 0);
    if (method == 0)
      EXPECT_OK(fluxel_solve_horn_schunck(&images[0], &images[1], &images[6], NULL, &placement, NULL));
    else
      EXPECT_OK(fluxel_solve_lucas_kanade(&images[0], &images[1], &images[6], NULL, &placement, NULL));
    EXPECT(memcmp(flow, again, sizeof flow) == 0);

    memset(&frame, 0, sizeof frame);
    frame.struct_size = sizeof frame;
    frame.frame = &images[0];
    memset(again, 0, sizeof again);
    result.flow = &images[6];
    EXPECT_OK(fluxel_dense_flow_restart(object));
    EXPECT_OK(fluxel_dense_flow_advance(object, &frame, &result, &has_result, NULL));
    EXPECT(has_result == 0);
    frame.frame = &images[1];
    EXPECT_OK(fluxel_dense_flow_advance(object, &frame, &result, &has_result, NULL));
    EXPECT(has_result == 1);
    EXPECT(memcmp(flow, again, sizeof flow) == 0);
    pair.prev = NULL;
    EXPECT_REJECTED(fluxel_dense_flow_run(object, &pair, &result, NULL), "fluxel_dense_flow_run: pair.prev: is null");
    frame.reserved = 1;
    EXPECT_REJECTED(fluxel_dense_flow_advance(object, &frame, &result, &has_result, NULL),
                    "fluxel_dense_flow_advance: next.reserved: is 1; must be 0");
    fluxel_dense_flow_destroy(object);
  }
  fluxel_dense_flow_destroy(NULL);
}

static void test_options(void) {
  const fluxel_flow_geometry geometry = fluxel_flow_geometry_of(FLUXEL_DTYPE_U8, side, side, 1);
  fluxel_horn_schunck_options hs;
  fluxel_lucas_kanade_options lk;
  fluxel_dense_flow* object = NULL;
  memset(&hs, 0, sizeof hs);
  EXPECT_REJECTED(fluxel_horn_schunck_preset(FLUXEL_FLOW_QUALITY_FAST, &hs),
                  "fluxel_horn_schunck_preset: options.struct_size: is not set");
  hs.struct_size = sizeof hs;
  EXPECT_OK(fluxel_horn_schunck_preset(FLUXEL_FLOW_QUALITY_FAST, &hs));
  EXPECT(hs.pyramid_factor == 0.5 && hs.search_radius == 0 && hs.struct_size == sizeof hs);
  EXPECT_OK(fluxel_horn_schunck_preset(FLUXEL_FLOW_QUALITY_BALANCED, &hs));
  EXPECT(hs.search_radius == 192 && hs.weighted_median_after == FLUXEL_WEIGHTED_MEDIAN_AFTER_EVERY_LEVEL);
  EXPECT_OK(fluxel_horn_schunck_multiscale(&hs));
  EXPECT(hs.data_term_gradient == 0);
  EXPECT_OK(fluxel_horn_schunck_classic(50, 7, &hs));
  EXPECT(hs.model == FLUXEL_FLOW_MODEL_CLASSIC && hs.smoothness_weight == 50 && hs.solver_sweeps == 7);
  memset(&lk, 0, sizeof lk);
  lk.struct_size = sizeof lk;
  EXPECT_OK(fluxel_lucas_kanade_preset(FLUXEL_FLOW_QUALITY_ACCURATE, &lk));
  EXPECT(lk.warping_warps == 5 && lk.search_radius == 192);
  EXPECT_OK(fluxel_lucas_kanade_multiscale(&lk));
  EXPECT(lk.window_radius == 7);
  EXPECT_OK(fluxel_lucas_kanade_classic(3, &lk));
  EXPECT(lk.model == FLUXEL_FLOW_MODEL_CLASSIC && lk.window_radius == 3);
  hs.search_radius = 513;
  EXPECT_REJECTED(fluxel_horn_schunck_create(&geometry, &hs, NULL, &object),
                  "fluxel_horn_schunck_create: options.search.radius: must be 0 to 512");
  EXPECT(object == NULL);
  EXPECT(fluxel_horn_schunck_preset((fluxel_flow_quality)9, &hs) == FLUXEL_STATUS_INVALID_ARGUMENT);
}

void test_flow(void) {
  test_both_methods();
  test_options();
}
