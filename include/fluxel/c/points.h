/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_POINTS_H
#define FLUXEL_C_POINTS_H

/* Corners and tracked points: fluxel/good_features.hpp and fluxel/track_points.hpp have the documentation. */

#include "fluxel/c/flow.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pixel centres are whole numbers: (0, 0) is the centre of the first. */
typedef struct fluxel_point {
  float x;
  float y;
} fluxel_point;

typedef enum fluxel_track_status {
  FLUXEL_TRACK_STATUS_TRACKED = 0,
  FLUXEL_TRACK_STATUS_INVALID = 1,
  FLUXEL_TRACK_STATUS_OUTSIDE = 2,
  FLUXEL_TRACK_STATUS_FLAT = 3,
  FLUXEL_TRACK_STATUS_NOT_CONVERGED = 4,
  FLUXEL_TRACK_STATUS_INCONSISTENT = 5,
  FLUXEL_TRACK_STATUS_MASKED = 6
} fluxel_track_status;

typedef struct fluxel_track_options {
  size_t struct_size;
  int32_t window;
  int32_t max_levels;
  int32_t iterations;
  int32_t reserved; /* 0 */
  double epsilon;
  double min_eigenvalue;
  double forward_backward;
} fluxel_track_options;

typedef struct fluxel_feature_options {
  size_t struct_size;
  double quality;
  double min_distance;
  int64_t max_count;
  int32_t window_radius;
  int32_t reserved; /* 0 */
} fluxel_feature_options;

static inline fluxel_track_options fluxel_track_options_default(void) {
  fluxel_track_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.window = 21;
  options.max_levels = 4;
  options.iterations = 30;
  options.epsilon = 0.01;
  options.min_eigenvalue = 0.1;
  return options;
}
static inline fluxel_feature_options fluxel_feature_options_default(void) {
  fluxel_feature_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.quality = 0.01;
  options.min_distance = 8;
  options.max_count = 1000;
  options.window_radius = 1;
  return options;
}

/* Points of the previous frame and what is found in the next, all in the frames' memory. */
typedef struct fluxel_point_tracks {
  size_t struct_size;
  int64_t length; /* of every list below that is not null */
  const fluxel_point* from;
  fluxel_point* to;
  uint8_t* status;           /* fluxel_track_status */
  float* error;              /* null: not wanted */
  float* min_eigenvalue;     /* null: not wanted */
  const fluxel_point* guess; /* null: from */
  const int32_t* count;      /* how many of `from` are points; null: all */
} fluxel_point_tracks;

/* Where corners go, in the frame's memory. */
typedef struct fluxel_feature_result {
  size_t struct_size;
  int64_t length; /* of the lists; at least max_count */
  fluxel_point* points;
  float* strength; /* null: not wanted */
  int32_t* count;
} fluxel_feature_result;

/* frames->initial is not read. */
FLUXEL_API fluxel_status fluxel_track_points(const fluxel_flow_pair* frames, const fluxel_point_tracks* points,
                                             const fluxel_track_options* options, const fluxel_placement* placement,
                                             void* stream);
typedef struct fluxel_point_tracker fluxel_point_tracker;
FLUXEL_API fluxel_status fluxel_point_tracker_create(const fluxel_flow_geometry* geometry, int64_t capacity,
                                                     const fluxel_track_options* options,
                                                     const fluxel_placement* placement,
                                                     fluxel_point_tracker** out_handle);
/* frames->initial is not read. */
FLUXEL_API fluxel_status fluxel_point_tracker_run(fluxel_point_tracker* object, const fluxel_flow_pair* frames,
                                                  const fluxel_point_tracks* points, void* stream);
/* *has_result is 0, and nothing is written, for the first frame of a sequence. next->start is not read. */
FLUXEL_API fluxel_status fluxel_point_tracker_advance(fluxel_point_tracker* object, const fluxel_flow_frame* next,
                                                      const fluxel_point_tracks* points, int32_t* has_result,
                                                      void* stream);
FLUXEL_API fluxel_status fluxel_point_tracker_restart(fluxel_point_tracker* object);
FLUXEL_API fluxel_status fluxel_point_tracker_prepare(fluxel_point_tracker* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_point_tracker_backend(const fluxel_point_tracker* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_point_tracker_workspace_size(const fluxel_point_tracker* object, size_t* bytes);
FLUXEL_API void fluxel_point_tracker_destroy(fluxel_point_tracker* object);

/* mask: u8, 0: no corner here; null: corners anywhere. */
FLUXEL_API fluxel_status fluxel_detect_features(const fluxel_image* frame, const fluxel_image* mask,
                                                const fluxel_feature_result* result,
                                                const fluxel_feature_options* options,
                                                const fluxel_placement* placement, void* stream);
typedef struct fluxel_feature_detector fluxel_feature_detector;
FLUXEL_API fluxel_status fluxel_feature_detector_create(const fluxel_flow_geometry* geometry,
                                                        const fluxel_feature_options* options,
                                                        const fluxel_placement* placement,
                                                        fluxel_feature_detector** out_handle);
FLUXEL_API fluxel_status fluxel_feature_detector_run(fluxel_feature_detector* object, const fluxel_image* frame,
                                                     const fluxel_image* mask, const fluxel_feature_result* result,
                                                     void* stream);
FLUXEL_API fluxel_status fluxel_feature_detector_prepare(fluxel_feature_detector* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_feature_detector_backend(const fluxel_feature_detector* object,
                                                         fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_feature_detector_workspace_size(const fluxel_feature_detector* object, size_t* bytes);
FLUXEL_API void fluxel_feature_detector_destroy(fluxel_feature_detector* object);

#ifdef __cplusplus
}
#endif

#endif
