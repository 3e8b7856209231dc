// SPDX-License-Identifier: Apache-2.0
// Warps by a matrix on the CPU: bands of rows over threads.

#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/warp/perspective_rows.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t pixels_per_band = 1 << 14;

status warp_bands(const perspective_job& job, element_type type, const launch_options& launch) {
  const auto& rows = perspective_rows();
  const image& dst = job.dst;
  for (int n = 0; n < dst.count; ++n)
    for (int p = 0; p < dst.planes; ++p)
      parallel_rows(dst.height, pixels_per_band / dst.width + 1, launch.threads,
                    [&](std::int64_t first, std::int64_t last) {
                      rows.rows(job, type, n, p, static_cast<int>(first), static_cast<int>(last));
                    });
  return status::ok;
}

status warp(const perspective_job& job, element_type type, const launch_options& launch) {
  const auto how = simd_chosen() ? warp_bands : scalar_warp_perspective_functions.warp;
  return translate_bad_alloc([&] { return how(job, type, launch); });
}

}  // namespace

const warp_perspective_functions cpu_warp_perspective_functions{warp};

}  // namespace fluxel::kernels
