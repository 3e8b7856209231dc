/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_FLUXEL_H
#define FLUXEL_FLUXEL_H

/* fluxel in C99. What each function computes is documented in the C++ headers, whose names it shares.
 *
 * Every function returns a status and never lets an exception out. After a failure fluxel_last_message() tells, in
 * the calling thread, "function: argument: problem".
 * Option structs start with struct_size = sizeof(the struct); all other fields may be 0, which is the default. A null
 * pointer to options takes all defaults. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fluxel/export.h"
#include "fluxel/version.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_status {
  FLUXEL_OK = 0,
  FLUXEL_INVALID_ARGUMENT = 1,
  FLUXEL_NO_DEVICE = 2,
  FLUXEL_OUT_OF_MEMORY = 3,
  FLUXEL_DEVICE_FAILURE = 4,
  FLUXEL_INTERNAL = 5
} fluxel_status;

typedef enum fluxel_dtype {
  FLUXEL_U8 = 1,
  FLUXEL_U16 = 2,
  FLUXEL_F16 = 3,
  FLUXEL_BF16 = 4,
  FLUXEL_F32 = 5,
  FLUXEL_U64 = 6 /* only for fluxel_resize_nearest, which copies any element of 8 bytes as this */
} fluxel_dtype;

typedef enum fluxel_memory {
  FLUXEL_HOST = 0,
  FLUXEL_PINNED = 1,
  FLUXEL_MANAGED = 2,
  FLUXEL_DEVICE = 3
} fluxel_memory;

typedef enum fluxel_coordinates {
  FLUXEL_HALF_PIXEL = 0,
  FLUXEL_ASYMMETRIC = 1,
  FLUXEL_ALIGN_CORNERS = 2
} fluxel_coordinates;

typedef enum fluxel_rounding {
  FLUXEL_HALF_UP = 0,
  FLUXEL_HALF_DOWN = 1,
  FLUXEL_FLOOR = 2,
  FLUXEL_CEIL = 3
} fluxel_rounding;

typedef enum fluxel_filter {
  FLUXEL_BILINEAR = 0,
  FLUXEL_NEAREST = 1,
  FLUXEL_AREA = 2,
  FLUXEL_BICUBIC = 3,
  FLUXEL_LANCZOS3 = 4,
  FLUXEL_MITCHELL = 5,
  FLUXEL_CATMULL_ROM = 6,
  FLUXEL_GAUSSIAN = 7,
  FLUXEL_HAMMING = 8,
  FLUXEL_SPLINE36 = 9
} fluxel_filter;

typedef enum fluxel_antialias { FLUXEL_ANTIALIAS_NO = 0, FLUXEL_ANTIALIAS_YES = 1 } fluxel_antialias;
typedef enum fluxel_alpha { FLUXEL_ALPHA_NONE = 0, FLUXEL_ALPHA_STRAIGHT = 1 } fluxel_alpha;

typedef enum fluxel_run_on {
  FLUXEL_BY_MEMORY = 0,
  FLUXEL_ON_CPU = 1,
  FLUXEL_ON_CUDA = 2,
  FLUXEL_AUTOMATIC = 3
} fluxel_run_on;

typedef enum fluxel_backend { FLUXEL_BACKEND_CPU = 0, FLUXEL_BACKEND_CUDA = 1 } fluxel_backend;

/* Images whose pixels are packed. Pitch and strides are bytes, of any sign; 0 means packed. Sources are only read. */
typedef struct fluxel_image {
  void* data;
  int32_t dtype;  /* fluxel_dtype */
  int32_t memory; /* fluxel_memory */
  int64_t width;
  int64_t height;
  int64_t channels; /* interleaved */
  int64_t pitch;
  int64_t planes; /* 0 means 1 */
  int64_t plane_stride;
  int64_t count; /* images in the batch; a negative number is rejected, 0 is an empty batch */
  int64_t stride;
} fluxel_image;

typedef struct fluxel_bilinear_options {
  size_t struct_size;
  int32_t coordinates; /* fluxel_coordinates */
  int32_t threads;     /* CPU: 0 uses the process-wide pool, 1 only the caller's thread */
} fluxel_bilinear_options;

typedef struct fluxel_nearest_options {
  size_t struct_size;
  int32_t coordinates;
  int32_t rounding; /* fluxel_rounding */
  int32_t threads;
  int32_t reserved; /* 0 */
} fluxel_nearest_options;

