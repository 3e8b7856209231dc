/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_FLOW_H
#define FLUXEL_C_FLOW_H

/* Dense optical flow: fluxel/dense_flow.hpp, horn_schunck.hpp and lucas_kanade.hpp have the documentation. */

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_flow_quality {
  FLUXEL_FLOW_QUALITY_FAST = 0,
  FLUXEL_FLOW_QUALITY_BALANCED = 1,
  FLUXEL_FLOW_QUALITY_ACCURATE = 2,
  FLUXEL_FLOW_QUALITY_BEST = 3
} fluxel_flow_quality;

typedef enum fluxel_weighted_median_after {
  FLUXEL_WEIGHTED_MEDIAN_AFTER_NEVER = 0,
  FLUXEL_WEIGHTED_MEDIAN_AFTER_FINEST_LEVEL = 1,
  FLUXEL_WEIGHTED_MEDIAN_AFTER_EVERY_LEVEL = 2,
  FLUXEL_WEIGHTED_MEDIAN_AFTER_EVERY_WARP = 3
} fluxel_weighted_median_after;

typedef enum fluxel_flow_model { FLUXEL_FLOW_MODEL_WARPING = 0, FLUXEL_FLOW_MODEL_CLASSIC = 1 } fluxel_flow_model;

typedef enum fluxel_flow_start { FLUXEL_FLOW_START_ZERO = 0, FLUXEL_FLOW_START_PREVIOUS_FLOW = 1 } fluxel_flow_start;

/* Why the flow of a pixel is not to be trusted. */
typedef enum fluxel_flow_reason {
  FLUXEL_FLOW_REASON_VALID = 0,
  FLUXEL_FLOW_REASON_MASKED = 1,
  FLUXEL_FLOW_REASON_CUT = 8,
  FLUXEL_FLOW_REASON_OUTSIDE = 2,
  FLUXEL_FLOW_REASON_FLAT = 3,
  FLUXEL_FLOW_REASON_APERTURE = 4,
  FLUXEL_FLOW_REASON_INCONSISTENT = 6,
  FLUXEL_FLOW_REASON_RESIDUAL = 7
} fluxel_flow_reason;

/* What a flow object is built for. */
typedef struct fluxel_flow_geometry {
  size_t struct_size;
  int64_t width;
  int64_t height;
  int64_t channels;  /* 1 or 2: the first is grey; 3 or 4: red, green, blue */
  int64_t count;     /* pairs of a batch */
  int32_t dtype;     /* u8, u16 or f32 */
  int32_t bit_depth; /* of u16 pixels; 8 to 16 */
  double white;      /* of f32 pixels: the value of full brightness */
  double range_low;  /* values of black and of full brightness; both 0: the whole type, or white */
  double range_high;
} fluxel_flow_geometry;

static inline fluxel_flow_geometry fluxel_flow_geometry_of(fluxel_dtype dtype, int64_t width, int64_t height,
                                                           int64_t channels) {
  fluxel_flow_geometry geometry;
  memset(&geometry, 0, sizeof geometry);
  geometry.struct_size = sizeof geometry;
  geometry.width = width;
  geometry.height = height;
  geometry.channels = channels;
  geometry.count = 1;
  geometry.dtype = (int32_t)dtype;
  geometry.bit_depth = 16;
  geometry.white = 1;
  return geometry;
}

/* The range that a frame in host memory uses: see fluxel/value_range.hpp. */
FLUXEL_API fluxel_status fluxel_measure_value_range(const fluxel_image* frame, double* low, double* high);

/* Names are those of the option groups in C++: pyramid.factor is pyramid_factor here. */
typedef struct fluxel_horn_schunck_options {
  size_t struct_size;
  int32_t model; /* fluxel_flow_model */
  int32_t pyramid_coarsest_side;
  int32_t pyramid_max_levels;
  int32_t warping_warps;
  int32_t solver_sweeps;
  int32_t median_radius;
  int32_t median_passes;
  int32_t search_radius;
  double pyramid_presmoothing;
  double pyramid_factor;
  double data_term_brightness;
  double data_term_gradient;
  double data_term_brightness_epsilon;
  double data_term_gradient_epsilon;
  double smoothness_weight;
  double smoothness_edge_scale;
  double smoothness_edge_floor;
  double warping_max_increment;
  double solver_chebyshev_radius;
  double validity_variation;
  double validity_residual;
  double validity_flat;
  double validity_aperture;
  double validity_cut_score;
  double validity_consistency;
  double smoothness_epsilon;
  double weighted_median_likeness;
  int32_t weighted_median_after; /* fluxel_weighted_median_after */
  int32_t weighted_median_radius;
  int32_t precision;
} fluxel_horn_schunck_options;

