// SPDX-License-Identifier: Apache-2.0
#pragma once

// Resizes of device memory by bare pointers.

#include <cstddef>

#include "fluxel/resize.hpp"

namespace fluxel {
inline namespace v0 {

namespace detail {

template <class T>
untyped_view device_image(T* data, size s, std::ptrdiff_t pitch, int channels) {
  return untyped(image_view<T>{.data = data,
                               .width = s.width,
                               .height = s.height,
                               .channels = channels,
                               .pitch = pitch,
                               .memory = memory_kind::device});
}

}  // namespace detail

/// `resize_bilinear` on device memory of the current device: interleaved pixels, one image.
///
/// Pitches are bytes between rows, of any sign; 0 means packed. Only enqueues one kernel on `stream`: no
/// allocation, no synchronisation, capturable in a CUDA graph (after `warm_up`).
///
/// @throws fluxel::error invalid_argument, no_device, device_failure  as the call on views.
template <pixel T>
void resize_bilinear(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                     std::ptrdiff_t dst_pitch, int channels, const bilinear_options& options, stream_ref stream) {
  detail::resize_bilinear(detail::device_image(src, src_size, src_pitch, channels),
                          detail::device_image(dst, dst_size, dst_pitch, channels), options, {}, stream);
}

/// `resize_nearest` on device memory of the current device, as above.
template <detail::copyable_element T>
void resize_nearest(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                    std::ptrdiff_t dst_pitch, int channels, const nearest_options& options, stream_ref stream) {
  detail::resize_nearest(detail::device_image(src, src_size, src_pitch, channels),
                         detail::device_image(dst, dst_size, dst_pitch, channels), options, {}, stream);
}

}  // namespace v0
}  // namespace fluxel
