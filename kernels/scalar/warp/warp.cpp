// SPDX-License-Identifier: Apache-2.0
// The definition of warps, splats and blends, one pixel after the other.

#include "kernels/common/warp/warp.hpp"

#include <algorithm>

#include "kernels/common/warp/blend.hpp"
#include "kernels/common/warp/cells.hpp"
#include "kernels/common/warp/overlap.hpp"
#include "kernels/common/warp/splat.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

/// body(n, x, y) for all pixels of a plane.
template <class Body>
status for_pixels(const image& im, const Body& body) {
  for (int n = 0; n < im.count; ++n)
    for (int y = 0; y < im.height; ++y)
      for (int x = 0; x < im.width; ++x) body(n, x, y);
  return status::ok;
}

template <class T>
status warp_image(const warp_job& job) {
  return for_pixels(job.dst, [&](int n, int x, int y) {
    for (int p = 0; p < job.dst.planes; ++p) warp_pixel<T>(job, n, p, x, y);
  });
}

status warp(const warp_job& job, element_type type, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return warp_image<T>(job); });
}

status claim(const splat_claims& c, const launch_options&) {
  const image& im = c.flow.u;
  std::fill_n(c.winners, std::ptrdiff_t{im.width} * im.height * im.count, splat_winner{0});
  return for_pixels(im, [&](int n, int x, int y) {
    claim_around(c, n, x, y, [&](int to_x, int to_y, splat_winner number) {
      splat_winner& winner = c.winners[winner_at(im, n, to_x, to_y)];
      winner = std::max(winner, number);
    });
  });
}

template <class Word>
status show_words(const splat_picture& s) {
  return for_pixels(s.dst, [&](int n, int x, int y) { show_pixel<Word>(s, n, x, y); });
}
status show(const splat_picture& s, int element_bytes, const launch_options&) {
  return element_bytes == 1   ? show_words<std::uint8_t>(s)
         : element_bytes == 2 ? show_words<std::uint16_t>(s)
         : element_bytes == 4 ? show_words<std::uint32_t>(s)
                              : status::unsupported;
}

template <class T>
status blend_images(const blend_job& job) {
  return for_pixels(job.dst, [&](int n, int x, int y) {
    const u8 weight = *pixel_at<const u8>(job.weight, n, x, y);
    const std::ptrdiff_t first = std::ptrdiff_t{x} * job.dst.channels;
    for (int p = 0; p < job.dst.planes; ++p) {
      const T *a = row_at<const T>(job.a, n, p, y) + first, *b = row_at<const T>(job.b, n, p, y) + first;
      T* to = row_at<T>(job.dst, n, p, y) + first;
      for (int c = 0; c < job.dst.channels; ++c) to[c] = blend_pixel<T>(a[c], b[c], weight, job.low_zero_bits);
    }
  });
}
status blend(const blend_job& job, element_type type, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return blend_images<T>(job); });
}

status agreement(const image& prev, const image& next, const flow_images& flow, const image& to,
                 const launch_options&) {
  return for_pixels(to, [&](int n, int x, int y) { agreement_pixel(prev, next, flow, to, n, x, y); });
}

status between(const between_job& job, const launch_options&) {
  return for_pixels(job.cells.paths, [&](int n, int x, int y) { between_cell(job, n, x, y, patch_difference()); });
}

status overlap(const overlap_job& job, element_type type, const launch_options&) {
  return visit_pixel_type(every_pixel_type, type, status::unsupported, [&]<class T>(std::type_identity<T>) {
    return for_pixels(job.dst, [&](int n, int x, int y) { overlap_pixel<T>(job, n, x, y); });
  });
}

}  // namespace

const warp_functions scalar_warp_functions{warp, claim, show, blend, agreement, between, overlap};

}  // namespace fluxel::kernels