typedef struct fluxel_lucas_kanade_options {
  size_t struct_size;
  int32_t model; /* fluxel_flow_model */
  int32_t pyramid_coarsest_side;
  int32_t pyramid_max_levels;
  int32_t warping_warps;
  int32_t window_radius;
  int32_t median_radius;
  int32_t median_passes;
  int32_t search_radius;
  double pyramid_presmoothing;
  double pyramid_factor;
  double data_term_brightness;
  double data_term_gradient;
  double data_term_brightness_epsilon;
  double data_term_gradient_epsilon;
  double window_sigma;
  double window_ridge;
  double window_contrast_limit;
  double window_min_eigenvalue;
  double warping_max_increment;
  double validity_variation;
  double validity_residual;
  double validity_flat;
  double validity_aperture;
  double validity_cut_score;
  double validity_consistency;
  double weighted_median_likeness;
  int32_t weighted_median_after; /* fluxel_weighted_median_after */
  int32_t weighted_median_radius;
  int32_t precision;
} fluxel_lucas_kanade_options;

/* The options of a quality level (balanced is the default), of the method as the literature has it, and of the papers
 * of 1981, written into *options, whose struct_size the caller has set. */
FLUXEL_API fluxel_status fluxel_horn_schunck_preset(fluxel_flow_quality quality,
                                                    fluxel_horn_schunck_options* options);
FLUXEL_API fluxel_status fluxel_horn_schunck_multiscale(fluxel_horn_schunck_options* options);
FLUXEL_API fluxel_status fluxel_horn_schunck_classic(double lambda, int32_t iterations,
                                                     fluxel_horn_schunck_options* options);
FLUXEL_API fluxel_status fluxel_lucas_kanade_preset(fluxel_flow_quality quality,
                                                    fluxel_lucas_kanade_options* options);
FLUXEL_API fluxel_status fluxel_lucas_kanade_multiscale(fluxel_lucas_kanade_options* options);
FLUXEL_API fluxel_status fluxel_lucas_kanade_classic(int32_t window_radius, fluxel_lucas_kanade_options* options);

/* Two frames; null masks: every pixel is valid; null initial: 0. */
typedef struct fluxel_flow_pair {
  size_t struct_size;
  const fluxel_image* prev;
  const fluxel_image* next;
  const fluxel_image* prev_mask; /* u8, 0: invalid pixel */
  const fluxel_image* next_mask;
  const fluxel_image* initial; /* f32, shaped as the flow */
} fluxel_flow_pair;

/* The next frame of a sequence. */
typedef struct fluxel_flow_frame {
  size_t struct_size;
  const fluxel_image* frame;
  const fluxel_image* mask; /* null: every pixel is valid */
  int32_t start;            /* fluxel_flow_start */
  int32_t reserved;         /* 0 */
} fluxel_flow_frame;

/* Where the results go, in the frames' memory. */
typedef struct fluxel_flow_result {
  size_t struct_size;
  const fluxel_image* flow;       /* f32: u and v interleaved, or as two planes */
  const fluxel_image* validity;   /* u8, fluxel_flow_reason; null: not computed */
  const fluxel_image* confidence; /* f32; null: not computed */
  const fluxel_image* cut_score;  /* f32, 1 x 1 for each pair; null: not computed */
} fluxel_flow_result;

FLUXEL_API fluxel_status fluxel_solve_horn_schunck(const fluxel_image* prev, const fluxel_image* next,
                                                   const fluxel_image* flow,
                                                   const fluxel_horn_schunck_options* options,
                                                   const fluxel_placement* placement, void* stream);
FLUXEL_API fluxel_status fluxel_solve_lucas_kanade(const fluxel_image* prev, const fluxel_image* next,
                                                   const fluxel_image* flow,
                                                   const fluxel_lucas_kanade_options* options,
                                                   const fluxel_placement* placement, void* stream);

/* A solver of fixed geometry, by either method. */
typedef struct fluxel_dense_flow fluxel_dense_flow;
FLUXEL_API fluxel_status fluxel_horn_schunck_create(const fluxel_flow_geometry* geometry,
                                                    const fluxel_horn_schunck_options* options,
                                                    const fluxel_placement* placement,
                                                    fluxel_dense_flow** out_handle);
FLUXEL_API fluxel_status fluxel_lucas_kanade_create(const fluxel_flow_geometry* geometry,
                                                    const fluxel_lucas_kanade_options* options,
                                                    const fluxel_placement* placement,
                                                    fluxel_dense_flow** out_handle);
FLUXEL_API fluxel_status fluxel_dense_flow_run(fluxel_dense_flow* object, const fluxel_flow_pair* pair,
                                               const fluxel_flow_result* result, void* stream);
/* *has_result is 0, and nothing is written, for the first frame of a sequence. */
FLUXEL_API fluxel_status fluxel_dense_flow_advance(fluxel_dense_flow* object, const fluxel_flow_frame* next,
                                                   const fluxel_flow_result* result, int32_t* has_result,
                                                   void* stream);
FLUXEL_API fluxel_status fluxel_dense_flow_restart(fluxel_dense_flow* object);
FLUXEL_API fluxel_status fluxel_dense_flow_prepare(fluxel_dense_flow* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_dense_flow_backend(const fluxel_dense_flow* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_dense_flow_workspace_size(const fluxel_dense_flow* object, size_t* bytes);
FLUXEL_API void fluxel_dense_flow_destroy(fluxel_dense_flow* object);

#ifdef __cplusplus
}
#endif

#endif
