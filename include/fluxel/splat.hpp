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

struct splat_options {
  double scale = 1;  ///< what the flow is multiplied by: -1e6 to 1e6
};

/// Beside a splat: what decides, and what is told.
struct splat_masks {
  image_view<const u8> priority = {};  ///< of the source pixels; null data: all alike
  image_view<u8> covered = {};         ///< 255 where a pixel arrived, else 0; null data: not wanted
};

namespace detail {
FLUXEL_API void splat(const untyped_view& src, image_view<const f32> flow, const untyped_view& dst,
                      const splat_masks& masks, const splat_options& options, const placement& where,
                      stream_ref stream);
}  // namespace detail

/// Move pixels forward along a dense flow: the pixel (x, y) goes to the four pixels around (x + scale * u, y + scale
/// * v), where the one with the highest priority is seen; of equal ones the nearest, then the last of the image.
/// Values are copied, not mixed. Pixels that nothing reaches are 0.
///
///     fluxel::splat(prev, flow, middle, {.covered = known}, {.scale = 0.5});
///
/// Positions are rounded to 1/256 px. Pixels whose flow is not known (a component is NaN or beyond 1e9) stay behind.
///
/// @tparam T      u8, u16, f16, bf16 or f32; found from `dst`.
/// @param src     of the size, channels, planes and count of `dst`.
/// @param flow    u and v in pixels, for each pixel of `src`: 2 channels, or 2 planes of 1 channel.
/// @param masks   of 1 channel and 1 plane, of the size and count of `src`.
/// @throws fluxel::error invalid_argument  views that disagree or overlap, or an option out of its range.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
///
/// The same bytes on every processor. Allocates 8 bytes for each pixel; on device views it waits for the stream
/// before it gives them back.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void splat(Src&& src, image_view<const f32> flow, Dst&& dst, const splat_masks& masks = {},
           const splat_options& options = {}, const placement& where = {}, stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::splat(detail::source<element>(std::forward<Src>(src)), flow,
                detail::target<element>(std::forward<Dst>(dst)), masks, options, where, stream);
}

}  // namespace v0
}  // namespace fluxel
