// SPDX-License-Identifier: Apache-2.0
#pragma once

// Working memory of a flow object: one block, divided into planes.

#include <cstddef>
#include <type_traits>

#include "host/core/object_memory.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// Two passes over the same code: with no block it counts bytes, with one it hands them out.
class plane_layout {
 public:
  explicit plane_layout(int count, std::byte* block = nullptr) : count_(count), block_(block) {}

  /// A plane for every image of the batch.
  template <class T>
  kernels::plane<T> take(size s) {
    return take<T>(s, count_);
  }
  template <class T>
  kernels::plane<T> take_one(size s) {
    return take<T>(s, 1);
  }
  /// Bytes without a shape.
  void* take_bytes(std::size_t bytes) {
    constexpr int row = 1 << 16;  // in rows: there may be more than an int holds
    return take<std::byte>({row, static_cast<int>(bytes / row + 1)}, 1).data;
  }
  kernels::flow_planes take_flow(size s) { return {take<std::int16_t>(s), take<std::int16_t>(s)}; }
  std::size_t used() const { return used_; }

 private:
  template <class T>
  kernels::plane<T> take(size s, int count) {
    constexpr std::size_t line = 64;
    const int row = std::is_same_v<T, float> ? kernels::flow_row_elements(s.width) : s.width;
    const std::size_t pitch = (row * sizeof(T) + line - 1) / line * line;
    T* data = block_ == nullptr ? nullptr : reinterpret_cast<T*>(block_ + used_);
    used_ += pitch * s.height * count;
    const auto elements = static_cast<std::ptrdiff_t>(pitch / sizeof(T));
    return {data, s.width, s.height, elements, count, elements * s.height};
  }

  int count_;
  std::byte* block_;
  std::size_t used_ = 0;
};

/// Makes room for what layout_planes(layout) takes, and hands it out. It begins as zeros: pyramids are copied with
/// the padding of their rows, which nothing else writes.
template <class Layout>
void reserve_planes(device_buffer& block, int count, const char* function, const Layout& layout_planes) {
  plane_layout sizes(count);
  layout_planes(sizes);
  plane_layout places(count, static_cast<std::byte*>(block.reserve(sizes.used(), function)));
  block.clear(function);
  layout_planes(places);
}

/// The upper left part of a plane: levels are solved one after the other and share the finest level's memory.
template <class T>
kernels::plane<T> cropped(kernels::plane<T> p, size s) {
  p.width = s.width;
  p.height = s.height;
  return p;
}
inline kernels::flow_planes cropped(const kernels::flow_planes& f, size s) {
  return {cropped(f.u, s), cropped(f.v, s)};
}

/// A plane as an image, for the functions of the table that take images.
template <class T>
kernels::image image_of(const kernels::plane<T>& p) {
  constexpr std::ptrdiff_t bytes = sizeof(T);
  return {.data = p.data,
          .width = p.width,
          .height = p.height,
          .pitch = p.pitch * bytes,
          .count = p.count,
          .stride = p.stride * bytes};
}

/// Runs steps until one fails.
template <class... Steps>
kernels::status in_order(Steps&&... steps) {
  kernels::status result = kernels::status::ok;
  static_cast<void>((((result = steps()) == kernels::status::ok) && ...));
  return result;
}

}  // namespace fluxel::host
