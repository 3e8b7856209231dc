// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "fluxel/conv_transpose.hpp"

namespace fluxel {
inline namespace v0 {

/// A transposed convolution with fixed weights, for repeated use. Weights that are depthwise, without a bias and
/// exactly `bilinear_kernel` (rounded to T), with stride = factor and the padding that `same` has, run as
/// `upsample_conv_transpose` with edge::zero on every backend; `recognised_bilinear` says so.
///
/// Calls, streams, memory and moved-from objects as `resizer`. Weights reach a processor as the placement says.
class FLUXEL_API transposed_convolution {
 public:
  /// @param src            the size of the images to come.
  /// @param weights, bias  host memory, copied.
  /// @throws fluxel::error  as `conv_transpose`; out_of_memory.
  template <class T>
  transposed_convolution(size src, const conv_weights<T>& weights, std::type_identity_t<std::span<const T>> bias,
                         const conv_transpose_options& options = {}, const placement& where = {})
      : transposed_convolution(src, detail::untyped(weights, bias), options, where) {}
  transposed_convolution(transposed_convolution&&) noexcept;
  transposed_convolution& operator=(transposed_convolution&&) noexcept;
  ~transposed_convolution();

  /// Images as to `conv_transpose`; `src` has the constructor's size.
  template <class T = detail::deduced, class Dst = image_view<T>,
            class Src = image_view<const detail::element_or<T, Dst>>>
  void run(Src&& src, Dst&& dst, stream_ref stream = {}) const {
    using element = detail::element_or<T, Dst>;
    run_images(detail::source<element>(std::forward<Src>(src)), detail::target<element>(std::forward<Dst>(dst)),
               stream);
  }

  /// Make ahead what calls on such memory need, so that the first of them allocates nothing either.
  void prepare(memory_kind memory);

  bool recognised_bilinear() const;
  size output_size() const;
  /// The processor that calls on host views use.
  fluxel::backend backend() const;
  /// Bytes of working memory that the object holds now, on all processors.
  std::size_t workspace_size() const;

 private:
  transposed_convolution(size src, const detail::untyped_weights& weights, const conv_transpose_options& options,
                         const placement& where);
  void run_images(const detail::untyped_view& src, const detail::untyped_view& dst, stream_ref stream) const;

  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
