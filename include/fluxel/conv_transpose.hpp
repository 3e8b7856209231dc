// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_view.hpp"
#include "fluxel/resize.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// What lies beyond the border of an image that is upsampled.
enum class edge : int {
  zero = 0,       ///< zeros: borders fade, as in a transposed convolution
  replicate = 1,  ///< the edge pixel
};

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
  int groups = 1;   ///< divides the input and the output channels
  int threads = 0;  ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

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
/// @tparam T        f32, f16 or bf16.
/// @param src       NHWC (channels = C, planes = 1) or NCHW (channels = 1, planes = C), any pitch.
/// @param weights   same memory as `src`.
/// @param bias      one value per output channel, or empty; same memory as `src`.
/// @param dst       layout, count and memory of `src`; must not overlap it. Its size is `conv_transpose_size`; with
///                  `same` also any size whose stride-th part, rounded up, is that of `src`, and with `valid` up to
///                  stride - 1 more: the pixels that no tap reaches are the bias.
/// @throws fluxel::error invalid_argument  negative padding, output_padding >= stride, channels or sizes that do not
/// fit
///                                         together, overlap; the message names the argument.
/// @throws fluxel::error no_device, device_failure  as `resize_bilinear`.
///
/// Device calls only enqueue and allocate nothing; all arguments must outlive the work on `stream`. Never inspects
/// the weights: a bilinear kernel runs as any other. Same bytes on every backend. Source: Long, Shelhamer, Darrell
/// 2015.
template <class T>
FLUXEL_API void conv_transpose2d(std::type_identity_t<image_view<const T>> src,
                      const std::type_identity_t<conv_weights<T>>& weights,
                      std::type_identity_t<std::span<const T>> bias, image_view<T> dst,
                      const conv_transpose_options& options = {}, stream_ref stream = {});

/// The bilinear kernel of an integer factor f, k x k with k = 2f - f mod 2: (1 - |x - c| / f)(1 - |y - c| / f) with
/// c = f - 1 for odd k and f - 0.5 for even k, each rounded once to f32. With stride f and `same` padding it
/// upsamples.
/// @throws fluxel::error invalid_argument  factor below 1 or above 1024.
FLUXEL_API std::vector<float> bilinear_kernel(int factor);

struct upsample_options {
  int threads = 0;  ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

/// Upsampling by the transposed convolution with `bilinear_kernel(factor)`, every channel for itself, run as 2 x 2
/// taps per output.
///
/// The arithmetic is that of `resize_bilinear` with half-pixel centres: edge::replicate equals it bit for bit, and
/// edge::zero differs only in that pixels beyond the border are 0.
///
/// @tparam T   u8, u16, f16, bf16 or f32.
/// @param dst  factor times the size of `src`, same channels, planes, count and memory; must not overlap it.
/// @throws fluxel::error  as `resize_bilinear`; factor as `bilinear_kernel`.
///
/// Device calls only enqueue and allocate nothing. Host calls are finished on return.
template <class T>
FLUXEL_API void upsample_transpose_conv(std::type_identity_t<image_view<const T>> src, image_view<T> dst, int factor,
                             fluxel::edge edge, const upsample_options& options = {}, stream_ref stream = {});

/// A transposed convolution with fixed weights, for repeated use. Weights that are depthwise, without a bias and
/// exactly `bilinear_kernel` (rounded to T), with stride = factor and the padding that `same` has, run as
/// `upsample_transpose_conv` with edge::zero on every backend; `recognised_bilinear` says so.
///
/// Move-only. Serves several streams at once, allocates nothing on a device after construction, binds the current
/// device; the destructor requires that the work it enqueued has finished.
class FLUXEL_API conv_transpose {
 public:
  /// @param weights, bias  host memory, copied.
  /// @param device         which processor; by_memory decides at each call and prepares both where there are both.
  /// @throws fluxel::error  as `conv_transpose2d`; out_of_memory.
  template <class T>
  conv_transpose(size src, const conv_weights<T>& weights, std::type_identity_t<std::span<const T>> bias,
                 const conv_transpose_options& options = {}, run_on device = run_on::by_memory);
  conv_transpose(conv_transpose&&) noexcept;
  conv_transpose& operator=(conv_transpose&&) noexcept;
  ~conv_transpose();

  /// `src` has the constructor's size. Arguments as `conv_transpose2d`.
  template <class T>
  void operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst, stream_ref stream = {}) const;

  bool recognised_bilinear() const;
  size output_size() const;
  /// The processor that calls on host views use.
  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
