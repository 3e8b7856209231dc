// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_like.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// What lies beyond the border of an image that is upsampled.
enum class edge : int {
  zero = 0,       ///< zeros: borders fade, as in a transposed convolution
  replicate = 1,  ///< the edge pixel
};

namespace detail {

FLUXEL_API void upsample_conv_transpose(const untyped_view& src, const untyped_view& dst, int factor,
                                        fluxel::edge edge, const placement& where, stream_ref stream);

}  // namespace detail

/// The bilinear kernel of an integer factor f, k x k with k = 2f - f mod 2: (1 - |x - c| / f)(1 - |y - c| / f) with
/// c = f - 1 for odd k and f - 0.5 for even k, each rounded once to f32. With stride f and `same` padding it
/// upsamples.
/// @throws fluxel::error invalid_argument  factor below 1 or above 1024.
FLUXEL_API std::vector<float> bilinear_kernel(int factor);

/// Upsampling by the transposed convolution with `bilinear_kernel(factor)`, each channel separately, run as 2 x 2
/// taps per output.
///
/// The arithmetic is that of `resize_bilinear` with half-pixel centres: edge::replicate equals it bit for bit, and
/// edge::zero differs only in that pixels beyond the border are 0.
///
/// @tparam T      u8, u16, f16, bf16 or f32; found from `dst`.
/// @param dst     factor times the size of `src`, same channels, planes, count and memory; shares no pixel with it.
/// @param factor  1 to 1024.
/// @throws fluxel::error  as `resize_bilinear`.
///
/// Calls on device views only enqueue and allocate nothing. Calls on host views are finished on return.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void upsample_conv_transpose(Src&& src, Dst&& dst, int factor, fluxel::edge edge, const placement& where = {},
                             stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::upsample_conv_transpose(detail::source<element>(std::forward<Src>(src)),
                                  detail::target<element>(std::forward<Dst>(dst)), factor, edge, where, stream);
}

}  // namespace v0
}  // namespace fluxel
