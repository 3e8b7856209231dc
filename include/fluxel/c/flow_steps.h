/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_FLOW_STEPS_H
#define FLUXEL_C_FLOW_STEPS_H

/* The steps of dense flow as functions of their own: fluxel/flow_steps.hpp has the documentation. Grey levels are
 * unsigned Q8.4 (u16), warped ones signed (i16); flow is in 1/64 pixel (i16), u and v apart. */

#include "fluxel/c/flow.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fluxel_flow_pyramid_options {
  size_t struct_size;
  int32_t coarsest_side;
  int32_t max_levels;
  double presmoothing;
  double factor;
} fluxel_flow_pyramid_options;

static inline fluxel_flow_pyramid_options fluxel_flow_pyramid_options_default(void) {
  fluxel_flow_pyramid_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.coarsest_side = 4;
  options.max_levels = 64;
  options.presmoothing = 0.6;
  options.factor = 0.7;
  return options;
}

/* Levels of grey, each made from the finer one by a Gaussian. */
typedef struct fluxel_image_pyramid fluxel_image_pyramid;
FLUXEL_API fluxel_status fluxel_image_pyramid_create(const fluxel_flow_geometry* geometry,
                                                     const fluxel_flow_pyramid_options* options,
                                                     const fluxel_placement* placement,
                                                     fluxel_image_pyramid** out_handle);
/* mask: u8, 0: invalid pixel; null: every pixel is valid. */
FLUXEL_API fluxel_status fluxel_image_pyramid_run(fluxel_image_pyramid* object, const fluxel_image* frame,
                                                  const fluxel_image* mask, void* stream);
FLUXEL_API fluxel_status fluxel_image_pyramid_levels(const fluxel_image_pyramid* object, int32_t* levels);
FLUXEL_API fluxel_status fluxel_image_pyramid_level_size(const fluxel_image_pyramid* object, int32_t level,
                                                         int64_t* width, int64_t* height);
/* Grey and mask (1: invalid; null data when every pixel was valid) of a level, 0 the finest, in the object's memory.
 */
FLUXEL_API fluxel_status fluxel_image_pyramid_grey(const fluxel_image_pyramid* object, int32_t level,
                                                   fluxel_image* image);
FLUXEL_API fluxel_status fluxel_image_pyramid_mask(const fluxel_image_pyramid* object, int32_t level,
                                                   fluxel_image* image);
FLUXEL_API fluxel_status fluxel_image_pyramid_prepare(fluxel_image_pyramid* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_image_pyramid_backend(const fluxel_image_pyramid* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_image_pyramid_workspace_size(const fluxel_image_pyramid* object, size_t* bytes);
FLUXEL_API void fluxel_image_pyramid_destroy(fluxel_image_pyramid* object);

FLUXEL_API fluxel_status fluxel_flow_steps_warp(const fluxel_image* prev, const fluxel_image* next,
                                                const fluxel_image* u, const fluxel_image* v,
                                                const fluxel_image* warped, const fluxel_image* reason,
                                                const fluxel_placement* placement, void* stream);

/* All i16. */
typedef struct fluxel_derivative_images {
  size_t struct_size;
  const fluxel_image *mx, *my, *mxx, *mxy, *myy, *t, *tx, *ty;
} fluxel_derivative_images;
FLUXEL_API fluxel_status fluxel_flow_steps_derivatives(const fluxel_image* prev, const fluxel_image* warped,
                                                       const fluxel_derivative_images* to,
                                                       const fluxel_placement* placement, void* stream);

/* The linear system of one warp, and its relaxation. */
typedef struct fluxel_linear_system fluxel_linear_system;
FLUXEL_API fluxel_status fluxel_linear_system_create(int64_t width, int64_t height,
                                                     const fluxel_horn_schunck_options* options,
                                                     const fluxel_placement* placement,
                                                     fluxel_linear_system** out_handle);
FLUXEL_API fluxel_status fluxel_linear_system_run(fluxel_linear_system* object, const fluxel_image* prev,
                                                  const fluxel_image* warped, const fluxel_image* reason,
                                                  const fluxel_image* u, const fluxel_image* v,
                                                  const fluxel_image* updated_u, const fluxel_image* updated_v,
                                                  void* stream);
FLUXEL_API fluxel_status fluxel_linear_system_prepare(fluxel_linear_system* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_linear_system_backend(const fluxel_linear_system* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_linear_system_workspace_size(const fluxel_linear_system* object, size_t* bytes);
FLUXEL_API void fluxel_linear_system_destroy(fluxel_linear_system* object);

FLUXEL_API fluxel_status fluxel_flow_steps_median(const fluxel_image* u, const fluxel_image* v,
                                                  const fluxel_image* out_u, const fluxel_image* out_v,
                                                  int32_t radius, const fluxel_placement* placement, void* stream);
FLUXEL_API fluxel_status fluxel_flow_steps_upscale_flow(const fluxel_image* coarse_u, const fluxel_image* coarse_v,
                                                        const fluxel_image* fine_u, const fluxel_image* fine_v,
                                                        const fluxel_placement* placement, void* stream);
FLUXEL_API fluxel_status fluxel_flow_steps_check_forward_backward(const fluxel_image* u, const fluxel_image* v,
                                                                  const fluxel_image* back_u,
                                                                  const fluxel_image* back_v, double distance,
                                                                  const fluxel_image* reasons,
                                                                  const fluxel_placement* placement, void* stream);

#ifdef __cplusplus
}
#endif

#endif
