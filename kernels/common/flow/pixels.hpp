// SPDX-License-Identifier: Apache-2.0
#pragma once

// Steps of the dense flow solvers that compute each pixel on its own: one written body each, which backends run in a
// plain loop, in threads over rows, or in a CUDA thread per pixel (pixel_steps.hpp).

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/intensity.hpp"
#include "kernels/common/resize/lerp.hpp"
#include "kernels/common/resize/position.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// No motion.
struct clear_pixel {
  flow_planes flow;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    pixel_at(flow.u, n, x, y) = 0;
    pixel_at(flow.v, n, x, y) = 0;
  }
};

template <class T>
struct intensity_pixel {
  image src, mask;  ///< mask: may be absent (data is null)
  intensity_scale scale;
  plane<u16> grey;
  plane<u8> mask_out;  ///< may be absent

  FLUXEL_HD void operator()(int n, int x, int y) const {
    bool known = mask.data == nullptr || *pixel_at<u8>(mask, n, x, y) != 0;
    pixel_at(grey, n, x, y) = flow_intensity(pixel_at<const T>(src, n, x, y), src.channels, scale, known);
    if (mask_out.data != nullptr) pixel_at(mask_out, n, x, y) = known ? 0 : flow_masked;
  }
};

/// The weights of edge_rule between a pixel and its neighbours; 0 at the border.
struct edge_weights_pixel {
  plane<const u16> grey;
  flow_planes flow;
  const float* table;
  int last;
  float inverse_flow_scale;
  plane<float> right, down;

  FLUXEL_HD float weight(int n, int x, int y, int dx, int dy) const {
    const int a = pixel_at(grey, n, x, y), b = pixel_at(grey, n, x + dx, y + dy);
    const int difference = a < b ? b - a : a - b;
    const float weight = table[difference < last ? difference : last];
    if (inverse_flow_scale == 0) return weight;
    return robust_edge_weight(weight, inverse_flow_scale,
                              pixel_at(flow.u, n, x + dx, y + dy) - pixel_at(flow.u, n, x, y),
                              pixel_at(flow.v, n, x + dx, y + dy) - pixel_at(flow.v, n, x, y));
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    pixel_at(right, n, x, y) = x + 1 < grey.width ? weight(n, x, y, 1, 0) : 0.0f;
    pixel_at(down, n, x, y) = y + 1 < grey.height ? weight(n, x, y, 0, 1) : 0.0f;
  }
};

/// The next frame where the flow leads: cubic, from 4 x 4 pixels. A pixel that leads out of the frame takes the
/// previous frame's grey. One is masked when it is unknown itself, or when one of the 2 x 2 that it lies between is:
/// the grey of those has been filled in.
struct warp_pixel {
  flow_frames frames;
  flow_planes flow;
  warped_frame warped;

  FLUXEL_HD static bool touches(const plane<const u8>& mask, int n, const warp_target& to) {
    const int right = to.x + (to.phase_x != 0), below = to.y + (to.phase_y != 0);
    return (pixel_at(mask, n, to.x, to.y) | pixel_at(mask, n, right, to.y) | pixel_at(mask, n, to.x, below) |
            pixel_at(mask, n, right, below)) != 0;
  }
  FLUXEL_HD std::int16_t sample(int n, const warp_target& to) const {
    const auto wx = cubic_weights(to.phase_x);
    std::int32_t rows[4];
    for (int j = 0; j < 4; ++j) {
      auto tap = [&](int i) { return clamped_pixel(frames.next, n, to.x - 1 + i, to.y - 1 + j); };
      rows[j] = cubic_row(wx, tap(0), tap(1), tap(2), tap(3));
    }
    return cubic_column(cubic_weights(to.phase_y), rows[0], rows[1], rows[2], rows[3]);
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const auto to = warp_position(x, y, pixel_at(flow.u, n, x, y), pixel_at(flow.v, n, x, y), frames.prev.width,
                                  frames.prev.height);
    u8 reason = to.inside ? 0 : flow_outside;
    if (frames.prev_mask.data != nullptr && pixel_at(frames.prev_mask, n, x, y) != 0) reason = flow_masked;
    if (to.inside && frames.next_mask.data != nullptr && touches(frames.next_mask, n, to)) reason = flow_masked;
    pixel_at(warped.grey, n, x, y) =
        to.inside ? sample(n, to) : static_cast<std::int16_t>(pixel_at(frames.prev, n, x, y));
    pixel_at(warped.reason, n, x, y) = reason;
  }
};

/// Flow on the next finer grid: bilinear with half-pixel centres, the vectors lengthened as the image is.
struct upscale_flow_pixel {
  flow_planes coarse, fine;
  ratio across, along;
  float growth_u, growth_v;

