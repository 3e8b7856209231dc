// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "fluxel/frame.hpp"

namespace fluxel {
inline namespace v0 {
namespace formats {

frame_format nv12(size luma) {
  frame_format f{
      .width = luma.width, .height = luma.height, .plane_count = 2, .chroma_shift_x = 1, .chroma_shift_y = 1};
  f.planes[1] = {.channels = 2, .subsampled = true};
  return f;
}

frame_format p010(size luma) {
  frame_format f = nv12(luma);
  f.bit_depth = 10;
  f.high_bits = true;
  return f;
}

frame_format yuv(size luma, int chroma_shift_x, int chroma_shift_y, int bit_depth) {
  frame_format f{.width = luma.width,
                 .height = luma.height,
                 .plane_count = 3,
                 .chroma_shift_x = chroma_shift_x,
                 .chroma_shift_y = chroma_shift_y,
                 .bit_depth = bit_depth};
  f.planes[1].subsampled = f.planes[2].subsampled = true;
  return f;
}

}  // namespace formats

template <class Void>
frame_view<Void> surface_view(const frame_format& format, Void* base, std::ptrdiff_t pitch, int surface_height,
                              memory_kind memory) {
  // As integers, which no pitch can overflow; calls check what comes out.
  const auto chroma = reinterpret_cast<std::uintptr_t>(base) + static_cast<std::size_t>(pitch) * surface_height;
  frame_view<Void> v{.format = format, .memory = memory};
  v.data[0] = base;
  v.data[1] = reinterpret_cast<Void*>(chroma);
  v.pitch[0] = v.pitch[1] = pitch;
  return v;
}

template frame_view<void> surface_view(const frame_format&, void*, std::ptrdiff_t, int, memory_kind);
template frame_view<const void> surface_view(const frame_format&, const void*, std::ptrdiff_t, int, memory_kind);

}  // namespace v0
}  // namespace fluxel
