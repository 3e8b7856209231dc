// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "fluxel/frame.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

/// Whether samples lie alike in planes of any size.
bool alike(const frame_format& a, const frame_format& b);
inline bool same_size(const frame_format& a, const frame_format& b) {
  return a.width == b.width && a.height == b.height;
}

/// @throws fluxel::error invalid_argument  a frame without data, with fields, or in device memory.
void check_host_frame(const call_site& site, const char* name, const frame_view<const void>& frame);

/// A row of a plane.
template <class T>
const T* sample_row(const frame_view<const void>& f, int plane, std::ptrdiff_t y) {
  return reinterpret_cast<const T*>(static_cast<const std::byte*>(f.data[plane]) + y * f.pitch[plane]);
}
template <class T>
T* sample_row(const frame_view<void>& f, int plane, std::ptrdiff_t y) {
  return reinterpret_cast<T*>(static_cast<std::byte*>(f.data[plane]) + y * f.pitch[plane]);
}

/// Samples of a row of a plane.
inline int row_samples(const frame_format& f, int plane) {
  return f.plane_size(plane).width * f.planes[plane].channels;
}

/// Calls f(T{}) with the type of a format's samples.
template <class F>
decltype(auto) visit_samples(const frame_format& format, F&& f) {
  switch (format.type()) {
    case element_type::u8:
      return f(u8{});
    case element_type::f32:
      return f(f32{});
    default:
      return f(u16{});
  }
}

}  // namespace fluxel::host
