// SPDX-License-Identifier: Apache-2.0
// The definition of warps by a matrix, one pixel after the other.

#include "kernels/common/warp/perspective.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

template <class T>
status warp_image(const perspective_job& job) {
  const image& dst = job.dst;
  for (int n = 0; n < dst.count; ++n)
    for (int p = 0; p < dst.planes; ++p)
      for (int y = 0; y < dst.height; ++y)
        for (int x = 0; x < dst.width; ++x) perspective_pixel<T>(job, n, p, x, y);
  return status::ok;
}

status warp(const perspective_job& job, element_type type, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return warp_image<T>(job); });
}

}  // namespace

const warp_perspective_functions scalar_warp_perspective_functions{warp};

}  // namespace fluxel::kernels
