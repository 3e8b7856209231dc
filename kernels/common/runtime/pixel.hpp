// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where pixels and rows lie: the address of a pixel, by image and coordinates.

#include <cstddef>

#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/image.hpp"

namespace fluxel::kernels {

FLUXEL_HD int clamp_index(int i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }

/// ... 1 0 | 0 1 2 ... n-1 | n-1 n-2 ...
FLUXEL_HD int reflect_index(int i, int n) {
  while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

template <class T>
FLUXEL_HD T* row_at(void* first_row, std::ptrdiff_t pitch, std::ptrdiff_t y) {
  return reinterpret_cast<T*>(static_cast<std::byte*>(first_row) + y * pitch);
}
/// Of image n, plane p.
template <class T>
FLUXEL_HD T* row_at(const image& im, int n, int p, int y) {
  return row_at<T>(static_cast<std::byte*>(im.data) + n * im.stride + p * im.plane_stride, im.pitch, y);
}
template <class T>
FLUXEL_HD T* row_at(const plane<T>& p, int n, int y) {
  return p.data + n * p.stride + y * p.pitch;
}

/// The pixel's first channel.
template <class T>
FLUXEL_HD T* pixel_at(const image& im, int n, int x, int y) {
  return row_at<T>(static_cast<std::byte*>(im.data) + n * im.stride, im.pitch, y) + std::ptrdiff_t{x} * im.channels;
}
template <class T>
FLUXEL_HD T& pixel_at(const plane<T>& p, int n, int x, int y) {
  return p.data[n * p.stride + y * p.pitch + x];
}
/// Beyond the border, the border's pixel.
template <class T>
FLUXEL_HD T& clamped_pixel(const plane<T>& p, int n, int x, int y) {
  return pixel_at(p, n, clamp_index(x, p.width), clamp_index(y, p.height));
}

}  // namespace fluxel::kernels
