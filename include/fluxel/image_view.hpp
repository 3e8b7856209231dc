// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>

#include "fluxel/export.h"
#include "fluxel/types.hpp"

namespace fluxel {
inline namespace v0 {

/// Who can read the memory. The library trusts it and never queries a pointer.
enum class memory_kind : int {
  host = 0,     ///< ordinary memory: runs on the CPU
  pinned = 1,   ///< page-locked host memory: runs on the CPU
  managed = 2,  ///< unified memory: runs on the device
  device = 3,   ///< device memory: runs on the device
};

namespace detail {
FLUXEL_API void check_sub_view(size whole, int x, int y, size part);
}  // namespace detail

/// A non-owning view of images whose pixels are packed (channels adjacent).
///
/// Interleaved (NHWC): `channels` = C, `count` = N. Planar (NCHW): `channels` = 1, `planes` = C, `count` = N.
/// Pitch and strides are bytes, of any sign, multiples of sizeof(T). Zero means packed: rows, planes and images
/// follow each other without a gap.
template <class T>
struct image_view {
  T* data = nullptr;  ///< first pixel of the first row; a flipped view starts at its last row in memory
  int width = 0;
  int height = 0;
  int channels = 1;
  std::ptrdiff_t pitch = 0;  ///< from a row to the next
  int planes = 1;
  std::ptrdiff_t plane_stride = 0;  ///< from a plane to the next
  int count = 1;                    ///< images in the batch; 0 is a valid, empty batch
  std::ptrdiff_t stride = 0;        ///< from an image to the next
  memory_kind memory = memory_kind::host;

  std::ptrdiff_t row_bytes() const { return std::ptrdiff_t{width} * channels * std::ptrdiff_t{sizeof(T)}; }

  /// The rectangle [x, x + w) x [y, y + h) of every plane. It repeats its own edge when it is resized.
  /// @throws fluxel::error invalid_argument  it is empty or leaves the view.
  image_view sub_view(int x, int y, int w, int h) const {
    detail::check_sub_view({width, height}, x, y, {w, h});
    image_view v = unpacked();
    v.data = shift(v.data, y * v.pitch + x * std::ptrdiff_t{channels} * std::ptrdiff_t{sizeof(T)});
    v.width = w;
    v.height = h;
    return v;
  }

  /// The same pixels, bottom row first.
  image_view flipped() const {
    image_view v = unpacked();
    v.data = shift(v.data, times(v.pitch, height - 1));
    v.pitch = times(v.pitch, -1);
    return v;
  }

  /// The same view with the zero (packed) pitch and strides written out.
  image_view unpacked() const {
    image_view v = *this;
    if (v.pitch == 0) v.pitch = row_bytes();
    if (v.plane_stride == 0) v.plane_stride = times(v.pitch, v.height);
    if (v.stride == 0) v.stride = times(v.plane_stride, v.planes);
    return v;
  }

  operator image_view<const T>() const requires(!std::is_const_v<T>) {
    return {data, width, height, channels, pitch, planes, plane_stride, count, stride, memory};
  }

 private:
  /// Wraps: calls reject what is beyond the address space.
  static std::ptrdiff_t times(std::ptrdiff_t stride, int n) {
    return static_cast<std::ptrdiff_t>(static_cast<std::size_t>(stride) * static_cast<std::size_t>(n));
  }
  using byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
  static T* shift(T* p, std::ptrdiff_t bytes) { return reinterpret_cast<T*>(reinterpret_cast<byte*>(p) + bytes); }
};

}  // namespace v0
}  // namespace fluxel
