/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_TENSOR_H
#define FLUXEL_C_TENSOR_H

/* Tensors as images. fluxel/dlpack.h has the calls for DLPack; this is what they are made of, without its header. */

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The dimensions of a tensor, outermost first: images of a batch, channels, height, width. */
typedef enum fluxel_tensor_layout {
  FLUXEL_TENSOR_LAYOUT_HW = 0,
  FLUXEL_TENSOR_LAYOUT_HWC = 1,
  FLUXEL_TENSOR_LAYOUT_CHW = 2,
  FLUXEL_TENSOR_LAYOUT_NHWC = 3,
  FLUXEL_TENSOR_LAYOUT_NCHW = 4
} fluxel_tensor_layout;

/* A tensor in the terms of DLPack. */
typedef struct fluxel_tensor {
  size_t struct_size;
  void* data;
  uint64_t byte_offset;
  const int64_t* shape;
  const int64_t* strides; /* elements; null: compact, the last dimension fastest */
  int32_t dimensions;
  int32_t type_code; /* 0 signed, 1 unsigned, 2 float, 4 bfloat */
  int32_t bits;
  int32_t lanes;
  int32_t device_type; /* 1 host, 2 CUDA, 3 pinned, 13 managed */
  int32_t reserved;    /* 0 */
} fluxel_tensor;

/* The image that a tensor is; name is the argument that messages speak of. Rejects what an image cannot say: vector
 * lanes, broadcast or transposed strides, channels that are not adjacent in hwc and nhwc. */
FLUXEL_API fluxel_status fluxel_image_from_tensor(const fluxel_tensor* tensor, fluxel_tensor_layout layout,
                                                  const char* name, fluxel_image* image);

#ifdef __cplusplus
}
#endif

#endif
