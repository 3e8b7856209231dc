// SPDX-License-Identifier: Apache-2.0
#include "fluxel/owned_frame.hpp"

#include <cstdint>
#include <cstring>
#include <string>

#include "host/core/errors.hpp"
#include "host/resize/frame_planes.hpp"

namespace fluxel {
inline namespace v0 {

namespace {

/// Black, in the units of the samples.
std::uint32_t black(const frame_format& f, int plane, int channel) {
  const bool rgb = f.matrix == color_matrix::rgb;
  const bool last = plane == f.plane_count - 1 && channel == f.planes[plane].channels - 1;
  if (f.floating || (f.alpha != alpha::none && last)) return 0;
  const bool packed_color = f.plane_count == 1 && f.planes[0].channels > 2;
  const bool chroma = !rgb && (packed_color ? channel > 0 : f.plane_count > 1 && plane > 0);
  // Grey pictures without a stated range are full range.
  const bool grey = f.plane_count == 1 && f.planes[0].channels <= 2;
  const bool full = rgb || f.range == color_range::full || (grey && f.range == color_range::unspecified);
  const std::uint32_t eight_bits = chroma ? 128 : full ? 0 : 16;
  return eight_bits << (f.bit_depth - 8) << (f.high_bits ? 16 - f.bit_depth : 0);
}

template <class T>
void fill_plane(const frame_view<void>& v, int plane) {
  const size s = v.format.plane_size(plane);
  const int channels = v.format.planes[plane].channels;
  for (int y = 0; y < s.height; ++y) {
    T* row = reinterpret_cast<T*>(static_cast<std::byte*>(v.data[plane]) + y * v.pitch[plane]);
    for (int c = 0; c < channels; ++c) {
      const T value = T(black(v.format, plane, c));
      for (int x = 0; x < s.width; ++x) row[x * channels + c] = value;
    }
  }
}

}  // namespace

void fill_black(const frame_view<void>& frame) {
  for (int p = 0; p < frame.format.plane_count; ++p) switch (frame.format.type()) {
      case element_type::u8:
        fill_plane<std::uint8_t>(frame, p);
        break;
      case element_type::f32:
        fill_plane<float>(frame, p);
        break;
      default:
        fill_plane<std::uint16_t>(frame, p);
    }
}

frame_view<void> sub_frame(const frame_view<void>& frame, int left, int top, size part_size) {
  frame_view<void> out = frame;
  const frame_format& f = frame.format;
  out.format.width = part_size.width;
  out.format.height = part_size.height;
  for (int p = 0; p < f.plane_count; ++p) {
    const bool sub = f.planes[p].subsampled;
    const std::ptrdiff_t x = left >> (sub ? f.chroma_shift_x : 0);
    const std::ptrdiff_t y = top >> (sub ? f.chroma_shift_y : 0);
    out.data[p] = static_cast<std::byte*>(frame.data[p]) + y * frame.pitch[p] +
                  x * f.planes[p].channels * element_size(f.type());
  }
  return out;
}

owned_frame::owned_frame(const frame_format& format) {
  const host::call_site site{"owned_frame"};
  host::check_formats(site, format, {format.width, format.height}, {});
  view_.format = format;
  host::translate_bad_alloc(site.function, [&] {
    for (int p = 0; p < format.plane_count; ++p) {
      const size s = format.plane_size(p);
      view_.pitch[p] = std::ptrdiff_t{s.width} * format.planes[p].channels * element_size(format.type());
      memory_[p].resize(static_cast<std::size_t>(view_.pitch[p]) * static_cast<std::size_t>(s.height));
      view_.data[p] = memory_[p].data();
    }
  });
}

}  // namespace v0
}  // namespace fluxel
