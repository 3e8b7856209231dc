/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_DLPACK_H
#define FLUXEL_DLPACK_H

/* DLPack tensors in C. Needs DLPack's own header, which fluxel does not install. Nothing is copied and nothing is
 * owned: a DLManagedTensor stays the caller's to delete. C++ has fluxel/dlpack.hpp. */

#include <dlpack/dlpack.h>

#include "fluxel/fluxel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A tensor as an image; see fluxel_image_from_tensor. */
static inline fluxel_status fluxel_image_from_dltensor(const DLTensor* tensor, fluxel_tensor_layout layout,
                                                       const char* name, fluxel_image* image) {
  fluxel_tensor t;
  if (tensor == NULL) return fluxel_image_from_tensor(NULL, layout, name, image);
  memset(&t, 0, sizeof t);
  t.struct_size = sizeof t;
  t.data = tensor->data;
  t.byte_offset = tensor->byte_offset;
  t.shape = tensor->shape;
  t.strides = tensor->strides;
  t.dimensions = (int32_t)tensor->ndim;
  t.type_code = (int32_t)tensor->dtype.code;
  t.bits = (int32_t)tensor->dtype.bits;
  t.lanes = (int32_t)tensor->dtype.lanes;
  t.device_type = (int32_t)tensor->device.device_type;
  return fluxel_image_from_tensor(&t, layout, name, image);
}

/* fluxel_resize of tensors, both of this layout. */
static inline fluxel_status fluxel_resize_dltensor(const DLTensor* src, const DLTensor* dst,
                                                   fluxel_tensor_layout layout, const fluxel_resize_options* options,
                                                   const fluxel_placement* placement, void* stream) {
  fluxel_image from, to;
  fluxel_status status = fluxel_image_from_dltensor(src, layout, "src", &from);
  if (status == FLUXEL_STATUS_OK) status = fluxel_image_from_dltensor(dst, layout, "dst", &to);
  if (status != FLUXEL_STATUS_OK) return status;
  return fluxel_resize(&from, &to, options, placement, stream);
}

/* fluxel_upsample_conv_transpose of tensors, both of this layout. */
static inline fluxel_status fluxel_upsample_dltensor(const DLTensor* src, const DLTensor* dst,
                                                     fluxel_tensor_layout layout, int32_t factor, fluxel_edge edge,
                                                     const fluxel_placement* placement, void* stream) {
  fluxel_image from, to;
  fluxel_status status = fluxel_image_from_dltensor(src, layout, "src", &from);
  if (status == FLUXEL_STATUS_OK) status = fluxel_image_from_dltensor(dst, layout, "dst", &to);
  if (status != FLUXEL_STATUS_OK) return status;
  return fluxel_upsample_conv_transpose(&from, &to, factor, edge, placement, stream);
}

/* fluxel_dense_flow_run on tensors: frames of one layout, the flow of another (hwc or nhwc with two channels, chw or
 * nchw with two planes). */
static inline fluxel_status fluxel_dense_flow_run_dltensor(fluxel_dense_flow* object, const DLTensor* prev,
                                                           const DLTensor* next, fluxel_tensor_layout frames,
                                                           const DLTensor* flow, fluxel_tensor_layout flow_layout,
                                                           void* stream) {
  fluxel_image images[3];
  fluxel_flow_pair pair;
  fluxel_flow_result result;
  fluxel_status status = fluxel_image_from_dltensor(prev, frames, "prev", &images[0]);
  if (status == FLUXEL_STATUS_OK) status = fluxel_image_from_dltensor(next, frames, "next", &images[1]);
  if (status == FLUXEL_STATUS_OK) status = fluxel_image_from_dltensor(flow, flow_layout, "flow", &images[2]);
  if (status != FLUXEL_STATUS_OK) return status;
  memset(&pair, 0, sizeof pair);
  pair.struct_size = sizeof pair;
  pair.prev = &images[0];
  pair.next = &images[1];
  memset(&result, 0, sizeof result);
  result.struct_size = sizeof result;
  result.flow = &images[2];
  return fluxel_dense_flow_run(object, &pair, &result, stream);
}

#ifdef __cplusplus
}
#endif

#endif
