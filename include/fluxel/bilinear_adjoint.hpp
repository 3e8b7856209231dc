// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "fluxel/resize.hpp"
#include "fluxel/upsample_conv_transpose.hpp"

namespace fluxel {
inline namespace v0 {

/// The adjoint (transpose, backward with respect to the input) of a bilinear resize or upsampling, as a gather.
///
/// Where the forward operation is y = A x, this is gx = Aᵀ gy. Each input pixel sums, first over output rows and then
/// over output columns, both ascending, the outputs it had a part in, weight times gradient, by fused multiply-adds
/// in f32; f16 and bf16 round once at the end. No atomics: deterministic, the same bytes on every backend.
///
/// Built once per geometry; calls, streams, memory and moved-from objects as `resizer`.
class FLUXEL_API bilinear_adjoint {
 public:
  /// Of `resize_bilinear` from `forward.src` to `forward.dst`; the type is f32, f16 or bf16.
  /// @throws fluxel::error invalid_argument  a size or channels below 1, an integer type, or tables of more than 2^26
  ///                                         entries per axis.
  bilinear_adjoint(const resize_geometry& forward, const bilinear_options& options = {}, const placement& where = {});

  /// Of `upsample_conv_transpose` with this edge; `forward.dst` is a whole multiple of `forward.src`, the same for
  /// both axes.
  static bilinear_adjoint of_upsampling(const resize_geometry& forward, edge edge, const placement& where = {});

  bilinear_adjoint(bilinear_adjoint&&) noexcept;
  bilinear_adjoint& operator=(bilinear_adjoint&&) noexcept;
  ~bilinear_adjoint();

  /// @param src  the gradient by the forward destination, of its size; only read.
  /// @param dst  the gradient by the forward source, of its size; overwritten.
  template <class T = detail::deduced, class Dst = image_view<T>,
            class Src = image_view<const detail::element_or<T, Dst>>>
  void run(Src&& src, Dst&& dst, stream_ref stream = {}) const {
    using element = detail::element_or<T, Dst>;
    detail::check_pixel<element>();
    run_images(detail::source<element>(std::forward<Src>(src)), detail::target<element>(std::forward<Dst>(dst)),
               stream);
  }

  /// Make ahead what calls on such memory need, so that the first of them allocates nothing either.
  void prepare(memory_kind memory);
  /// The processor that calls on host views use.
  fluxel::backend backend() const;
  /// Bytes of working memory that the object holds now, on all processors.
  std::size_t workspace_size() const;

 private:
  struct impl;
  explicit bilinear_adjoint(std::unique_ptr<impl> made);
  void run_images(const detail::untyped_view& src, const detail::untyped_view& dst, stream_ref stream) const;

  std::unique_ptr<impl> impl_;
};

namespace detail {
FLUXEL_API void resize_bilinear_adjoint(const untyped_view& src, const untyped_view& dst,
                                        const bilinear_options& options, const placement& where, stream_ref stream);
}  // namespace detail

/// The adjoint of `resize_bilinear` in one call, from the gradient `src` by its output to the gradient `dst` by its
/// input. Builds a `bilinear_adjoint` for this call: it allocates, and on device views it waits for the stream.
/// @throws fluxel::error  as `bilinear_adjoint`.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void resize_bilinear_adjoint(Src&& src, Dst&& dst, const bilinear_options& options = {}, const placement& where = {},
                             stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::check_pixel<element>();
  detail::resize_bilinear_adjoint(detail::source<element>(std::forward<Src>(src)),
                                  detail::target<element>(std::forward<Dst>(dst)), options, where, stream);
}

}  // namespace v0
}  // namespace fluxel
