/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_MOTION_H
#define FLUXEL_C_MOTION_H

/* The motion of a whole image: fluxel/global_motion.hpp has the documentation. */

#include "fluxel/c/points.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_motion_model {
  FLUXEL_MOTION_MODEL_TRANSLATION = 0,
  FLUXEL_MOTION_MODEL_SIMILARITY = 1,
  FLUXEL_MOTION_MODEL_AFFINE = 2,
  FLUXEL_MOTION_MODEL_HOMOGRAPHY = 3
} fluxel_motion_model;

typedef struct fluxel_motion_options {
  size_t struct_size;
  int32_t model; /* fluxel_motion_model */
  int32_t max_trials;
  double threshold;
  double confidence;
  uint64_t seed;
} fluxel_motion_options;

static inline fluxel_motion_options fluxel_motion_options_default(void) {
  fluxel_motion_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.model = FLUXEL_MOTION_MODEL_HOMOGRAPHY;
  options.max_trials = 1000;
  options.threshold = 1;
  options.confidence = 0.999;
  options.seed = 1;
  return options;
}

/* This struct will not grow. */
typedef struct fluxel_global_motion {
  double matrix[9]; /* row by row */
  int32_t pairs;
  int32_t inliers; /* 0: nothing was found */
  double residual; /* pixels */
} fluxel_global_motion;

/* count points each in from, to, status and inliers; status (fluxel_track_status) and inliers may be null. */
FLUXEL_API fluxel_status fluxel_fit_global_motion(const fluxel_point* from, const fluxel_point* to,
                                                  const uint8_t* status, int64_t count,
                                                  const fluxel_motion_options* options, uint8_t* inliers,
                                                  fluxel_global_motion* motion);
/* flow: f32; validity: u8, or null. */
FLUXEL_API fluxel_status fluxel_fit_global_motion_flow(const fluxel_image* flow, const fluxel_image* validity,
                                                       const fluxel_motion_options* options,
                                                       fluxel_global_motion* motion);

#ifdef __cplusplus
}
#endif

#endif
