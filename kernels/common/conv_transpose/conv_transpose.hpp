// SPDX-License-Identifier: Apache-2.0
#pragma once

// Transposed convolution as a gather, revision 1 of the bytes of `conv_transpose`; and upsampling with zeros beyond
// the border, which interpolates as lerp.hpp does: revision 2 of `upsample_conv_transpose`.

#include <cstddef>
#include <cstdint>

#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/conv_transpose.hpp"

namespace fluxel::kernels {

/// The source index that kernel tap k carries to output i along one axis, or -1 when there is none.
FLUXEL_HD int conv_source(const conv_axis& axis, int i, int k, int src_size) {
  const int t = i + axis.pad - k * axis.dilation;
  if (t < 0 || t % axis.stride != 0) return -1;
  const int index = t / axis.stride;
  return index < src_size ? index : -1;
}

/// A tensor by its byte strides: interleaved channels or planes.
struct tensor {
  std::byte* data;
  std::ptrdiff_t pixel;
  std::ptrdiff_t row;
  std::ptrdiff_t channel;
  std::ptrdiff_t image;
  int width;
  int height;
  int channels;
  int count;
};

inline tensor as_tensor(const image& im, int element_bytes) {
  const bool planar = im.planes > 1;
  return {.data = static_cast<std::byte*>(im.data),
          .pixel = std::ptrdiff_t{im.channels} * element_bytes,
          .row = im.pitch,
          .channel = planar ? im.plane_stride : std::ptrdiff_t{element_bytes},
          .image = im.stride,
          .width = im.width,
          .height = im.height,
          .channels = im.channels * im.planes,
          .count = im.count};
}

/// A plane that is upsampled with zeros beyond its border.
struct zero_edged_plane {
  const std::byte* data;
  std::ptrdiff_t pitch;
  int width;
  int height;
  int channels;

  template <class T>
  FLUXEL_HD T pixel(int y, int x, int c) const {
    if (y < 0 || y >= height || x < 0 || x >= width) return T{};
    return reinterpret_cast<const T*>(data + y * pitch)[std::ptrdiff_t{x} * channels + c];
  }
};

struct upsampling {
  int factor;
  last_rounding rounding;
  explicit upsampling(int factor) : factor(factor), rounding(rounding_of_upsampling(factor)) {}
};

/// Channel c of output pixel (x, y).
template <class T>
FLUXEL_HD T upsample_pixel(const zero_edged_plane& src, const upsampling& by, int y, int x, int c) {
  using L = lerp<T>;
  const position py = upsample_position(y, by.factor);
  const position px = upsample_position(x, by.factor);
  const auto w = L::from_fraction(px.fraction);
  const int i = px.index;
  const int j = py.index;
  const auto top = L::horizontal(src.pixel<T>(j, i, c), src.pixel<T>(j, i + 1, c), w);
  const auto bottom = L::horizontal(src.pixel<T>(j + 1, i, c), src.pixel<T>(j + 1, i + 1, c), w);
  return L::vertical(top, bottom, L::from_fraction(py.fraction), by.rounding);
}

/// Outputs along one axis that a zero beyond the border reaches: [0, low) and [high, src_size * factor). Between them
/// the upsampling is `resize_bilinear`.
struct faded_border {
  int low;
  int high;
  FLUXEL_HD faded_border(int src_size, int factor) : low(factor / 2), high((src_size - 1) * factor + factor / 2) {}
};

}  // namespace fluxel::kernels
