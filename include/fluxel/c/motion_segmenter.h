/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_MOTION_SEGMENTER_H
#define FLUXEL_C_MOTION_SEGMENTER_H

/* What moves in a video: fluxel/motion_segmenter.hpp has the documentation. */

#include "fluxel/c/flow.h"
#include "fluxel/c/frame.h"
#include "fluxel/c/motion.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fluxel_segment_options {
  size_t struct_size;
  int32_t model;   /* fluxel_motion_model */
  int32_t quality; /* fluxel_flow_quality */
  int32_t longest_side;
  int32_t memory;      /* frames */
  double least_motion; /* pixels per frame */
  double noise;
  double least_area;  /* part of the frame */
  int32_t min_frames; /* in a row, in which a region must be seen before it is listed */
} fluxel_segment_options;

static inline fluxel_segment_options fluxel_segment_options_default(void) {
  fluxel_segment_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.model = FLUXEL_MOTION_MODEL_HOMOGRAPHY;
  options.quality = FLUXEL_FLOW_QUALITY_FAST;
  options.longest_side = 480;
  options.memory = 12;
  options.least_motion = 0.75;
  options.noise = 5;
  options.least_area = 0.0005;
  options.min_frames = 3;
  return options;
}

/* This struct will not grow. */
typedef struct fluxel_moving_region {
  int32_t id;
  int32_t x, y, width, height;
  int32_t area; /* pixels */
  float u, v;   /* pixels per frame */
} fluxel_moving_region;

typedef struct fluxel_motion_segmenter fluxel_motion_segmenter;
FLUXEL_API fluxel_status fluxel_motion_segmenter_create(const fluxel_frame_format* format,
                                                        const fluxel_segment_options* options,
                                                        const fluxel_placement* placement,
                                                        fluxel_motion_segmenter** out_handle);
FLUXEL_API fluxel_status fluxel_motion_segmenter_delay(const fluxel_motion_segmenter* object, int32_t* frames);
/* mask: u8, 1 channel. *has_result is 1 where it has been written, else 0. */
FLUXEL_API fluxel_status fluxel_motion_segmenter_advance(fluxel_motion_segmenter* object, const fluxel_frame* next,
                                                         const fluxel_image* mask, int32_t* has_result);
FLUXEL_API fluxel_status fluxel_motion_segmenter_flush(fluxel_motion_segmenter* object, const fluxel_image* mask,
                                                       int32_t* has_result);
/* *count is how many there are; as many of them are written as `capacity` holds. */
FLUXEL_API fluxel_status fluxel_motion_segmenter_regions(const fluxel_motion_segmenter* object,
                                                         fluxel_moving_region* regions, int64_t capacity,
                                                         int64_t* count);
FLUXEL_API fluxel_status fluxel_motion_segmenter_begins_scene(const fluxel_motion_segmenter* object, int32_t* begins);
FLUXEL_API fluxel_status fluxel_motion_segmenter_restart(fluxel_motion_segmenter* object);
FLUXEL_API fluxel_status fluxel_motion_segmenter_backend(const fluxel_motion_segmenter* object,
                                                         fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_motion_segmenter_workspace_size(const fluxel_motion_segmenter* object, size_t* bytes);
FLUXEL_API void fluxel_motion_segmenter_destroy(fluxel_motion_segmenter* object);

#ifdef __cplusplus
}
#endif

#endif