  upscale_flow_pixel(const flow_planes& from, const flow_planes& to)
      : coarse(from),
        fine(to),
        across(make_ratio(coordinates::half_pixel, from.u.width, to.u.width)),
        along(make_ratio(coordinates::half_pixel, from.u.height, to.u.height)),
        growth_u(flow_growth(from.u.width, to.u.width)),
        growth_v(flow_growth(from.v.height, to.v.height)) {}

  FLUXEL_HD static std::int16_t upscaled(const plane<std::int16_t>& from, int n, const position& px,
                                         const position& py, float growth) {
    const flow_corners c{clamped_pixel(from, n, px.index, py.index), clamped_pixel(from, n, px.index + 1, py.index),
                         clamped_pixel(from, n, px.index, py.index + 1),
                         clamped_pixel(from, n, px.index + 1, py.index + 1)};
    return upscaled_flow(c, lerp<f32>::from_fraction(px.fraction), lerp<f32>::from_fraction(py.fraction), growth);
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const position px = linear_position(across, x), py = linear_position(along, y);
    pixel_at(fine.u, n, x, y) = upscaled(coarse.u, n, px, py, growth_u);
    pixel_at(fine.v, n, x, y) = upscaled(coarse.v, n, px, py, growth_v);
  }
};

/// Flow on a coarser grid: the vector at the middle of each pixel, shortened as the image is. Equal sizes: a copy.
struct downscale_flow_pixel {
  flow_planes fine, coarse;

  FLUXEL_HD static std::int16_t shortened(std::int64_t units, int coarse_side, int fine_side) {
    const std::int64_t twice = 2 * units * coarse_side + fine_side, size = 2 * std::int64_t{fine_side};
    return static_cast<std::int16_t>(twice >= 0 ? twice / size : -((-twice + size - 1) / size));  // half up
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const auto& u = fine.u;
    const auto& to = coarse.u;
    const int fx = static_cast<int>((2 * std::int64_t{x} + 1) * u.width / (2 * std::int64_t{to.width}));
    const int fy = static_cast<int>((2 * std::int64_t{y} + 1) * u.height / (2 * std::int64_t{to.height}));
    pixel_at(coarse.u, n, x, y) = shortened(pixel_at(fine.u, n, fx, fy), to.width, u.width);
    pixel_at(coarse.v, n, x, y) = shortened(pixel_at(fine.v, n, fx, fy), to.height, u.height);
  }
};

/// From pixels to 1/64 pixel: half to even, saturated; NaN is no motion.
FLUXEL_HD std::int16_t flow_to_fixed(float pixels) {
  const float units = pixels * static_cast<float>(flow_one);
  if (units != units) return 0;
  if (units <= static_cast<float>(-flow_limit)) return -flow_limit;
  if (units >= static_cast<float>(flow_limit)) return flow_limit;
  return round_flow(units);
}

struct load_flow_pixel {
  image u, v;
  flow_planes flow;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    pixel_at(flow.u, n, x, y) = flow_to_fixed(*pixel_at<const float>(u, n, x, y));
    pixel_at(flow.v, n, x, y) = flow_to_fixed(*pixel_at<const float>(v, n, x, y));
  }
};

struct store_flow_pixel {
  flow_planes flow;
  image u, v;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    *pixel_at<float>(u, n, x, y) = flow_to_float(pixel_at(flow.u, n, x, y));
    *pixel_at<float>(v, n, x, y) = flow_to_float(pixel_at(flow.v, n, x, y));
  }
};

struct store_fine_flow_pixel {
  flow_planes fine;
  image u, v;

  FLUXEL_HD static float in_pixels(std::int16_t units) {
    return static_cast<float>(units) * (1.0f / (flow_one * fine_steps));
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    *pixel_at<float>(u, n, x, y) = in_pixels(pixel_at(fine.u, n, x, y));
    *pixel_at<float>(v, n, x, y) = in_pixels(pixel_at(fine.v, n, x, y));
  }
};

struct round_fine_flow_pixel {
  flow_planes fine, flow;

  FLUXEL_HD static std::int16_t rounded(std::int16_t units) {
    return static_cast<std::int16_t>((units + fine_steps / 2) >> 2);
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    pixel_at(flow.u, n, x, y) = rounded(pixel_at(fine.u, n, x, y));
    pixel_at(flow.v, n, x, y) = rounded(pixel_at(fine.v, n, x, y));
  }
};
static_assert(fine_steps == 1 << 2);

/// A plane of floats to the caller's image.
struct copy_out_pixel {
  plane<const float> from;
  image to;

  FLUXEL_HD void operator()(int n, int x, int y) const { *pixel_at<float>(to, n, x, y) = pixel_at(from, n, x, y); }
};

}  // namespace fluxel::kernels
