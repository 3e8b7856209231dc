// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "fluxel/comparison_sums.hpp"
#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/image_like.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// The windows in which structural similarity (SSIM) is measured. All lie inside the image.
enum class similarity : int {
  gaussian = 0,  ///< 11 x 11, Gaussian weights of sigma 1.5, at every pixel (Wang et al. 2004)
  blocks = 1,    ///< 8 x 8, equal weights, at every fourth pixel, with the constants of FFmpeg and x264
  none = 2,      ///< not measured
};

struct comparison_options {
  fluxel::similarity similarity = fluxel::similarity::gaussian;
  int bit_depth = 0;      ///< u16: significant bits, 8 to 16; 0 is all of the type
  int low_zero_bits = 0;  ///< u16: zeros below them: 6 for P010
  double white = 1.0;     ///< floats: the peak. SSIM takes them as 16-bit values of [0, white], clamped and rounded
};

/// What images an `image_comparison` is built for.
struct comparison_geometry {
  int width = 0;
  int height = 0;
  int channels = 1;  ///< interleaved
  int planes = 1;
  int count = 1;  ///< most images in a batch
  element_type type = element_type::u8;
};

/// Measures how far images are from references: squared errors for MSE, SNR and PSNR, and SSIM with K1 = 0.01,
/// K2 = 0.03. Each channel of each plane of each image is measured alone; `pooled` adds them.
///
/// The same bytes on every backend: squares of integers and similarities (in units of 2^-30) are integer sums,
/// squares of floats a tree in double (kernels/common/metrics/metrics.hpp).
class FLUXEL_API image_comparison {
 public:
  /// @throws fluxel::error invalid_argument  the geometry or an option is out of its range.
  /// @throws fluxel::error no_device         `where` names CUDA, and there is none.
  explicit image_comparison(const comparison_geometry& geometry, const comparison_options& options = {},
                            const placement& where = {});
  image_comparison(image_comparison&&) noexcept;
  image_comparison& operator=(image_comparison&&) noexcept;
  ~image_comparison();

  /// Make the state for images in such memory ahead of the first call on it.
  void prepare(memory_kind memory);
  /// Bytes of memory that the object holds.
  std::size_t workspace_size() const;
  /// The processor that calls on host views use.
  fluxel::backend backend() const;
  /// The largest pixel value, for `psnr`.
  double peak() const;

  /// @param image, reference  of the constructor's size, channels, planes and type.
  /// @param sums    one for each channel of each plane of each image, channels fastest; in the images' memory.
  /// @throws fluxel::error invalid_argument  views that disagree, or another number of sums.
  ///
  /// Device calls only enqueue: everything must outlive the work on `stream`. Allocates nothing once prepared. One
  /// call at a time.
  template <class T = detail::deduced, image_like Image, image_like Reference>
  void run(Image&& image, Reference&& reference, std::span<comparison_sums> sums, stream_ref stream = {}) {
    using element = detail::element_or<T, Image>;
    detail::check_pixel<element>();
    run_untyped(detail::source<element>(image), detail::source<element>(reference), sums, stream);
  }

 private:
  void run_untyped(const detail::untyped_view& image, const detail::untyped_view& reference,
                   std::span<comparison_sums> sums, stream_ref stream);
  struct impl;
  std::unique_ptr<impl> impl_;
};

namespace detail {
FLUXEL_API std::vector<comparison_sums> compare_images(const untyped_view& image, const untyped_view& reference,
                                                       const comparison_options& options, const placement& where,
                                                       stream_ref stream);
}  // namespace detail

/// The sums of one pair of images or batches, channels fastest. Builds an `image_comparison` for this one call and
/// waits for its result, also on device views.
template <class T = detail::deduced, image_like Image, image_like Reference>
std::vector<comparison_sums> compare_images(Image&& image, Reference&& reference,
                                            const comparison_options& options = {}, const placement& where = {},
                                            stream_ref stream = {}) {
  using element = detail::element_or<T, Image>;
  detail::check_pixel<element>();
  return detail::compare_images(detail::source<element>(image), detail::source<element>(reference), options, where,
                                stream);
}

}  // namespace v0
}  // namespace fluxel
