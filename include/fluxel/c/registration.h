/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_REGISTRATION_H
#define FLUXEL_C_REGISTRATION_H

/* How pictures lie on a reference, and stacks of pictures: fluxel/registration.hpp and fluxel/frame_stack.hpp have
 * the documentation. */

#include "fluxel/c/frame.h"
#include "fluxel/c/motion.h"
#include "fluxel/c/warp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_local_motion {
  FLUXEL_LOCAL_MOTION_IGNORE = 0,
  FLUXEL_LOCAL_MOTION_FOLLOW = 1
} fluxel_local_motion;

typedef struct fluxel_registration_options {
  size_t struct_size;
  int32_t model;    /* fluxel_motion_model */
  int32_t local;    /* fluxel_local_motion */
  int32_t filter;   /* fluxel_warp_filter */
  int32_t reserved; /* 0 */
  double threshold; /* pixels */
  double pixel_aspect;
} fluxel_registration_options;

static inline fluxel_registration_options fluxel_registration_options_default(void) {
  fluxel_registration_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.model = FLUXEL_MOTION_MODEL_HOMOGRAPHY;
  options.filter = FLUXEL_WARP_FILTER_BICUBIC;
  options.threshold = 2;
  options.pixel_aspect = 1;
  return options;
}

typedef struct fluxel_registration fluxel_registration;
FLUXEL_API fluxel_status fluxel_registration_create(const fluxel_frame* reference,
                                                    const fluxel_registration_options* options,
                                                    const fluxel_placement* placement,
                                                    fluxel_registration** out_handle);
FLUXEL_API fluxel_status fluxel_registration_run(fluxel_registration* object, const fluxel_frame* picture,
                                                 fluxel_global_motion* motion);
/* matrix: 9 elements, row by row. coverage: u8, or null. */
FLUXEL_API fluxel_status fluxel_registration_resample(fluxel_registration* object, const fluxel_frame* picture,
                                                      const double* matrix, const fluxel_frame* out,
                                                      const fluxel_image* coverage);
FLUXEL_API fluxel_status fluxel_registration_restart(fluxel_registration* object);
FLUXEL_API fluxel_status fluxel_registration_backend(const fluxel_registration* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_registration_workspace_size(const fluxel_registration* object, size_t* bytes);
FLUXEL_API void fluxel_registration_destroy(fluxel_registration* object);

typedef enum fluxel_stack_rule { FLUXEL_STACK_RULE_MEAN = 0, FLUXEL_STACK_RULE_MEDIAN = 1 } fluxel_stack_rule;

typedef struct fluxel_frame_stack fluxel_frame_stack;
FLUXEL_API fluxel_status fluxel_frame_stack_create(const fluxel_frame_format* format, fluxel_stack_rule rule,
                                                   fluxel_frame_stack** out_handle);
/* coverage: u8, or null. */
FLUXEL_API fluxel_status fluxel_frame_stack_add(fluxel_frame_stack* object, const fluxel_frame* frame,
                                                const fluxel_image* coverage);
FLUXEL_API fluxel_status fluxel_frame_stack_run(const fluxel_frame_stack* object, const fluxel_frame* out);
FLUXEL_API fluxel_status fluxel_frame_stack_count(const fluxel_frame_stack* object, int32_t* frames);
FLUXEL_API fluxel_status fluxel_frame_stack_restart(fluxel_frame_stack* object);
FLUXEL_API fluxel_status fluxel_frame_stack_workspace_size(const fluxel_frame_stack* object, size_t* bytes);
FLUXEL_API void fluxel_frame_stack_destroy(fluxel_frame_stack* object);

#ifdef __cplusplus
}
#endif

#endif
