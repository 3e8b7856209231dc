// SPDX-License-Identifier: Apache-2.0
// Warps, splats and blends on the CPU: bands of rows over threads.

#include "kernels/common/warp/splat.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/warp/between_rows.hpp"
#include "kernels/cpu/warp/claims.hpp"
#include "kernels/cpu/warp/overlap_rows.hpp"
#include "kernels/cpu/warp/warp_rows.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t pixels_per_band = 1 << 14, cells_per_band = 1 << 9;

/// body(rows) over bands of every plane of every image.
template <class Body>
status for_bands(const image& im, const launch_options& launch, const Body& body,
                 std::int64_t per_band = pixels_per_band) {
  for (int n = 0; n < im.count; ++n)
    for (int p = 0; p < im.planes; ++p)
      parallel_rows(im.height, per_band / im.width + 1, launch.threads, [&](std::int64_t first, std::int64_t last) {
        body(row_range{n, p, static_cast<int>(first), static_cast<int>(last)});
      });
  return status::ok;
}
/// body(n, x, y) for all pixels of images of one plane, or of all planes at once.
template <class Body>
status for_pixels(image im, const launch_options& launch, const Body& body) {
  im.planes = 1;
  return translate_bad_alloc([&] {
    return for_bands(im, launch, [&](const row_range& rows) {
      for (int y = rows.first; y < rows.last; ++y)
        for (int x = 0; x < im.width; ++x) body(rows.n, x, y);
    });
  });
}

status warp(const warp_job& job, element_type type, const launch_options& launch) {
  return translate_bad_alloc([&] {
    if (!simd_chosen()) return scalar_warp_functions.warp(job, type, launch);
    return for_bands(job.dst, launch, [&](const row_range& rows) { warp_rows().warp(job, type, rows); });
  });
}

status blend(const blend_job& job, element_type type, const launch_options& launch) {
  return translate_bad_alloc([&] {
    if (!simd_chosen()) return scalar_warp_functions.blend(job, type, launch);
    return for_bands(job.dst, launch, [&](const row_range& rows) { warp_rows().blend(job, type, rows); });
  });
}

template <class Word>
status show_words(const splat_picture& s, const launch_options& launch) {
  return for_pixels(s.dst, launch, [&](int n, int x, int y) { show_pixel<Word>(s, n, x, y); });
}
status show(const splat_picture& s, int element_bytes, const launch_options& launch) {
  return element_bytes == 1   ? show_words<std::uint8_t>(s, launch)
         : element_bytes == 2 ? show_words<std::uint16_t>(s, launch)
         : element_bytes == 4 ? show_words<std::uint32_t>(s, launch)
                              : status::unsupported;
}

status agreement(const image& prev, const image& next, const flow_images& flow, const image& to,
                 const launch_options& launch) {
  return translate_bad_alloc([&] {
    if (!simd_chosen()) return scalar_warp_functions.agreement(prev, next, flow, to, launch);
    return for_bands(to, launch,
                     [&](const row_range& rows) { between_rows().agreement(prev, next, flow, to, rows); });
  });
}

status between(const between_job& job, const launch_options& launch) {
  return translate_bad_alloc([&] {
    if (!simd_chosen()) return scalar_warp_functions.between(job, launch);
    return for_bands(
        job.cells.paths, launch, [&](const row_range& rows) { between_rows().between(job, rows); }, cells_per_band);
  });
}

status overlap(const overlap_job& job, element_type type, const launch_options& launch) {
  return translate_bad_alloc([&] {
    if (!simd_chosen()) return scalar_warp_functions.overlap(job, type, launch);
    return for_bands(job.dst, launch, [&](const row_range& rows) { overlap_rows().overlap(job, type, rows); });
  });
}

}  // namespace

const warp_functions cpu_warp_functions{warp, cpu_claim, show, blend, agreement, between, overlap};

}  // namespace fluxel::kernels
