// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_like.hpp"
#include "fluxel/resize_options.hpp"
#include "fluxel/resizer.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

struct bilinear_options {
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
};

struct nearest_options {
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  nearest_rounding rounding = nearest_rounding::half_up;
};

namespace detail {

template <class T>
concept copyable_element = std::is_trivially_copyable_v<T> &&
    (sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);

FLUXEL_API void resize_bilinear(const untyped_view& src, const untyped_view& dst, const bilinear_options& options,
                                const placement& where, stream_ref stream);
FLUXEL_API void resize_nearest(const untyped_view& src, const untyped_view& dst, const nearest_options& options,
                               const placement& where, stream_ref stream);
FLUXEL_API void resize(const untyped_view& src, const untyped_view& dst, const resize_options& options,
                       const placement& where, stream_ref stream);

}  // namespace detail

/// Resize by bilinear interpolation, without antialiasing.
///
/// Pixel centres sit at half-integers: x_src = (x_dst + 0.5) * src.width / dst.width - 0.5 (see `coordinates`).
/// Coordinates outside `src` repeat its edge pixel. Integer pixels are rounded half up, once, from a fixed-point
/// result that is never off by more than 1; f16 and bf16 compute in f32 and round once, half to even.
///
///     fluxel::image<fluxel::u8> src(640, 480, 3), dst(320, 240, 3);
///     fluxel::resize_bilinear(src, dst);
///     fluxel::resize_bilinear<fluxel::u8>({pixels, 640, 480, 3}, dst);
///
/// @tparam T      u8, u16, f16, bf16 or f32; found from `dst`.
/// @param src     image, view, or what converts to a view: count x planes x height x width x channels, any pitch.
/// @param dst     same channels, planes, count and memory as `src`; shares no pixel with it.
/// @param where   the processor; by default the one whose memory the views are in.
/// @param stream  where work on a device is enqueued; the default for calls on the CPU.
/// @throws fluxel::error invalid_argument  an empty view, or views that disagree or overlap.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
/// @throws fluxel::error device_failure    the launch was refused.
///
/// Calls on device views only enqueue: `src` and `dst` must outlive the work on `stream`; nothing is allocated. Calls
/// on host views are finished on return; with run_on::cuda they allocate device memory for copies. Same bytes on
/// every backend.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void resize_bilinear(Src&& src, Dst&& dst, const bilinear_options& options = {}, const placement& where = {},
                     stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::resize_bilinear(detail::source<element>(std::forward<Src>(src)),
                          detail::target<element>(std::forward<Dst>(dst)), options, where, stream);
}

/// Resize by the nearest source pixel. Copies elements, whatever they mean; otherwise as `resize_bilinear`.
///
/// The index is round(p) by `rounding`, clamped to the image, where p is the exact rational position by
/// `coordinates`.
///
/// @tparam T  any trivially copyable type of 1, 2, 4 or 8 bytes.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void resize_nearest(Src&& src, Dst&& dst, const nearest_options& options = {}, const placement& where = {},
                    stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  static_assert(detail::copyable_element<element>,
                "fluxel: elements must be trivially copyable and have 1, 2, 4 or 8 bytes");
  detail::resize_nearest(detail::source<element>(std::forward<Src>(src)),
                         detail::target<element>(std::forward<Dst>(dst)), options, where, stream);
}

/// Resize by any filter and option. Builds a `resizer` for this one call: it allocates, and on device views it waits
/// for the stream before it frees its tables. For repeated calls of the same geometry keep a `resizer`.
/// @throws fluxel::error  as `resizer` and `resize_bilinear`.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void resize(Src&& src, Dst&& dst, const resize_options& options = {}, const placement& where = {},
            stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::resize(detail::source<element>(std::forward<Src>(src)), detail::target<element>(std::forward<Dst>(dst)),
                 options, where, stream);
}

/// Resize a frame into one of the same format and another size, as a `resizer` for frames does. Allocates, and on
/// device memory waits for the stream, as `resize`.
FLUXEL_API void resize_frame(const frame_view<const void>& src, const frame_view<void>& dst,
                             const resize_options& options = {}, const placement& where = {}, stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
