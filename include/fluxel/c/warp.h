/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_WARP_H
#define FLUXEL_C_WARP_H

/* Images moved along a flow: fluxel/warp.hpp, splat.hpp and blend.hpp have the documentation. */

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_warp_filter { FLUXEL_WARP_FILTER_BILINEAR = 0, FLUXEL_WARP_FILTER_BICUBIC = 1 } fluxel_warp_filter;

typedef struct fluxel_warp_options {
  size_t struct_size;
  int32_t filter;    /* fluxel_warp_filter */
  int32_t bit_depth; /* of u16 pixels: 8 to 16 */
  double scale;      /* what the flow is multiplied by */
} fluxel_warp_options;

static inline fluxel_warp_options fluxel_warp_options_default(void) {
  fluxel_warp_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.bit_depth = 16;
  options.scale = 1;
  return options;
}

/* flow: f32, 2 channels or 2 planes, of the size of dst; src: the dtype of dst, of any size. */
FLUXEL_API fluxel_status fluxel_warp(const fluxel_image* src, const fluxel_image* flow, const fluxel_image* dst,
                                     const fluxel_warp_options* options, const fluxel_placement* placement,
                                     void* stream);

typedef struct fluxel_splat_options {
  size_t struct_size;
  double scale; /* what the flow is multiplied by */
} fluxel_splat_options;

static inline fluxel_splat_options fluxel_splat_options_default(void) {
  fluxel_splat_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.scale = 1;
  return options;
}

/* Beside a splat: u8 images of 1 channel; null: none. */
typedef struct fluxel_splat_masks {
  size_t struct_size;
  const fluxel_image* priority; /* of the source pixels */
  const fluxel_image* covered;  /* written: 255 where a pixel arrived, else 0 */
} fluxel_splat_masks;

static inline fluxel_splat_masks fluxel_splat_masks_default(void) {
  fluxel_splat_masks masks;
  memset(&masks, 0, sizeof masks);
  masks.struct_size = sizeof masks;
  return masks;
}

FLUXEL_API fluxel_status fluxel_splat(const fluxel_image* src, const fluxel_image* flow, const fluxel_image* dst,
                                      const fluxel_splat_masks* masks, const fluxel_splat_options* options,
                                      const fluxel_placement* placement, void* stream);

typedef struct fluxel_blend_options {
  size_t struct_size;
  int32_t low_zero_bits; /* of u16 pixels: 0 to 8 */
  int32_t reserved;      /* 0 */
} fluxel_blend_options;

static inline fluxel_blend_options fluxel_blend_options_default(void) {
  fluxel_blend_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  return options;
}

/* a, b: the dtype and size of dst; weight: u8, 1 channel: 0 is a, 255 is b. */
FLUXEL_API fluxel_status fluxel_blend(const fluxel_image* a, const fluxel_image* b, const fluxel_image* weight,
                                      const fluxel_image* dst, const fluxel_blend_options* options,
                                      const fluxel_placement* placement, void* stream);

#ifdef __cplusplus
}
#endif

#endif
