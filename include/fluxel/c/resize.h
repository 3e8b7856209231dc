/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_RESIZE_H
#define FLUXEL_C_RESIZE_H

/* Resize of images: fluxel/resize.hpp and fluxel/resizer.hpp have the documentation. */

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_coordinates {
  FLUXEL_COORDINATES_HALF_PIXEL = 0,
  FLUXEL_COORDINATES_ASYMMETRIC = 1,
  FLUXEL_COORDINATES_ALIGN_CORNERS = 2
} fluxel_coordinates;

typedef enum fluxel_rounding {
  FLUXEL_ROUNDING_HALF_UP = 0,
  FLUXEL_ROUNDING_HALF_DOWN = 1,
  FLUXEL_ROUNDING_FLOOR = 2,
  FLUXEL_ROUNDING_CEIL = 3
} fluxel_rounding;

typedef enum fluxel_filter {
  FLUXEL_FILTER_BILINEAR = 0,
  FLUXEL_FILTER_NEAREST = 1,
  FLUXEL_FILTER_AREA = 2,
  FLUXEL_FILTER_BICUBIC = 3,
  FLUXEL_FILTER_LANCZOS3 = 4,
  FLUXEL_FILTER_MITCHELL = 5,
  FLUXEL_FILTER_CATMULL_ROM = 6,
  FLUXEL_FILTER_GAUSSIAN = 7,
  FLUXEL_FILTER_HAMMING = 8,
  FLUXEL_FILTER_SPLINE36 = 9
} fluxel_filter;

typedef enum fluxel_antialias { FLUXEL_ANTIALIAS_NO = 0, FLUXEL_ANTIALIAS_YES = 1 } fluxel_antialias;
typedef enum fluxel_alpha { FLUXEL_ALPHA_NONE = 0, FLUXEL_ALPHA_STRAIGHT = 1 } fluxel_alpha;

typedef enum fluxel_transfer {
  FLUXEL_TRANSFER_NONE = 0,
  FLUXEL_TRANSFER_SRGB = 1,
  FLUXEL_TRANSFER_BT1886 = 2,
  FLUXEL_TRANSFER_GAMMA22 = 3,
  FLUXEL_TRANSFER_GAMMA28 = 4,
  FLUXEL_TRANSFER_PQ = 5,
  FLUXEL_TRANSFER_HLG = 6
} fluxel_transfer;

typedef struct fluxel_bilinear_options {
  size_t struct_size;
  int32_t coordinates; /* fluxel_coordinates */
  int32_t reserved;    /* 0 */
} fluxel_bilinear_options;

typedef struct fluxel_nearest_options {
  size_t struct_size;
  int32_t coordinates;
  int32_t rounding; /* fluxel_rounding */
} fluxel_nearest_options;

typedef struct fluxel_resize_options {
  size_t struct_size;
  int32_t filter; /* fluxel_filter */
  int32_t antialias;
  int32_t coordinates;
  int32_t rounding;
  int32_t alpha;      /* fluxel_alpha */
  int32_t has_region; /* 1: the region below is mapped onto the destination; 0: the whole source */
  double cubic_a; /* of FLUXEL_FILTER_BICUBIC */
  double cubic_b; /* of FLUXEL_FILTER_MITCHELL, as cubic_c */
  double cubic_c;
  double region_x;
  double region_y;
  double region_width;
  double region_height;
  double scale_x; /* destination pixels per source pixel; 0 derives it from the sizes */
  double scale_y;
  int32_t linear_light; /* fluxel_transfer: averages light instead of u8 or u16 samples */
  int32_t reserved;     /* 0 */
} fluxel_resize_options;

typedef struct fluxel_resize_geometry {
  size_t struct_size;
  int64_t src_width;
  int64_t src_height;
  int64_t dst_width;
  int64_t dst_height;
  int64_t channels;
  int32_t dtype;
  int32_t reserved; /* 0 */
} fluxel_resize_geometry;

/* One source and destination of a ragged batch. This struct will not grow. */
typedef struct fluxel_image_pair {
  fluxel_image src;
  fluxel_image dst;
} fluxel_image_pair;

/* All defaults, which a null pointer to options means too. */
static inline fluxel_bilinear_options fluxel_bilinear_options_default(void) {
  fluxel_bilinear_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  return options;
}
static inline fluxel_nearest_options fluxel_nearest_options_default(void) {
  fluxel_nearest_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  return options;
}
static inline fluxel_resize_options fluxel_resize_options_default(void) {
  fluxel_resize_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.cubic_a = -0.75;
  options.cubic_b = options.cubic_c = 1.0 / 3;
  return options;
}
static inline fluxel_resize_geometry fluxel_resize_geometry_of(fluxel_dtype dtype, int64_t src_width,
                                                               int64_t src_height, int64_t dst_width,
                                                               int64_t dst_height, int64_t channels) {
  fluxel_resize_geometry geometry;
  memset(&geometry, 0, sizeof geometry);
  geometry.struct_size = sizeof geometry;
  geometry.src_width = src_width;
  geometry.src_height = src_height;
  geometry.dst_width = dst_width;
  geometry.dst_height = dst_height;
  geometry.channels = channels;
  geometry.dtype = (int32_t)dtype;
  return geometry;
}

/* stream: a cudaStream_t; null is the legacy stream. */
FLUXEL_API fluxel_status fluxel_resize_bilinear(const fluxel_image* src, const fluxel_image* dst,
                                                const fluxel_bilinear_options* options,
                                                const fluxel_placement* placement, void* stream);
FLUXEL_API fluxel_status fluxel_resize_nearest(const fluxel_image* src, const fluxel_image* dst,
                                               const fluxel_nearest_options* options,
                                               const fluxel_placement* placement, void* stream);
FLUXEL_API fluxel_status fluxel_resize(const fluxel_image* src, const fluxel_image* dst,
                                       const fluxel_resize_options* options, const fluxel_placement* placement,
                                       void* stream);

/* A resize of fixed geometry, or of a ragged batch. Every function that makes an object stores null after a failure;
 * destroying null does nothing. */
typedef struct fluxel_resizer fluxel_resizer;
FLUXEL_API fluxel_status fluxel_resizer_create(const fluxel_resize_geometry* geometry,
                                               const fluxel_resize_options* options,
                                               const fluxel_placement* placement, fluxel_resizer** out_handle);
FLUXEL_API fluxel_status fluxel_resizer_create_ragged(const fluxel_resize_options* options,
                                                      const fluxel_placement* placement, fluxel_resizer** out_handle);
FLUXEL_API fluxel_status fluxel_resizer_run(const fluxel_resizer* object, const fluxel_image* src,
                                            const fluxel_image* dst, void* stream);
FLUXEL_API fluxel_status fluxel_resizer_run_pairs(const fluxel_resizer* object, const fluxel_image_pair* pairs,
                                                  int64_t count, void* stream);
FLUXEL_API fluxel_status fluxel_resizer_prepare(fluxel_resizer* object, const fluxel_resize_geometry* geometries,
                                                int64_t count);
FLUXEL_API fluxel_status fluxel_resizer_prepare_memory(fluxel_resizer* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_resizer_backend(const fluxel_resizer* object, fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_resizer_workspace_size(const fluxel_resizer* object, size_t* bytes);
FLUXEL_API void fluxel_resizer_destroy(fluxel_resizer* object);

#ifdef __cplusplus
}
#endif

#endif
