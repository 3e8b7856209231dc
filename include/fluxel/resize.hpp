// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/resize_options.hpp"
#include "fluxel/resizer.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

struct bilinear_options {
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  int threads = 0;  ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

struct nearest_options {
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  nearest_rounding rounding = nearest_rounding::half_up;
  int threads = 0;
};

namespace detail {

template <class T>
concept copyable_element = std::is_trivially_copyable_v<T> &&
    (sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);

template <std::size_t Bytes>
using element_of_size = std::conditional_t<
    Bytes == 1, std::uint8_t,
    std::conditional_t<Bytes == 2, std::uint16_t, std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>>>;

/// The same view with another element type of the same size. The kernels move its bytes only.
template <class To, class From>
image_view<To> as(const image_view<From>& v) {
  return {reinterpret_cast<To*>(v.data),
          v.width,
          v.height,
          v.channels,
          v.pitch,
          v.planes,
          v.plane_stride,
          v.count,
          v.stride,
          v.memory};
}

/// Element: unsigned, of 1, 2, 4 or 8 bytes.
template <class Element>
FLUXEL_API void resize_nearest(const image_view<const Element>& src, const image_view<Element>& dst,
                               const nearest_options& options, stream_ref stream);

}  // namespace detail

/// Resize by bilinear interpolation, without antialiasing.
///
/// Pixel centres sit at half-integers: x_src = (x_dst + 0.5) * src.width / dst.width - 0.5 (see `coordinates`).
/// Coordinates outside `src` repeat its edge pixel. Integer pixels are rounded half up, once, from a fixed-point
/// result that is never off by more than 1; f16 and bf16 compute in f32 and round once, half to even.
///
/// @tparam T      u8, u16, f16, bf16 or f32.
/// @param src     count x planes x height x width x channels, any pitch.
/// @param dst     same channels, planes, count and memory as `src`; must not overlap it.
/// @param stream  device views: where the work is enqueued; host views: the default.
/// @throws fluxel::error invalid_argument  an empty view, or views that disagree or overlap.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
/// @throws fluxel::error device_failure    the launch was refused.
///
/// Device calls only enqueue: `src` and `dst` must outlive the work on `stream`; nothing is allocated. Host calls
/// are finished on return and use the process-wide pool. Same bytes on every backend.
template <class T>
FLUXEL_API void resize_bilinear(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                                const bilinear_options& options = {}, stream_ref stream = {});

/// Resize by the nearest source pixel. Copies elements, whatever they mean; documented as `resize_bilinear`.
///
/// The index is round(p) by `rounding`, clamped to the image, where p is the exact rational position by
/// `coordinates`.
///
/// @tparam T  any trivially copyable type of 1, 2, 4 or 8 bytes.
template <detail::copyable_element T>
void resize_nearest(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                    const nearest_options& options = {}, stream_ref stream = {}) {
  using element = detail::element_of_size<sizeof(T)>;
  detail::resize_nearest<element>(detail::as<const element>(src), detail::as<element>(dst), options, stream);
}

/// Resize by any filter and option. Builds a `resizer` for this one call: it allocates, and on device views it
/// waits for the stream before it frees its tables. For repeated geometry keep a `resizer`.
template <class T>
FLUXEL_API void resize(std::type_identity_t<image_view<const T>> src, image_view<T> dst,
                       const resize_options& options, stream_ref stream = {});

/// `resize_bilinear` on device memory of the current device: interleaved pixels, one image, half-pixel centres.
///
/// Pitches are bytes between rows, of any sign; 0 means packed. Only enqueues one kernel on `stream`: no
/// allocation, no synchronisation, capturable in a CUDA graph (after `warm_up`).
///
/// @throws fluxel::error invalid_argument, no_device, device_failure  as the view call.
template <class T>
FLUXEL_API void resize_bilinear(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                                std::ptrdiff_t dst_pitch, int channels, stream_ref stream);

/// `resize_nearest` on device memory of the current device, as above.
template <detail::copyable_element T>
void resize_nearest(const T* src, size src_size, std::ptrdiff_t src_pitch, T* dst, size dst_size,
                    std::ptrdiff_t dst_pitch, int channels, stream_ref stream) {
  const image_view<const T> from{.data = src,
                                 .width = src_size.width,
                                 .height = src_size.height,
                                 .channels = channels,
                                 .pitch = src_pitch,
                                 .memory = memory_kind::device};
  const image_view<T> to{.data = dst,
                         .width = dst_size.width,
                         .height = dst_size.height,
                         .channels = channels,
                         .pitch = dst_pitch,
                         .memory = memory_kind::device};
  resize_nearest<T>(from, to, {}, stream);
}

}  // namespace v0
}  // namespace fluxel
