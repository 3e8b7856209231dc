// SPDX-License-Identifier: Apache-2.0
#pragma once

// One pixel of a warped image.

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/common/warp/sample.hpp"
#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

/// @param n, p  image and plane
template <class T>
FLUXEL_HD void warp_pixel(const warp_job& job, int n, int p, int x, int y) {
  const warp_target at = target_of(x, y, *pixel_at<const float>(job.flow.u, n, x, y),
                                   *pixel_at<const float>(job.flow.v, n, x, y), job.per_pixel_x, job.per_pixel_y);
  const auto row = [&](int i) { return row_at<const T>(job.src, n, p, i); };
  T* to = row_at<T>(job.dst, n, p, y) + std::ptrdiff_t{x} * job.dst.channels;
  if (job.bicubic)
    sample_cubic<T>(job.src, row, at, job.largest, to);
  else
    sample_linear<T>(job.src, row, at, to);
}

}  // namespace fluxel::kernels
