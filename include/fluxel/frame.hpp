// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include "fluxel/image_view.hpp"

namespace fluxel {
inline namespace v0 {

/// Where a chroma sample sits relative to the luma samples it covers.
enum class chroma_location : int {
  unspecified = 0,  ///< treated as left
  left = 1,         ///< on the left luma column, between the rows (MPEG-2, H.264 default)
  center = 2,       ///< between columns and rows (JPEG, MPEG-1)
  top_left = 3,     ///< on the top left luma sample
  top = 4,
  bottom_left = 5,
  bottom = 6,
};

enum class color_range : int { unspecified = 0, limited = 1, full = 2 };
enum class color_matrix : int { unspecified = 0, rgb = 1, bt601 = 2, bt709 = 3, bt2020 = 4, other = 5 };
enum class field_order : int { progressive = 0, top_first = 1, bottom_first = 2 };

/// What the last of several channels, or the last plane, is.
enum class alpha : int {
  none = 0,      ///< a channel like the others
  straight = 1,  ///< color is weighted by it while resampling, and divided out again
};

/// How the samples of one plane lie in memory.
struct plane_format {
  int channels = 1;  ///< samples per pixel: 2 for the interleaved chroma of NV12
  bool subsampled = false;
};

/// A pixel format by its structure, and the size of the frames in it.
struct frame_format {
  int width = 0;  ///< of the luma plane
  int height = 0;
  int plane_count = 0;  ///< 1 to 4
  std::array<plane_format, 4> planes{};
  int chroma_shift_x = 0;  ///< log2 of the horizontal subsampling; odd sizes have their chroma rounded up
  int chroma_shift_y = 0;
  int bit_depth = 8;       ///< significant bits: 8 in bytes, 9 to 16 in 16-bit words
  bool high_bits = false;  ///< the significant bits are the upper ones (P010); the lower bits are zero
  bool floating = false;   ///< samples are f32
  fluxel::chroma_location chroma_location = fluxel::chroma_location::unspecified;
  color_range range = color_range::unspecified;
  color_matrix matrix = color_matrix::unspecified;
  fluxel::alpha alpha = fluxel::alpha::none;  ///< of the last plane, or of the last channel of one packed plane
  field_order fields = field_order::progressive;

  size plane_size(int plane) const {
    const bool sub = planes[plane].subsampled;
    const int sx = sub ? chroma_shift_x : 0;
    const int sy = sub ? chroma_shift_y : 0;
    return {(width + (1 << sx) - 1) >> sx, (height + (1 << sy) - 1) >> sy};
  }
  element_type type() const {
    return floating ? element_type::f32 : bit_depth <= 8 ? element_type::u8 : element_type::u16;
  }
};

/// A frame: a format and where its planes are. `Void` is `void` or `const void`.
template <class Void>
struct frame_view {
  frame_format format;
  std::array<Void*, 4> data{};            ///< first row of each plane
  std::array<std::ptrdiff_t, 4> pitch{};  ///< bytes between rows of each plane, of any sign
  memory_kind memory = memory_kind::host;

  operator frame_view<const void>() const requires(!std::is_const_v<Void>) {
    frame_view<const void> v{format, {}, pitch, memory};
    for (int p = 0; p < 4; ++p) v.data[p] = data[p];
    return v;
  }
};

namespace formats {
/// 8-bit 4:2:0, luma plane and interleaved chroma plane.
FLUXEL_API frame_format nv12(size luma);
/// As nv12 with 10 bits in the upper bits of 16.
FLUXEL_API frame_format p010(size luma);
/// Planar YUV: subsampling by the shifts (1, 1: 4:2:0; 1, 0: 4:2:2; 0, 0: 4:4:4), 8 to 16 bits in the lower bits.
FLUXEL_API frame_format yuv(size luma, int chroma_shift_x, int chroma_shift_y, int bit_depth = 8);
}  // namespace formats

/// The two planes of an NV12 or P010 surface in one allocation, as hardware decoders hand it out: the chroma
/// plane starts `surface_height` rows below `base`.
template <class Void>
FLUXEL_API frame_view<Void> surface_view(const frame_format& format, Void* base, std::ptrdiff_t pitch,
                                         int surface_height, memory_kind memory);

}  // namespace v0
}  // namespace fluxel
