/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_WARP_PERSPECTIVE_H
#define FLUXEL_C_WARP_PERSPECTIVE_H

/* Images moved by a matrix: fluxel/warp_perspective.hpp has the documentation. */

#include "fluxel/c/warp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_warp_outside { FLUXEL_WARP_OUTSIDE_REPEAT = 0, FLUXEL_WARP_OUTSIDE_KEEP = 1 } fluxel_warp_outside;

typedef struct fluxel_perspective_options {
  size_t struct_size;
  int32_t filter;        /* fluxel_warp_filter */
  int32_t outside;       /* fluxel_warp_outside */
  int32_t bit_depth;     /* of u16 pixels: 8 to 16 */
  int32_t low_zero_bits; /* of u16 pixels: 0 to 8 */
} fluxel_perspective_options;

static inline fluxel_perspective_options fluxel_perspective_options_default(void) {
  fluxel_perspective_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.bit_depth = 16;
  return options;
}

/* matrix: 9 elements, row by row, from dst to src. src: the dtype of dst, of another size if wanted. */
FLUXEL_API fluxel_status fluxel_warp_perspective(const fluxel_image* src, const double* matrix,
                                                 const fluxel_image* dst, const fluxel_perspective_options* options,
                                                 const fluxel_placement* placement, void* stream);

#ifdef __cplusplus
}
#endif

#endif
