// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_like.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// How much of the full result of a transposed convolution is cut off at each side.
enum class padding_rule : int {
  explicit_sides = 0,  ///< `left`, `top`, `right`, `bottom` of the options
  same = 1,            ///< TensorFlow's SAME: dst = src * stride; the odd pixel is cut at the right and bottom
  valid = 2,           ///< TensorFlow's VALID: nothing
};

/// Weights, packed: (in, out / groups, height, width), width fastest, as PyTorch and ONNX store them (TensorFlow's
/// are (height, width, out, in)). Input channel i belongs to group i / (in / groups). Not mirrored: source pixel (x,
/// y) adds weight(ky, kx) * pixel to the output at (x * stride_x - left + kx * dilation_x, y * stride_y - top + ky *
/// dilation_y).
template <class T>
struct conv_weights {
  const T* data = nullptr;
  int in = 0;             ///< input channels
  int out_per_group = 0;  ///< output channels / groups; 1 is depthwise when groups == in
  int width = 0;
  int height = 0;
};

struct conv_transpose_options {
  int stride_x = 1;
  int stride_y = 1;
  int dilation_x = 1;  ///< output pixels from a kernel column to the next
  int dilation_y = 1;
  padding_rule padding = padding_rule::explicit_sides;
  int left = 0, top = 0, right = 0, bottom = 0;  ///< only for explicit_sides; not negative
  int output_padding_x = 0;  ///< extra columns at the right, in [0, stride_x); only for explicit_sides
  int output_padding_y = 0;
  int groups = 1;  ///< divides the input and the output channels
};

namespace detail {

/// Weights and bias, their type aside.
struct untyped_weights {
  const void* data = nullptr;
  int in = 0;
  int out_per_group = 0;
  size kernel = {};
  const void* bias = nullptr;
  std::size_t bias_size = 0;
  element_type type{};
};

template <class T>
untyped_weights untyped(const conv_weights<T>& w, std::span<const T> bias) {
  static_assert(std::is_same_v<T, f32> || std::is_same_v<T, f16> || std::is_same_v<T, bf16>,
                "fluxel: transposed convolutions take f32, f16 or bf16");
  return {w.data, w.in, w.out_per_group, {w.width, w.height}, bias.data(), bias.size(), element_traits<T>::type};
}

FLUXEL_API void conv_transpose(const untyped_view& src, const untyped_weights& weights, const untyped_view& dst,
                               const conv_transpose_options& options, const placement& where, stream_ref stream);
}  // namespace detail

/// The size of the result. Each axis, with reach = dilation * (kernel - 1) + 1:
///   explicit_sides  (src - 1) * stride - low - high + reach + output_padding
///   same            src * stride
///   valid           (src - 1) * stride + reach
/// @throws fluxel::error invalid_argument  a size or an option out of range, or a result below 1 or above 2^31 - 1.
FLUXEL_API size conv_transpose_size(size src, size kernel, const conv_transpose_options& options = {});

/// Transposed convolution ("deconvolution") of tensors.
///
/// Output (o, y, x) is one f32 chain of fused multiply-adds: it starts from bias[o] (0 without a bias) and takes
/// input channels of the group ascending, in each the kernel's rows ascending, in each its columns ascending; taps
/// whose source pixel does not exist are skipped. f16 and bf16 round once at the end, half to even.
///
///     fluxel::conv_transpose(src, {weights.data(), 3, 8, 4, 4}, {}, dst, {.stride_x = 2, .stride_y = 2});
///
/// @tparam T        f32, f16 or bf16; found from `dst`.
/// @param src       NHWC (channels = C, planes = 1) or NCHW (channels = 1, planes = C), any pitch.
/// @param weights   same memory as `src`.
/// @param bias      one value per output channel, or empty; same memory as `src`.
/// @param dst       layout, count and memory of `src`; shares no memory with it, the weights and the bias. Its size
///                  is `conv_transpose_size`; with `same` also any size whose stride-th part, rounded up, is that of
///                  `src`, and with `valid` up to stride - 1 more: the pixels that no tap reaches are the bias.
/// @throws fluxel::error invalid_argument  negative padding, output_padding >= stride, channels or sizes that do not
///                                         fit together, overlap; the message names the argument.
/// @throws fluxel::error no_device, device_failure  as `resize_bilinear`.
///
/// Calls on device memory only enqueue and allocate nothing; all arguments must outlive the work on `stream`. Never
/// inspects the weights: a bilinear kernel runs as any other. Same bytes on every backend. Source: Long, Shelhamer,
/// Darrell 2015.
template <class T = detail::deduced, class Dst = image_view<T>,
          class Src = image_view<const detail::element_or<T, Dst>>>
void conv_transpose(Src&& src, const std::type_identity_t<conv_weights<detail::element_or<T, Dst>>>& weights,
                    std::type_identity_t<std::span<const detail::element_or<T, Dst>>> bias, Dst&& dst,
                    const conv_transpose_options& options = {}, const placement& where = {}, stream_ref stream = {}) {
  using element = detail::element_or<T, Dst>;
  detail::conv_transpose(detail::source<element>(std::forward<Src>(src)), detail::untyped<element>(weights, bias),
                         detail::target<element>(std::forward<Dst>(dst)), options, where, stream);
}

}  // namespace v0
}  // namespace fluxel