typedef struct fluxel_resize_options {
  size_t struct_size;
  int32_t filter; /* fluxel_filter */
  int32_t antialias;
  int32_t coordinates;
  int32_t rounding;
  int32_t alpha; /* fluxel_alpha */
  int32_t threads;
  int32_t device;   /* of a resizer: 0 is the current one, n is device n - 1 */
  int32_t reserved; /* 0 */
  double cubic_a;   /* 0 means -0.75 */
  double region_x;  /* the part of the source that is mapped onto the destination; used if region_width is not 0 */
  double region_y;
  double region_width;
  double region_height;
  double scale_x; /* 0 derives it from the sizes */
  double scale_y;
  double cubic_b; /* of FLUXEL_MITCHELL; both 0 mean 1/3 */
  double cubic_c;
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

typedef struct fluxel_device_info {
  size_t struct_size; /* set by the caller */
  char name[256];
  int32_t compute_capability;
  int32_t reserved;
  uint64_t memory_bytes;
} fluxel_device_info;

typedef struct fluxel_resizer fluxel_resizer;

typedef enum fluxel_edge { FLUXEL_EDGE_ZERO = 0, FLUXEL_EDGE_REPLICATE = 1 } fluxel_edge;
typedef enum fluxel_padding {
  FLUXEL_PADDING_EXPLICIT = 0,
  FLUXEL_PADDING_SAME = 1,
  FLUXEL_PADDING_VALID = 2
} fluxel_padding;

/* Packed: (in, out_per_group, height, width). Element type and memory are those of the source image. */
typedef struct fluxel_conv_weights {
  const void* data;
  const void* bias; /* one value per output channel, or null */
  int64_t in;
  int64_t out_per_group;
  int64_t width;
  int64_t height;
} fluxel_conv_weights;

typedef struct fluxel_conv_transpose_options {
  size_t struct_size;
  int32_t stride_x; /* 0 means 1, here and in dilations and groups */
  int32_t stride_y;
  int32_t dilation_x;
  int32_t dilation_y;
  int32_t padding; /* fluxel_padding */
  int32_t left;
  int32_t top;
  int32_t right;
  int32_t bottom;
  int32_t output_padding_x;
  int32_t output_padding_y;
  int32_t groups;
  int32_t threads;
  int32_t reserved; /* 0 */
} fluxel_conv_transpose_options;

typedef struct fluxel_upsample_options {
  size_t struct_size;
  int32_t threads;
  int32_t reserved; /* 0 */
} fluxel_upsample_options;

typedef struct fluxel_conv_transpose fluxel_conv_transpose;
typedef struct fluxel_bilinear_adjoint fluxel_bilinear_adjoint;

/* stream: a cudaStream_t, or null for the legacy stream, which host memory requires. */
FLUXEL_API fluxel_status fluxel_resize_bilinear(const fluxel_image* src, const fluxel_image* dst,
                                                const fluxel_bilinear_options* options, void* stream);
FLUXEL_API fluxel_status fluxel_resize_nearest(const fluxel_image* src, const fluxel_image* dst,
                                               const fluxel_nearest_options* options, void* stream);
FLUXEL_API fluxel_status fluxel_resize(const fluxel_image* src, const fluxel_image* dst,
                                       const fluxel_resize_options* options, void* stream);

/* *resizer is null after a failure. Destroying null does nothing. */
FLUXEL_API fluxel_status fluxel_resizer_create(const fluxel_resize_geometry* geometry,
                                               const fluxel_resize_options* options, fluxel_run_on run_on,
                                               fluxel_resizer** resizer);
FLUXEL_API fluxel_status fluxel_resizer_run(const fluxel_resizer* resizer, const fluxel_image* src,
                                            const fluxel_image* dst, void* stream);
FLUXEL_API fluxel_status fluxel_resizer_backend(const fluxel_resizer* resizer, fluxel_backend* backend);
FLUXEL_API void fluxel_resizer_destroy(fluxel_resizer* resizer);

FLUXEL_API fluxel_status fluxel_conv_transpose_size(int64_t src_width, int64_t src_height, int64_t kernel_width,
                                                    int64_t kernel_height,
                                                    const fluxel_conv_transpose_options* options, int64_t* dst_width,
                                                    int64_t* dst_height);
FLUXEL_API fluxel_status fluxel_conv_transpose2d(const fluxel_image* src, const fluxel_conv_weights* weights,
                                                 const fluxel_image* dst,
                                                 const fluxel_conv_transpose_options* options, void* stream);
/* Writes k x k weights, k = 2 * factor - factor % 2. */
FLUXEL_API fluxel_status fluxel_bilinear_kernel(int32_t factor, float* weights);
FLUXEL_API fluxel_status fluxel_upsample_transpose_conv(const fluxel_image* src, const fluxel_image* dst,
                                                        int32_t factor, fluxel_edge edge,
                                                        const fluxel_upsample_options* options, void* stream);

/* weights: host memory, copied, of element type dtype. */
FLUXEL_API fluxel_status fluxel_conv_transpose_create(int64_t src_width, int64_t src_height, fluxel_dtype dtype,
                                                      const fluxel_conv_weights* weights,
                                                      const fluxel_conv_transpose_options* options,
                                                      fluxel_run_on run_on, fluxel_conv_transpose** out_handle);
FLUXEL_API fluxel_status fluxel_conv_transpose_run(const fluxel_conv_transpose* object, const fluxel_image* src,
                                                   const fluxel_image* dst, void* stream);
FLUXEL_API fluxel_status fluxel_conv_transpose_recognised_bilinear(const fluxel_conv_transpose* object,
                                                                   int32_t* recognised); /* 0 or 1 */
FLUXEL_API void fluxel_conv_transpose_destroy(fluxel_conv_transpose* object);

FLUXEL_API fluxel_status fluxel_bilinear_adjoint_create(const fluxel_resize_geometry* forward,
                                                        const fluxel_bilinear_options* options, fluxel_run_on run_on,
                                                        fluxel_bilinear_adjoint** out_handle);
/* As above, of fluxel_upsample_transpose_conv. */
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_of_upsample(const fluxel_resize_geometry* forward, fluxel_edge edge,
                                                             const fluxel_upsample_options* options,
                                                             fluxel_run_on run_on,
                                                             fluxel_bilinear_adjoint** out_handle);
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_run(const fluxel_bilinear_adjoint* object, const fluxel_image* src,
                                                     const fluxel_image* dst, void* stream);
FLUXEL_API void fluxel_bilinear_adjoint_destroy(fluxel_bilinear_adjoint* object);

FLUXEL_API fluxel_status fluxel_device_count(int32_t* count);
FLUXEL_API const char* fluxel_no_device_reason(void); /* "" when there is a device; valid in the calling thread */
FLUXEL_API fluxel_status fluxel_describe_device(int32_t index, fluxel_device_info* info);
FLUXEL_API fluxel_status fluxel_warm_up(int32_t index);
FLUXEL_API const char* fluxel_cpu_target(void); /* valid in the calling thread until the next call */

FLUXEL_API const char* fluxel_version(void);
FLUXEL_API int32_t fluxel_bytes_revision(const char* operation); /* 0: there is no such operation */
FLUXEL_API const char* fluxel_status_name(fluxel_status status);
FLUXEL_API const char* fluxel_last_message(void); /* of the calling thread's last failure */

/* One packed image in host memory; set pitch and memory afterwards where they differ. */
static inline fluxel_image fluxel_image_of(fluxel_dtype dtype, const void* data, int64_t width, int64_t height,
                                           int64_t channels) {
  fluxel_image image;
  memset(&image, 0, sizeof image);
  image.data = (void*)data;
  image.dtype = (int32_t)dtype;
  image.width = width;
  image.height = height;
  image.channels = channels;
  image.planes = 1;
  image.count = 1;
  return image;
}
static inline fluxel_image fluxel_image_u8(const uint8_t* data, int64_t width, int64_t height, int64_t channels) {
  return fluxel_image_of(FLUXEL_U8, data, width, height, channels);
}
static inline fluxel_image fluxel_image_u16(const uint16_t* data, int64_t width, int64_t height, int64_t channels) {
  return fluxel_image_of(FLUXEL_U16, data, width, height, channels);
}
static inline fluxel_image fluxel_image_f32(const float* data, int64_t width, int64_t height, int64_t channels) {
  return fluxel_image_of(FLUXEL_F32, data, width, height, channels);
}

#ifdef __cplusplus
}
#endif

#endif
