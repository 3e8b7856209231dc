/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_TYPES_H
#define FLUXEL_C_TYPES_H

/* What all functions of the C interface share: status, images, placement. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fluxel/export.h"

#ifdef __cplusplus
extern "C" {
#endif

struct CUstream_st; /* a cudaStream_t is a pointer to it */

typedef enum fluxel_status {
  FLUXEL_STATUS_OK = 0,
  FLUXEL_STATUS_INVALID_ARGUMENT = 1,
  FLUXEL_STATUS_NO_DEVICE = 2,
  FLUXEL_STATUS_OUT_OF_MEMORY = 3,
  FLUXEL_STATUS_DEVICE_FAILURE = 4,
  FLUXEL_STATUS_INTERNAL = 5
} fluxel_status;

typedef enum fluxel_dtype {
  FLUXEL_DTYPE_U8 = 1,
  FLUXEL_DTYPE_U16 = 2,
  FLUXEL_DTYPE_F16 = 3,
  FLUXEL_DTYPE_BF16 = 4,
  FLUXEL_DTYPE_F32 = 5,
  FLUXEL_DTYPE_U64 = 6, /* only for fluxel_resize_nearest, which copies any element of 8 bytes as this */
  FLUXEL_DTYPE_I16 = 7  /* only for the flow steps */
} fluxel_dtype;

/* Who can read the memory. The library trusts it and never queries a pointer. */
typedef enum fluxel_memory {
  FLUXEL_MEMORY_HOST = 0,
  FLUXEL_MEMORY_PINNED = 1,
  FLUXEL_MEMORY_MANAGED = 2,
  FLUXEL_MEMORY_DEVICE = 3
} fluxel_memory;

typedef enum fluxel_run_on {
  FLUXEL_RUN_ON_BY_MEMORY = 0, /* host and pinned images on the CPU, device and managed images on CUDA */
  FLUXEL_RUN_ON_CPU = 1,
  FLUXEL_RUN_ON_CUDA = 2,     /* host images are copied to the device and back */
  FLUXEL_RUN_ON_AUTOMATIC = 3 /* CUDA where it is usable, else the CPU: the bytes are the same */
} fluxel_run_on;

typedef enum fluxel_backend { FLUXEL_BACKEND_CPU = 0, FLUXEL_BACKEND_CUDA = 1 } fluxel_backend;

/* Images whose pixels are packed (channels adjacent). Interleaved (NHWC): channels = C, count = N. Planar (NCHW):
 * channels = 1, planes = C, count = N. Pitch and strides are bytes, of any sign; 0 means packed. Sources are only
 * read. This struct will not grow. */
typedef struct fluxel_image {
  void* data;     /* first pixel of the first row */
  int32_t dtype;  /* fluxel_dtype */
  int32_t memory; /* fluxel_memory */
  int64_t width;
  int64_t height;
  int64_t channels; /* 0 means 1, here and in planes and count */
  int64_t pitch;    /* from a row to the next */
  int64_t planes;
  int64_t plane_stride;
  int64_t count; /* images of a batch */
  int64_t stride;
} fluxel_image;

/* Where memory comes from: both functions are null (fluxel's own memory), or neither. allocate returns null when there
 * is not enough. stream is the one that uses the memory first, or last. */
typedef struct fluxel_memory_resource {
  void* (*allocate)(void* context, size_t bytes, size_t alignment, struct CUstream_st* stream);
  void (*deallocate)(void* context, void* p, size_t bytes, size_t alignment, struct CUstream_st* stream);
  void* context;
} fluxel_memory_resource;

/* Where an object or a call runs. A null pointer to one means fluxel_placement_default(). */
typedef struct fluxel_placement {
  size_t struct_size; /* sizeof(fluxel_placement) */
  int32_t run_on;     /* fluxel_run_on */
  int32_t device;     /* index of the CUDA device; -1 is the current one */
  int32_t threads;    /* of the CPU: 0 uses the process-wide pool, 1 only the caller's thread */
  int32_t reserved;   /* 0 */
  fluxel_memory_resource device_memory;
  fluxel_memory_resource host_memory;
} fluxel_placement;

static inline fluxel_placement fluxel_placement_default(void) {
  fluxel_placement placement;
  memset(&placement, 0, sizeof placement);
  placement.struct_size = sizeof placement;
  placement.device = -1;
  return placement;
}

/* One packed image in host memory; set pitch and memory afterwards where they differ. */
static inline fluxel_image fluxel_image_of(fluxel_dtype dtype, const void* data, int64_t width, int64_t height,
                                           int64_t channels) {
  fluxel_image image;
  memset(&image, 0, sizeof image);
  memcpy(&image.data, &data, sizeof image.data); /* sources are only read: not a cast, which would warn */
  image.dtype = (int32_t)dtype;
  image.width = width;
  image.height = height;
  image.channels = channels;
  image.planes = 1;
  image.count = 1;
  return image;
}
static inline fluxel_image fluxel_image_u8(const uint8_t* data, int64_t width, int64_t height, int64_t channels) {
  return fluxel_image_of(FLUXEL_DTYPE_U8, data, width, height, channels);
}
static inline fluxel_image fluxel_image_u16(const uint16_t* data, int64_t width, int64_t height, int64_t channels) {
  return fluxel_image_of(FLUXEL_DTYPE_U16, data, width, height, channels);
}
static inline fluxel_image fluxel_image_f32(const float* data, int64_t width, int64_t height, int64_t channels) {
  return fluxel_image_of(FLUXEL_DTYPE_F32, data, width, height, channels);
}

#ifdef __cplusplus
}
#endif

#endif
