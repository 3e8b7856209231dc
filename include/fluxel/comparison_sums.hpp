// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

/// How far one channel of an image is from the same channel of a reference, as sums over its pixels. Sums of several
/// channels, planes or frames may be added: `pooled`.
struct comparison_sums {
  std::int64_t pixels = 0;
  double squared_error = 0;      ///< of (image - reference)^2
  double squared_reference = 0;  ///< of reference^2
  std::int64_t windows = 0;      ///< of SSIM; none where it is not measured, or the image is smaller than a window
  std::int64_t similarity = 0;   ///< sum of their SSIM, each rounded to units of 2^-30
};

/// The sums of all of them, added in their order.
FLUXEL_API comparison_sums pooled(std::span<const comparison_sums> all);

/// Mean squared error.
FLUXEL_API double mse(const comparison_sums& sums);
/// Ratio of signal to noise, dB: 10 log10(squared_reference / squared_error). Infinite for equal images.
FLUXEL_API double snr(const comparison_sums& sums);
/// Peak ratio of signal to noise, dB: 10 log10(peak^2 / mse). Infinite for equal images.
/// @param peak  255 for u8, 2^bit_depth - 1 for u16, the white of floats.
FLUXEL_API double psnr(const comparison_sums& sums, double peak);
/// Mean structural similarity: 1 for equal images; NaN where there are no windows.
FLUXEL_API double ssim(const comparison_sums& sums);

}  // namespace v0
}  // namespace fluxel
