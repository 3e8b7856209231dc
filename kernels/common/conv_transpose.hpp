#pragma once

// Transposed convolution as a gather. Revision 1 of the bytes of `conv_transpose2d` and of the upsampling with zeros
// beyond the border, which interpolates as lerp.hpp does.

#include <cstddef>
#include <cstdint>

#include "kernels/common/hd.hpp"
#include "kernels/kernels.hpp"

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

}  // namespace fluxel::kernels
