// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "fluxel/error.hpp"
#include "fluxel/image_like.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

namespace detail {

/// Pixels in the memory of a device, whose type is a value.
class FLUXEL_API device_pixels {
 public:
  /// @param shape  without data, pitch and strides.
  device_pixels(const untyped_view& shape, int device);
  device_pixels(device_pixels&&) noexcept;
  device_pixels& operator=(device_pixels&&) noexcept;
  ~device_pixels();

  const untyped_view& view() const;
  void upload(const untyped_view& from, stream_ref stream);
  void download(const untyped_view& to, stream_ref stream) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace detail

/// An owning image in the memory of a CUDA device, for programs without CUDA headers: count x planes x height x width
/// x channels, its pixels not set. All calls take its view as they take others.
template <class T>
class device_image {
 public:
  /// @param device  -1: the current one.
  /// @throws fluxel::error invalid_argument  a size below 1 (count: below 0), or more than the address space holds.
  /// @throws fluxel::error no_device, out_of_memory
  device_image(int width, int height, int channels = 1, int planes = 1, int count = 1, int device = -1)
      : pixels_(detail::untyped(image_view<T>{
                    .width = width, .height = height, .channels = channels, .planes = planes, .count = count}),
                device) {}

  /// Valid as long as the image lives.
  image_view<T> view() const {
    const detail::untyped_view& v = pixels_.view();
    return {static_cast<T*>(v.data), v.width, v.height, v.channels, v.pitch, v.planes,
            v.plane_stride,          v.count, v.stride, v.memory};
  }

  /// From and to host memory, in the order of the stream. They return when the host may use its memory again.
  /// @throws fluxel::error invalid_argument  an image of another shape, or not in host memory.
  void upload(image_view<const T> from, stream_ref stream = {}) { pixels_.upload(detail::untyped(from), stream); }
  void download(image_view<T> to, stream_ref stream = {}) const { pixels_.download(detail::untyped(to), stream); }

 private:
  detail::device_pixels pixels_;
};

}  // namespace v0
}  // namespace fluxel
