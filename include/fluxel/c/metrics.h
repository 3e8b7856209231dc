/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_METRICS_H
#define FLUXEL_C_METRICS_H

/* How far images are from references: fluxel/metrics.hpp and fluxel/comparison_sums.hpp have the documentation. */

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_similarity {
  FLUXEL_SIMILARITY_GAUSSIAN = 0,
  FLUXEL_SIMILARITY_BLOCKS = 1,
  FLUXEL_SIMILARITY_NONE = 2
} fluxel_similarity;

/* Sums over the pixels of one channel. This struct will not grow. */
typedef struct fluxel_comparison_sums {
  int64_t pixels;
  double squared_error;
  double squared_reference;
  int64_t windows;    /* of SSIM */
  int64_t similarity; /* units of 2^-30 */
} fluxel_comparison_sums;

typedef struct fluxel_comparison_options {
  size_t struct_size;
  int32_t similarity;    /* fluxel_similarity */
  int32_t bit_depth;     /* u16: significant bits, 8 to 16; 0 is all of the type */
  int32_t low_zero_bits; /* u16: zeros below them: 6 for P010 */
  int32_t reserved;      /* 0 */
  double white;          /* floats: the peak */
} fluxel_comparison_options;

typedef struct fluxel_comparison_geometry {
  size_t struct_size;
  int64_t width;
  int64_t height;
  int64_t channels;
  int64_t planes;
  int64_t count; /* most images in a batch */
  int32_t dtype;
  int32_t reserved; /* 0 */
} fluxel_comparison_geometry;

static inline fluxel_comparison_options fluxel_comparison_options_default(void) {
  fluxel_comparison_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.white = 1;
  return options;
}
static inline fluxel_comparison_geometry fluxel_comparison_geometry_of(fluxel_dtype dtype, int64_t width,
                                                                       int64_t height, int64_t channels) {
  fluxel_comparison_geometry geometry;
  memset(&geometry, 0, sizeof geometry);
  geometry.struct_size = sizeof geometry;
  geometry.width = width;
  geometry.height = height;
  geometry.channels = channels;
  geometry.planes = geometry.count = 1;
  geometry.dtype = (int32_t)dtype;
  return geometry;
}

/* sums: one for each channel of each plane of each image, channels fastest, in host memory; count is their number. */
FLUXEL_API fluxel_status fluxel_compare_images(const fluxel_image* image, const fluxel_image* reference,
                                               fluxel_comparison_sums* sums, int64_t count,
                                               const fluxel_comparison_options* options,
                                               const fluxel_placement* placement, void* stream);

typedef struct fluxel_image_comparison fluxel_image_comparison;
FLUXEL_API fluxel_status fluxel_image_comparison_create(const fluxel_comparison_geometry* geometry,
                                                        const fluxel_comparison_options* options,
                                                        const fluxel_placement* placement,
                                                        fluxel_image_comparison** out_handle);
/* The sums lie in the images' memory. */
FLUXEL_API fluxel_status fluxel_image_comparison_run(fluxel_image_comparison* object, const fluxel_image* image,
                                                     const fluxel_image* reference, fluxel_comparison_sums* sums,
                                                     int64_t count, void* stream);
FLUXEL_API fluxel_status fluxel_image_comparison_peak(const fluxel_image_comparison* object, double* peak);
FLUXEL_API fluxel_status fluxel_image_comparison_prepare(fluxel_image_comparison* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_image_comparison_backend(const fluxel_image_comparison* object,
                                                         fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_image_comparison_workspace_size(const fluxel_image_comparison* object, size_t* bytes);
FLUXEL_API void fluxel_image_comparison_destroy(fluxel_image_comparison* object);

/* The sums of several channels, planes or frames in one. */
FLUXEL_API fluxel_status fluxel_pooled(const fluxel_comparison_sums* all, int64_t count, fluxel_comparison_sums* sums);
FLUXEL_API double fluxel_mse(const fluxel_comparison_sums* sums); /* NaN for null, as below */
FLUXEL_API double fluxel_snr(const fluxel_comparison_sums* sums); /* dB */
FLUXEL_API double fluxel_psnr(const fluxel_comparison_sums* sums, double peak);
FLUXEL_API double fluxel_ssim(const fluxel_comparison_sums* sums);

#ifdef __cplusplus
}
#endif

#endif
