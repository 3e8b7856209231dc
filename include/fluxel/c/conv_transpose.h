/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_CONV_TRANSPOSE_H
#define FLUXEL_C_CONV_TRANSPOSE_H

/* Transposed convolution: fluxel/conv_transpose.hpp and fluxel/bilinear_adjoint.hpp have the documentation. */

#include "fluxel/c/resize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What lies beyond the border of an image that is upsampled. */
typedef enum fluxel_edge { FLUXEL_EDGE_ZERO = 0, FLUXEL_EDGE_REPLICATE = 1 } fluxel_edge;

typedef enum fluxel_padding {
  FLUXEL_PADDING_EXPLICIT = 0,
  FLUXEL_PADDING_SAME = 1,
  FLUXEL_PADDING_VALID = 2
} fluxel_padding;

/* Packed: (in, out_per_group, height, width). Element type and memory are those of the source image. This struct will
 * not grow. */
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
  int32_t stride_x;
  int32_t stride_y;
  int32_t dilation_x;
  int32_t dilation_y;
  int32_t padding; /* fluxel_padding */
  int32_t left;    /* cut off the full result, with FLUXEL_PADDING_EXPLICIT */
  int32_t top;
  int32_t right;
  int32_t bottom;
  int32_t output_padding_x;
  int32_t output_padding_y;
  int32_t groups;
} fluxel_conv_transpose_options;

static inline fluxel_conv_transpose_options fluxel_conv_transpose_options_default(void) {
  fluxel_conv_transpose_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.stride_x = options.stride_y = 1;
  options.dilation_x = options.dilation_y = 1;
  options.groups = 1;
  return options;
}

FLUXEL_API fluxel_status fluxel_conv_transpose_size(int64_t src_width, int64_t src_height, int64_t kernel_width,
                                                    int64_t kernel_height,
                                                    const fluxel_conv_transpose_options* options, int64_t* dst_width,
                                                    int64_t* dst_height);
FLUXEL_API fluxel_status fluxel_conv_transpose(const fluxel_image* src, const fluxel_conv_weights* weights,
                                               const fluxel_image* dst, const fluxel_conv_transpose_options* options,
                                               const fluxel_placement* placement, void* stream);
/* Writes k x k weights, k = 2 * factor - factor % 2. */
FLUXEL_API fluxel_status fluxel_bilinear_kernel(int32_t factor, float* weights);
FLUXEL_API fluxel_status fluxel_upsample_conv_transpose(const fluxel_image* src, const fluxel_image* dst,
                                                        int32_t factor, fluxel_edge edge,
                                                        const fluxel_placement* placement, void* stream);

/* A transposed convolution with fixed weights: host memory, copied, of element type dtype. */
typedef struct fluxel_transposed_convolution fluxel_transposed_convolution;
FLUXEL_API fluxel_status fluxel_transposed_convolution_create(int64_t src_width, int64_t src_height,
                                                              fluxel_dtype dtype, const fluxel_conv_weights* weights,
                                                              const fluxel_conv_transpose_options* options,
                                                              const fluxel_placement* placement,
                                                              fluxel_transposed_convolution** out_handle);
FLUXEL_API fluxel_status fluxel_transposed_convolution_run(const fluxel_transposed_convolution* object,
                                                           const fluxel_image* src, const fluxel_image* dst,
                                                           void* stream);
FLUXEL_API fluxel_status fluxel_transposed_convolution_prepare(fluxel_transposed_convolution* object,
                                                               fluxel_memory memory);
/* Whether the weights are exactly those of bilinear upsampling, which runs faster: 0 or 1. */
FLUXEL_API fluxel_status fluxel_transposed_convolution_recognised_bilinear(
    const fluxel_transposed_convolution* object, int32_t* recognised);
FLUXEL_API fluxel_status fluxel_transposed_convolution_output_size(const fluxel_transposed_convolution* object,
                                                                   int64_t* width, int64_t* height);
FLUXEL_API fluxel_status fluxel_transposed_convolution_backend(const fluxel_transposed_convolution* object,
                                                               fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_transposed_convolution_workspace_size(const fluxel_transposed_convolution* object,
                                                                      size_t* bytes);
FLUXEL_API void fluxel_transposed_convolution_destroy(fluxel_transposed_convolution* object);

/* The gradient by the source of fluxel_resize_bilinear: src is the gradient by the forward destination. */
FLUXEL_API fluxel_status fluxel_resize_bilinear_adjoint(const fluxel_image* src, const fluxel_image* dst,
                                                        const fluxel_bilinear_options* options,
                                                        const fluxel_placement* placement, void* stream);
typedef struct fluxel_bilinear_adjoint fluxel_bilinear_adjoint;
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_create(const fluxel_resize_geometry* forward,
                                                        const fluxel_bilinear_options* options,
                                                        const fluxel_placement* placement,
                                                        fluxel_bilinear_adjoint** out_handle);
/* As above, of fluxel_upsample_conv_transpose. */
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_create_upsample(const fluxel_resize_geometry* forward,
                                                                 fluxel_edge edge, const fluxel_placement* placement,
                                                                 fluxel_bilinear_adjoint** out_handle);
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_run(const fluxel_bilinear_adjoint* object, const fluxel_image* src,
                                                     const fluxel_image* dst, void* stream);
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_prepare(fluxel_bilinear_adjoint* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_backend(const fluxel_bilinear_adjoint* object,
                                                         fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_bilinear_adjoint_workspace_size(const fluxel_bilinear_adjoint* object, size_t* bytes);
FLUXEL_API void fluxel_bilinear_adjoint_destroy(fluxel_bilinear_adjoint* object);

#ifdef __cplusplus
}
#endif

#endif
