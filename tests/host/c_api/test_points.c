/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

enum { side = 64, capacity = 50 };

static void make_frames(uint8_t* prev, uint8_t* next) {
  int x, y;
  for (y = 0; y < side; ++y)
    for (x = 0; x < side; ++x) {
      /* Squares, whose corners are good to track; the next frame is moved by (2, 1). */
      prev[y * side + x] = (uint8_t)(((x / 8 + y / 8) % 2) * 120 + 60);
      next[y * side + x] = (uint8_t)((((x + 6) / 8 + (y + 7) / 8) % 2) * 120 + 60);
    }
}

void test_points(void) {
  static uint8_t prev[side * side], next[side * side];
  fluxel_point corners[capacity], found[capacity], once[capacity];
  uint8_t status[capacity];
  float strength[capacity], error[capacity];
  int32_t count = 0, has_result = 9;
  const fluxel_image images[] = {fluxel_image_u8(prev, side, side, 1), fluxel_image_u8(next, side, side, 1)};
  const fluxel_flow_geometry geometry = fluxel_flow_geometry_of(FLUXEL_DTYPE_U8, side, side, 1);
  fluxel_placement placement = fluxel_placement_default();
  fluxel_feature_options features = fluxel_feature_options_default();
  fluxel_track_options tracking = fluxel_track_options_default();
  fluxel_feature_result result;
  fluxel_point_tracks tracks;
  fluxel_flow_pair frames;
  fluxel_flow_frame frame;
  fluxel_feature_detector* detector = NULL;
  fluxel_point_tracker* tracker = NULL;
  fluxel_backend backend = FLUXEL_BACKEND_CUDA;
  size_t bytes = 0;
  make_frames(prev, next);
  placement.run_on = FLUXEL_RUN_ON_CPU;
  features.max_count = capacity;
  memset(&result, 0, sizeof result);
  result.struct_size = sizeof result;
  result.length = capacity;
  result.points = corners;
  result.strength = strength;
  result.count = &count;
  EXPECT_OK(fluxel_detect_features(&images[0], NULL, &result, &features, &placement, NULL));
  EXPECT(count > 4);
  memcpy(found, corners, sizeof found);
  EXPECT_OK(fluxel_feature_detector_create(&geometry, &features, &placement, &detector));
  EXPECT_OK(fluxel_feature_detector_prepare(detector, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_feature_detector_run(detector, &images[0], NULL, &result, NULL));
  EXPECT(memcmp(found, corners, sizeof found) == 0);
  EXPECT_OK(fluxel_feature_detector_backend(detector, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_feature_detector_workspace_size(detector, &bytes));
  EXPECT(bytes > 0);
  result.count = NULL;
  EXPECT_REJECTED(fluxel_feature_detector_run(detector, &images[0], NULL, &result, NULL),
                  "fluxel_feature_detector_run: result.count: is null");
  fluxel_feature_detector_destroy(detector);
  fluxel_feature_detector_destroy(NULL);

  memset(&tracks, 0, sizeof tracks);
  tracks.struct_size = sizeof tracks;
  tracks.length = capacity;
  tracks.from = corners;
  tracks.to = once;
  tracks.status = status;
  tracks.error = error;
  tracks.count = &count;
  memset(&frames, 0, sizeof frames);
  frames.struct_size = sizeof frames;
  frames.prev = &images[0];
  frames.next = &images[1];
  memset(&frame, 0, sizeof frame);
  frame.struct_size = sizeof frame;
  frame.frame = &images[0];
  EXPECT_OK(fluxel_track_points(&frames, &tracks, &tracking, &placement, NULL));
  tracks.to = found;
  EXPECT_OK(fluxel_point_tracker_create(&geometry, capacity, &tracking, &placement, &tracker));
  EXPECT_OK(fluxel_point_tracker_prepare(tracker, FLUXEL_MEMORY_HOST));
  EXPECT_OK(fluxel_point_tracker_run(tracker, &frames, &tracks, NULL));
  EXPECT(memcmp(found, once, (size_t)count * sizeof(fluxel_point)) == 0);
  EXPECT_OK(fluxel_point_tracker_restart(tracker));
  EXPECT_OK(fluxel_point_tracker_advance(tracker, &frame, &tracks, &has_result, NULL));
  EXPECT(has_result == 0);
  frame.frame = &images[1];
  EXPECT_OK(fluxel_point_tracker_advance(tracker, &frame, &tracks, &has_result, NULL));
  EXPECT(has_result == 1);
  EXPECT(memcmp(found, once, (size_t)count * sizeof(fluxel_point)) == 0);
  EXPECT_OK(fluxel_point_tracker_backend(tracker, &backend));
  EXPECT(backend == FLUXEL_BACKEND_CPU);
  EXPECT_OK(fluxel_point_tracker_workspace_size(tracker, &bytes));
  tracks.length = -1;
  EXPECT_REJECTED(fluxel_point_tracker_run(tracker, &frames, &tracks, NULL),
                  "fluxel_point_tracker_run: points.length: is negative");
  fluxel_point_tracker_destroy(tracker);
  fluxel_point_tracker_destroy(NULL);
}
