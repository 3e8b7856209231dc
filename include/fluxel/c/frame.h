/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLUXEL_C_FRAME_H
#define FLUXEL_C_FRAME_H

/* Video frames: fluxel/frame.hpp and fluxel/resizer.hpp have the documentation. */

#include "fluxel/c/conv_transpose.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fluxel_chroma_location {
  FLUXEL_CHROMA_LOCATION_UNSPECIFIED = 0,
  FLUXEL_CHROMA_LOCATION_LEFT = 1,
  FLUXEL_CHROMA_LOCATION_CENTER = 2,
  FLUXEL_CHROMA_LOCATION_TOP_LEFT = 3,
  FLUXEL_CHROMA_LOCATION_TOP = 4,
  FLUXEL_CHROMA_LOCATION_BOTTOM_LEFT = 5,
  FLUXEL_CHROMA_LOCATION_BOTTOM = 6
} fluxel_chroma_location;

typedef enum fluxel_color_range {
  FLUXEL_COLOR_RANGE_UNSPECIFIED = 0,
  FLUXEL_COLOR_RANGE_LIMITED = 1,
  FLUXEL_COLOR_RANGE_FULL = 2
} fluxel_color_range;

typedef enum fluxel_color_matrix {
  FLUXEL_COLOR_MATRIX_UNSPECIFIED = 0,
  FLUXEL_COLOR_MATRIX_RGB = 1,
  FLUXEL_COLOR_MATRIX_BT601 = 2,
  FLUXEL_COLOR_MATRIX_BT709 = 3,
  FLUXEL_COLOR_MATRIX_BT2020 = 4,
  FLUXEL_COLOR_MATRIX_OTHER = 5
} fluxel_color_matrix;

typedef enum fluxel_field_order {
  FLUXEL_FIELD_ORDER_PROGRESSIVE = 0,
  FLUXEL_FIELD_ORDER_TOP_FIRST = 1,
  FLUXEL_FIELD_ORDER_BOTTOM_FIRST = 2
} fluxel_field_order;

/* A pixel format by its structure, and the size of the frames in it. */
typedef struct fluxel_frame_format {
  size_t struct_size;
  int64_t width; /* of the luma plane */
  int64_t height;
  int32_t plane_count;    /* 1 to 4 */
  int32_t channels[4];    /* of each plane: 2 for the interleaved chroma of NV12 */
  int32_t subsampled[4];  /* of each plane: 1 for chroma */
  int32_t chroma_shift_x; /* log2 of the horizontal subsampling */
  int32_t chroma_shift_y;
  int32_t bit_depth;       /* 8 in bytes, 9 to 16 in 16-bit words */
  int32_t high_bits;       /* 1: the significant bits are the upper ones (P010) */
  int32_t floating;        /* 1: samples are f32 */
  int32_t chroma_location; /* fluxel_chroma_location */
  int32_t range;           /* fluxel_color_range */
  int32_t matrix;          /* fluxel_color_matrix */
  int32_t alpha;           /* fluxel_alpha: of the last plane, or of the last channel of one packed plane */
  int32_t fields;          /* fluxel_field_order */
} fluxel_frame_format;

typedef struct fluxel_frame {
  size_t struct_size;
  const fluxel_frame_format* format;
  void* data[4];    /* first row of each plane; sources are only read */
  int64_t pitch[4]; /* bytes between the rows of each plane, of any sign */
  int32_t memory;   /* fluxel_memory */
  int32_t reserved; /* 0 */
} fluxel_frame;

/* The formats that people have most, written into *format, whose struct_size the caller has set: 8-bit 4:2:0 with
 * interleaved chroma; the same with 10 bits in the upper bits of 16; planar YUV with subsampling by the shifts. */
FLUXEL_API fluxel_status fluxel_frame_format_nv12(int64_t width, int64_t height, fluxel_frame_format* format);
FLUXEL_API fluxel_status fluxel_frame_format_p010(int64_t width, int64_t height, fluxel_frame_format* format);
FLUXEL_API fluxel_status fluxel_frame_format_yuv(int64_t width, int64_t height, int32_t chroma_shift_x,
                                                 int32_t chroma_shift_y, int32_t bit_depth,
                                                 fluxel_frame_format* format);
FLUXEL_API fluxel_status fluxel_frame_format_plane_size(const fluxel_frame_format* format, int32_t plane,
                                                        int64_t* width, int64_t* height);
/* An NV12 or P010 surface in one allocation, as hardware decoders make it: chroma starts surface_height rows below
 * base. The caller has set frame->struct_size; the frame keeps the pointer to the format. */
FLUXEL_API fluxel_status fluxel_surface_view(const fluxel_frame_format* format, void* base, int64_t pitch,
                                             int64_t surface_height, fluxel_memory memory, fluxel_frame* frame);

FLUXEL_API fluxel_status fluxel_resize_frame(const fluxel_frame* src, const fluxel_frame* dst,
                                             const fluxel_resize_options* options, const fluxel_placement* placement,
                                             void* stream);
FLUXEL_API fluxel_status fluxel_resizer_create_frames(const fluxel_frame_format* src, int64_t dst_width,
                                                      int64_t dst_height, const fluxel_resize_options* options,
                                                      const fluxel_placement* placement, fluxel_resizer** out_handle);
FLUXEL_API fluxel_status fluxel_resizer_run_frame(const fluxel_resizer* object, const fluxel_frame* src,
                                                  const fluxel_frame* dst, void* stream);

/* Frames enlarged by a whole factor: fluxel/frame_upsampler.hpp has the documentation. */
FLUXEL_API fluxel_status fluxel_upsample_frame(const fluxel_frame* src, const fluxel_frame* dst, int32_t factor,
                                               fluxel_edge edge, const fluxel_placement* placement, void* stream);
typedef struct fluxel_frame_upsampler fluxel_frame_upsampler;
FLUXEL_API fluxel_status fluxel_frame_upsampler_create(const fluxel_frame_format* src, int32_t factor,
                                                       fluxel_edge edge, const fluxel_placement* placement,
                                                       fluxel_frame_upsampler** out_handle);
FLUXEL_API fluxel_status fluxel_frame_upsampler_run(const fluxel_frame_upsampler* object, const fluxel_frame* src,
                                                    const fluxel_frame* dst, void* stream);
FLUXEL_API fluxel_status fluxel_frame_upsampler_prepare(fluxel_frame_upsampler* object, fluxel_memory memory);
FLUXEL_API fluxel_status fluxel_frame_upsampler_backend(const fluxel_frame_upsampler* object,
                                                        fluxel_backend* backend);
FLUXEL_API fluxel_status fluxel_frame_upsampler_workspace_size(const fluxel_frame_upsampler* object, size_t* bytes);
FLUXEL_API void fluxel_frame_upsampler_destroy(fluxel_frame_upsampler* object);

/* Fills a frame in host memory with black; transparent where it has alpha. */
FLUXEL_API fluxel_status fluxel_fill_black(const fluxel_frame* frame);

#ifdef __cplusplus
}
#endif

#endif
