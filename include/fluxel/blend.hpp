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

struct blend_options {
  int low_zero_bits = 0;  ///< of u16 pixels: the result is a multiple of 1 << low_zero_bits, as P010 wants (6); to 8
};

namespace detail {
FLUXEL_API void blend(const untyped_view& a, const untyped_view& b, image_view<const u8> weight,
                      const untyped_view& dst, const blend_options& options, const placement& where,
                      stream_ref stream);
}  // namespace detail

/// Blend two images by a weight for each pixel: dst = a + (b - a) * weight / 255. Integer pixels are rounded half up,
/// once; f16 and bf16 compute in f32 and round once, half to even.
///
/// @tparam T      u8, u16, f16, bf16 or f32; found from `dst`.
/// @param a, b    of the size, channels, planes and count of `dst`.
/// @param weight  of 1 channel and 1 plane, of the size and count of `dst`: 0 is `a`, 255 is `b`.
/// @throws fluxel::error invalid_argument  views that disagree or overlap, or an option out of its range.
/// @throws fluxel::error no_device         device views in a build or on a machine without CUDA.
///
/// The same bytes on every processor. Device calls only enqueue, and allocate nothing.
template <class T = detail::deduced, class Dst = image_view<T>,
          class A = image_view<const detail::element_or<T, Dst>>,
          class B = image_view<const detail::element_or<T, Dst>>>
void blend(A&& a, B&& b, image_view<const u8> weight, Dst&& dst, const blend_options& options = {},
           const placement& where = {}, stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::blend(detail::source<element>(std::forward<A>(a)), detail::source<element>(std::forward<B>(b)), weight,
                detail::target<element>(std::forward<Dst>(dst)), options, where, stream);
}

}  // namespace v0
}  // namespace fluxel
