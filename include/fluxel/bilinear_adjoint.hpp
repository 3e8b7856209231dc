// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>

#include "fluxel/conv_transpose.hpp"
#include "fluxel/resize.hpp"

namespace fluxel {
inline namespace v0 {

/// The adjoint (transpose, backward with respect to the input) of a bilinear resize or upsampling, as a gather.
///
/// Where the forward operation is y = A x, this is gx = Aᵀ gy. Each input pixel sums, first over output rows and then
/// over output columns, both ascending, the outputs it had a part in, weight times gradient, by fused multiply-adds
/// in f32; f16 and bf16 round once at the end. No atomics: deterministic, the same bytes on every backend.
///
/// Built once per geometry; otherwise documented as `resizer`.
class FLUXEL_API bilinear_adjoint {
 public:
  /// Of `resize_bilinear` from `forward.src` to `forward.dst`; the type is f32, f16 or bf16.
  /// @throws fluxel::error invalid_argument  a size or channels below 1, or an integer type.
  bilinear_adjoint(const resize_geometry& forward, const bilinear_options& options = {},
                   run_on device = run_on::by_memory);

  /// Of `upsample_transpose_conv` with this edge; `forward.dst` is a whole multiple of `forward.src`, the same for
  /// both axes.
  bilinear_adjoint(const resize_geometry& forward, edge edge, const upsample_options& options = {},
                   run_on device = run_on::by_memory);

  bilinear_adjoint(bilinear_adjoint&&) noexcept;
  bilinear_adjoint& operator=(bilinear_adjoint&&) noexcept;
  ~bilinear_adjoint();

  /// @param src  the gradient by the forward destination, of its size; only read.
  /// @param dst  the gradient by the forward source, of its size; overwritten.
  template <class T>
  void operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst, stream_ref stream = {}) const;

  /// The processor that calls on host views use.
  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
