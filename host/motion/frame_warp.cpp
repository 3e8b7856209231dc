// SPDX-License-Identifier: Apache-2.0
#include "host/motion/frame_warp.hpp"

#include "fluxel/owned_frame.hpp"

namespace fluxel::host {

sample_grid grid_of(const frame_format& f, int plane) {
  if (!f.planes[plane].subsampled) return {};
  const int x = 1 << f.chroma_shift_x, y = 1 << f.chroma_shift_y;
  sample_grid g{double(x), (x - 1) / 2.0, double(y), (y - 1) / 2.0};
  const chroma_location at = f.chroma_location;
  const bool centred = at == chroma_location::center || at == chroma_location::top || at == chroma_location::bottom;
  if (!centred) g.first_x = 0;
  if (at == chroma_location::top_left || at == chroma_location::top) g.first_y = 0;
  if (at == chroma_location::bottom_left || at == chroma_location::bottom) g.first_y = y - 1;
  return g;
}

namespace {

/// The same map between samples of a plane.
matrix3x3 between_samples(const matrix3x3& luma, const sample_grid& g) {
  const matrix3x3 to_luma{{g.step_x, 0, g.first_x, 0, g.step_y, g.first_y, 0, 0, 1}};
  return inverse(to_luma) * luma * to_luma;
}

template <class T, class Void>
image_view<T> plane_view(const frame_view<Void>& frame, int plane) {
  const size s = frame.format.plane_size(plane);
  image_view<T> v{static_cast<T*>(frame.data[plane]), s.width, s.height, frame.format.planes[plane].channels,
                  frame.pitch[plane]};
  v.memory = frame.memory;
  return v;
}

template <class T>
void warp_plane(const frame_warp& how, const frame_view<const void>& src, const matrix3x3& m,
                const frame_view<void>& dst, int plane) {
  const frame_format& f = src.format;
  const perspective_options options{.filter = how.filter,
                                    .outside = how.outside,
                                    .bit_depth = f.high_bits || f.bit_depth < 8 ? 16 : f.bit_depth,
                                    .low_zero_bits = f.high_bits ? 16 - f.bit_depth : 0};
  warp_perspective(plane_view<const T>(src, plane), m, plane_view<T>(dst, plane), options, how.where);
}

}  // namespace

void frame_warp::operator()(const frame_view<const void>& src, const matrix3x3& to_src,
                            const frame_view<void>& dst) const {
  for (int p = 0; p < src.format.plane_count; ++p) {
    const matrix3x3 m = between_samples(to_src, grid_of(src.format, p));
    switch (src.format.type()) {
      case element_type::u8:
        warp_plane<u8>(*this, src, m, dst, p);
        break;
      case element_type::f32:
        warp_plane<f32>(*this, src, m, dst, p);
        break;
      default:
        warp_plane<u16>(*this, src, m, dst, p);
    }
  }
}

void frame_warp::operator()(const frame_view<const void>& src, const matrix3x3& to_src, const frame_view<void>& dst,
                            int left, int top, const size& part) const {
  const matrix3x3 there{{1, 0, double(left), 0, 1, double(top), 0, 0, 1}};
  (*this)(src, to_src * there, sub_frame(dst, left, top, part));
}

}  // namespace fluxel::host
