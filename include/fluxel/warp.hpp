// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_like.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

enum class warp_filter : int {
  bilinear = 0,
  bicubic = 1,  ///< Catmull-Rom: sharper; overshoots are clamped to the range of the type
};

struct warp_options {
  warp_filter filter = warp_filter::bilinear;
  double scale = 1;    ///< what the flow is multiplied by: -1e6 to 1e6
  int bit_depth = 16;  ///< of u16 pixels, which bicubic clamps to: 8 to 16
};

namespace detail {
FLUXEL_API void warp(const untyped_view& src, image_view<const f32> flow, const untyped_view& dst,
                     const warp_options& options, const placement& where, stream_ref stream);
}  // namespace detail

/// Warp an image by a dense flow, backward: dst(x, y) = src(x + scale * u(x, y), y + scale * v(x, y)).
///
///     fluxel::warp(next, flow, warped);   // warped is like prev where the flow from prev to next is right
///
/// Positions are rounded to 1/256 px. Positions outside `src` repeat its edge pixel. Where the flow is not known (a
/// component is NaN or beyond 1e9), dst(x, y) = src(x, y). Integer pixels are rounded half up, once; f16 and bf16
/// compute in f32 and round once, half to even.
///
/// @tparam T      u8, u16, f16, bf16 or f32; found from `dst`.
/// @param src     of any size; the same channels, planes and count as `dst`.
/// @param flow    u and v in pixels: 2 channels, or 2 planes of 1 channel; of the size and count of `dst`.
/// @param dst     shares no pixel with `src` and `flow`; all lie in the same memory.
/// @throws fluxel::error invalid_argument  views that disagree or overlap, or an option out of its range.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
///
/// The same bytes on every processor. Device calls only enqueue, and allocate nothing.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void warp(Src&& src, image_view<const f32> flow, Dst&& dst, const warp_options& options = {},
          const placement& where = {}, stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::warp(detail::source<element>(std::forward<Src>(src)), flow, detail::target<element>(std::forward<Dst>(dst)),
               options, where, stream);
}

}  // namespace v0
}  // namespace fluxel
