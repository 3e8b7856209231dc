/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_STABILIZER_H
#define FLUXEL_C_STABILIZER_H

/* Steady frames of a shaky video: fluxel/stabilizer.hpp has the documentation. */

#include "fluxel/c/frame.h"
#include "fluxel/c/motion.h"
#include "fluxel/c/warp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_stabilize_border {
  FLUXEL_STABILIZE_BORDER_CROP = 0,
  FLUXEL_STABILIZE_BORDER_BLACK = 1,
  FLUXEL_STABILIZE_BORDER_FILL = 2
} fluxel_stabilize_border;

typedef struct fluxel_stabilize_options {
  size_t struct_size;
  int32_t model;    /* fluxel_motion_model */
  int32_t border;   /* fluxel_stabilize_border */
  int32_t filter;   /* fluxel_warp_filter */
  int32_t reserved; /* 0 */
  double smoothing; /* frames */
  double margin;
  double pixel_aspect;
} fluxel_stabilize_options;

static inline fluxel_stabilize_options fluxel_stabilize_options_default(void) {
  fluxel_stabilize_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.model = FLUXEL_MOTION_MODEL_SIMILARITY;
  options.filter = FLUXEL_WARP_FILTER_BICUBIC;
  options.smoothing = 12;
  options.margin = 0.15;
  options.pixel_aspect = 1;
  return options;
}

typedef struct fluxel_stabilizer fluxel_stabilizer;
FLUXEL_API fluxel_status fluxel_stabilizer_create(const fluxel_frame_format* format,
                                                  const fluxel_stabilize_options* options,
                                                  const fluxel_placement* placement, fluxel_stabilizer** out_handle);
FLUXEL_API fluxel_status fluxel_stabilizer_delay(const fluxel_stabilizer* object, int32_t* frames);
/* *has_result is 1 where `out` has been written, else 0. */
FLUXEL_API fluxel_status fluxel_stabilizer_advance(fluxel_stabilizer* object, const fluxel_frame* in,
                                                   const fluxel_frame* out, int32_t* has_result);
FLUXEL_API fluxel_status fluxel_stabilizer_flush(fluxel_stabilizer* object, const fluxel_frame* out,
                                                 int32_t* has_result);
FLUXEL_API fluxel_status fluxel_stabilizer_restart(fluxel_stabilizer* object);
FLUXEL_API fluxel_status fluxel_stabilizer_backend(const fluxel_stabilizer* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_stabilizer_workspace_size(const fluxel_stabilizer* object, size_t* bytes);
FLUXEL_API void fluxel_stabilizer_destroy(fluxel_stabilizer* object);

#ifdef __cplusplus
}
#endif

#endif
