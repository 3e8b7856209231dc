/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_FLOW_COLOR_H
#define FLUXEL_C_FLOW_COLOR_H

/* Flow in colors: fluxel/flow_color.hpp and fluxel/flow_lengths.hpp have the documentation. */

#include "fluxel/c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fluxel_flow_color_options {
  size_t struct_size;
  double full_length; /* px: vectors of this length have the full color */
} fluxel_flow_color_options;

static inline fluxel_flow_color_options fluxel_flow_color_options_default(void) {
  fluxel_flow_color_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.full_length = 1;
  return options;
}

/* flow: f32, 2 channels or 2 planes; colors: u8, 3 channels. */
FLUXEL_API fluxel_status fluxel_draw_flow(const fluxel_image* flow, const fluxel_image* colors,
                                          const fluxel_flow_color_options* options, const fluxel_placement* placement,
                                          void* stream);

#define FLUXEL_FLOW_LENGTH_BINS 8192

/* How many vectors have which length. This struct will not grow. */
typedef struct fluxel_flow_lengths {
  uint32_t count[FLUXEL_FLOW_LENGTH_BINS];
  uint32_t longest; /* bits of the largest squared length, a float */
} fluxel_flow_lengths;

/* lengths: one for each image, in the memory of the flow; count is their number. */
FLUXEL_API fluxel_status fluxel_measure_flow_lengths(const fluxel_image* flow, fluxel_flow_lengths* lengths,
                                                     int64_t count, const fluxel_placement* placement, void* stream);
FLUXEL_API fluxel_status fluxel_length_of_share(const fluxel_flow_lengths* lengths, double share, double* length);

#ifdef __cplusplus
}
#endif

#endif
