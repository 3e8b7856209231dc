/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_INTERPOLATOR_H
#define FLUXEL_C_INTERPOLATOR_H

/* Frames between frames: fluxel/interpolator.hpp has the documentation. */

#include "fluxel/c/flow.h"
#include "fluxel/c/frame.h"
#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fluxel_interpolation_options {
  size_t struct_size;
  int32_t quality; /* fluxel_flow_quality */
  int32_t longest_side;
  double cut_difference;
} fluxel_interpolation_options;

static inline fluxel_interpolation_options fluxel_interpolation_options_default(void) {
  fluxel_interpolation_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.quality = FLUXEL_FLOW_QUALITY_FAST;
  options.longest_side = 256;
  options.cut_difference = 28;
  return options;
}

typedef struct fluxel_interpolator fluxel_interpolator;
FLUXEL_API fluxel_status fluxel_interpolator_create(const fluxel_frame_format* format,
                                                    const fluxel_interpolation_options* options,
                                                    const fluxel_placement* placement,
                                                    fluxel_interpolator** out_handle);
/* duration: since the frame before, in any unit; above 0. has_previous: 1 where moments lie between this frame and the
   one before, else 0; may be null. */
FLUXEL_API fluxel_status fluxel_interpolator_advance(fluxel_interpolator* object, const fluxel_frame* next,
                                                     double duration, int32_t* has_previous, void* stream);
FLUXEL_API fluxel_status fluxel_interpolator_run(fluxel_interpolator* object, double moment, const fluxel_frame* dst,
                                                 void* stream);
FLUXEL_API fluxel_status fluxel_interpolator_restart(fluxel_interpolator* object);
FLUXEL_API fluxel_status fluxel_interpolator_prepare(fluxel_interpolator* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_interpolator_backend(const fluxel_interpolator* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_interpolator_workspace_size(const fluxel_interpolator* object, size_t* bytes);
FLUXEL_API void fluxel_interpolator_destroy(fluxel_interpolator* object);

#ifdef __cplusplus
}
#endif

#endif
