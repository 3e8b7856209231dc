// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>

namespace fluxel::kernels {

/// A view without its element type. Pitch and strides are written out, in bytes.
struct image {
  void* data = nullptr;
  int width = 0;
  int height = 0;
  int channels = 1;
  std::ptrdiff_t pitch = 0;
  int planes = 1;
  std::ptrdiff_t plane_stride = 0;
  int count = 1;
  std::ptrdiff_t stride = 0;
};

struct image_pair {
  image src;  ///< never written
  image dst;
};

/// One working plane per image of a batch; pitch and stride count elements.
template <class T>
struct plane {
  T* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t pitch = 0;
  int count = 1;
  std::ptrdiff_t stride = 0;

  operator plane<const T>() const requires(!std::is_const_v<T>) {
    return {data, width, height, pitch, count, stride};
  }
};

}  // namespace fluxel::kernels
