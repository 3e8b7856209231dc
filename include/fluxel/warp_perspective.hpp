// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_like.hpp"
#include "fluxel/matrix3x3.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"
#include "fluxel/warp.hpp"

namespace fluxel {
inline namespace v0 {

/// What becomes of pixels that the matrix sends outside `src`: more than half a pixel beyond its outermost centres,
/// or behind the horizon (w <= 0).
enum class warp_outside : int {
  repeat = 0,  ///< the edge pixel; behind the horizon, the first pixel
  keep = 1,    ///< `dst` keeps what it had
};

struct perspective_options {
  warp_filter filter = warp_filter::bilinear;
  warp_outside outside = warp_outside::repeat;
  int bit_depth = 16;     ///< of u16 pixels, which bicubic clamps to: 8 to 16
  int low_zero_bits = 0;  ///< of u16 pixels: as many low bits of the result are cleared, as P010 wants (6); 0 to 8
};

namespace detail {
FLUXEL_API void warp_perspective(const untyped_view& src, const matrix3x3& matrix, const untyped_view& dst,
                                 const perspective_options& options, const placement& where, stream_ref stream);
}  // namespace detail

/// Warp an image by a matrix, backward: dst(x, y) = src(matrix.map({x, y})).
///
///     fluxel::warp_perspective(next, fluxel::fit_global_motion(from, to).matrix, aligned);   // aligned is like prev
///
/// The matrix leads from `dst` to `src`, as OpenCV's does with WARP_INVERSE_MAP; `inverse(matrix)` turns one around.
/// Positions are computed in double and rounded to 1/256 px, half to even. Pixels are as those of
/// `warp`: integers rounded half up, once; f16 and bf16 computed in f32.
///
/// @tparam T      u8, u16, f16, bf16 or f32; found from `dst`.
/// @param src     sides at most 2^21; the same channels, planes and count as `dst`.
/// @param matrix  finite; its last row is not zero.
/// @param dst     of any size; shares no pixel with `src`, and lies in the same memory.
/// @throws fluxel::error invalid_argument  views that disagree or overlap, a matrix or an option out of its range.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
///
/// The same bytes on every processor. Device calls only enqueue, and allocate nothing.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void warp_perspective(Src&& src, const matrix3x3& matrix, Dst&& dst, const perspective_options& options = {},
                      const placement& where = {}, stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::warp_perspective(detail::source<element>(std::forward<Src>(src)), matrix,
                           detail::target<element>(std::forward<Dst>(dst)), options, where, stream);
}

}  // namespace v0
}  // namespace fluxel
