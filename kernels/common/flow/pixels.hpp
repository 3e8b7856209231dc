// SPDX-License-Identifier: Apache-2.0
#pragma once

// Steps of the dense flow solvers that are done once per pixel and solve: one written body, run by a plain loop, by
// threads over rows, and by a CUDA thread per pixel.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/contract/flow_types.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

template <class T>
FLUXEL_HD T& at_pixel(const plane<T>& p, int n, int x, int y) {
  return p.data[n * p.stride + y * p.pitch + x];
}
template <class T>
FLUXEL_HD T* at_pixel(const image& im, int n, int x, int y) {
  auto* base = static_cast<std::byte*>(im.data);
  return reinterpret_cast<T*>(base + n * im.stride + y * im.pitch) + std::ptrdiff_t{x} * im.channels;
}

/// The source pixels that output i of a Gaussian reduction is made of.
struct index_range {
  std::int64_t low, high;
};
FLUXEL_HD index_range contributors(const mask_axis& axis, int i) {
  constexpr std::int64_t one = mask_axis::reach_one;
  const std::int64_t centre = (axis.positions.first + i * axis.positions.step) * one;
  const std::int64_t reach = axis.reach * axis.positions.denominator, unit = axis.positions.denominator * one;
  const std::int64_t down = centre - reach, up = centre + reach;
  const std::int64_t low = down > 0 ? (down + unit - 1) / unit : 0;
  const std::int64_t high = up > 0 ? up / unit : 0, last = axis.positions.src_size - 1;
  return {low < last ? low : last, high < last ? high : last};
}

/// A pixel is unknown when one that it is made of is.
struct reduce_mask_pixel {
  plane<const u8> fine;
  plane<u8> coarse;
  mask_reach reach;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const index_range across = contributors(reach.x, x), along = contributors(reach.y, y);
    u8 unknown = 0;
    for (auto j = along.low; j <= along.high; ++j)
      for (auto i = across.low; i <= across.high; ++i)
        unknown |= at_pixel(fine, n, static_cast<int>(i), static_cast<int>(j));
    at_pixel(coarse, n, x, y) = unknown;
  }
};

/// Pixels to 1/64: half to even, saturated; NaN is no motion.
FLUXEL_HD std::int16_t quantised(float pixels) {
  const float units = pixels * static_cast<float>(flow_one);
  if (units != units) return 0;
  if (units <= static_cast<float>(-flow_limit)) return -flow_limit;
  if (units >= static_cast<float>(flow_limit)) return flow_limit;
  return round_flow(units);
}

struct quantise_pixel {
  image u, v;
  flow_planes flow;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    at_pixel(flow.u, n, x, y) = quantised(*at_pixel<const float>(u, n, x, y));
    at_pixel(flow.v, n, x, y) = quantised(*at_pixel<const float>(v, n, x, y));
  }
};

/// Flow on a coarser grid: the vector at the middle of each pixel, shortened as the image is. Equal sizes: a copy.
struct reduce_flow_pixel {
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
    at_pixel(coarse.u, n, x, y) = shortened(at_pixel(fine.u, n, fx, fy), to.width, u.width);
    at_pixel(coarse.v, n, x, y) = shortened(at_pixel(fine.v, n, fx, fy), to.height, u.height);
  }
};

/// How far the flow back from where a pixel went misses it: its square, in units of (1/64/4096 px)^2; -1 outside.
FLUXEL_HD std::int64_t forward_backward_error(const flow_planes& flow, const flow_planes& back, int n, int x, int y) {
  const int u = at_pixel(flow.u, n, x, y), v = at_pixel(flow.v, n, x, y);
  const warp_target to = warp_position(x, y, u, v, flow.u.width, flow.u.height);
  if (!to.inside) return -1;
  const int right = clamp_index(to.x + 1, flow.u.width), below = clamp_index(to.y + 1, flow.u.height);
  const std::int64_t w11 = to.phase_x * to.phase_y, w01 = to.phase_x * flow_one - w11;
  const std::int64_t w10 = to.phase_y * flow_one - w11, w00 = flow_one * flow_one - w01 - w10 - w11;
  auto sample = [&](const plane<std::int16_t>& p) {
    return w00 * at_pixel(p, n, to.x, to.y) + w01 * at_pixel(p, n, right, to.y) + w10 * at_pixel(p, n, to.x, below) +
           w11 * at_pixel(p, n, right, below);
  };
  const std::int64_t du = std::int64_t{u} * (flow_one * flow_one) + sample(back.u);
  const std::int64_t dv = std::int64_t{v} * (flow_one * flow_one) + sample(back.v);
  return du * du + dv * dv;
}

struct check_return_pixel {
  flow_planes flow, back;
  std::int64_t largest;
  image reasons;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const std::int64_t miss = forward_backward_error(flow, back, n, x, y);
    *at_pixel<u8>(reasons, n, x, y) = miss < 0 ? flow_outside : miss > largest ? flow_inconsistent : u8{0};
  }
};

/// Why a pixel's flow is not to be trusted; see flow_reason.
struct assess_pixel {
  flow_assessment a;
  image validity;

  FLUXEL_HD u8 reason(int n, int x, int y) const {
    const auto& warped = a.warped_reason;
    for (int j = a.masked ? -derivative_reach : 0; j <= (a.masked ? derivative_reach : 0); ++j)
      for (int i = a.masked ? -derivative_reach : 0; i <= (a.masked ? derivative_reach : 0); ++i)
        if (at_pixel(warped, n, clamp_index(x + i, warped.width), clamp_index(y + j, warped.height)) == flow_masked)
          return flow_masked;
    if (at_pixel(warped, n, x, y) != 0) return at_pixel(warped, n, x, y);
    if (at_pixel(a.larger, n, x, y) < a.flat) return flow_flat;
    if (at_pixel(a.smaller, n, x, y) < a.aperture) return flow_aperture;
    const int du = at_pixel(a.relaxed.u, n, x, y) - at_pixel(a.before.u, n, x, y);
    const int dv = at_pixel(a.relaxed.v, n, x, y) - at_pixel(a.before.v, n, x, y);
    const int step = a.limit;
    if (du >= step || du <= -step || dv >= step || dv <= -step) return flow_not_converged;
    if (a.back.u.data != nullptr && forward_backward_error(a.flow, a.back, n, x, y) > a.max_forward_backward_error)
      return flow_inconsistent;
    return 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const { *at_pixel<u8>(validity, n, x, y) = reason(n, x, y); }
};

/// Slopes at a pixel, border pixels repeated. A slope beyond the border repeats the border's.
FLUXEL_HD flow_derivatives slopes_at(const plane<const u16>& prev, const plane<const std::int16_t>& warped, int n,
                                     int x, int y) {
  auto column = [&](int i) { return clamp_index(i, prev.width); };
  auto row = [&](int j) { return clamp_index(j, prev.height); };
  auto sum = [&](int i, int j) {
    return at_pixel(prev, n, column(i), row(j)) + at_pixel(warped, n, column(i), row(j));
  };
  auto change = [&](int i, int j) {
    return at_pixel(warped, n, column(i), row(j)) - at_pixel(prev, n, column(i), row(j));
  };
  auto along_x = [](auto&& f, int i, int j) { return slope5(f(i - 2, j), f(i - 1, j), f(i + 1, j), f(i + 2, j)); };
  auto along_y = [](auto&& f, int i, int j) { return slope5(f(i, j - 2), f(i, j - 1), f(i, j + 1), f(i, j + 2)); };
  auto mx = [&](int i, int j) { return along_x(sum, column(i), row(j)); };
  auto my = [&](int i, int j) { return along_y(sum, column(i), row(j)); };
  return {mx(x, y),          my(x, y),     along_x(mx, x, y),     along_y(mx, x, y),
          along_y(my, x, y), change(x, y), along_x(change, x, y), along_y(change, x, y)};
}

struct slopes_pixel {
  flow_frames frames;
  plane<const std::int16_t> warped;
  slope_planes to;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const flow_derivatives d = slopes_at(frames.prev, warped, n, x, y);
    const std::int32_t values[8] = {d.mx, d.my, d.mxx, d.mxy, d.myy, d.t, d.tx, d.ty};
    const plane<std::int16_t>* planes[8] = {&to.mx, &to.my, &to.mxx, &to.mxy, &to.myy, &to.t, &to.tx, &to.ty};
    for (int i = 0; i < 8; ++i) at_pixel(*planes[i], n, x, y) = static_cast<std::int16_t>(values[i]);
  }
};

/// A plane of floats to the caller's image.
struct copy_out_pixel {
  plane<const float> from;
  image to;

  FLUXEL_HD void operator()(int n, int x, int y) const { *at_pixel<float>(to, n, x, y) = at_pixel(from, n, x, y); }
};

// The method of 1981: its derivatives over a cube of 2 x 2 pixels in 2 frames, and its means over 8 neighbours.

struct classic_derivatives {
  float x, y, t;  ///< grey levels per pixel and frame
};
FLUXEL_HD classic_derivatives derivatives_of_cube(const flow_frames& f, int n, int x, int y) {
  const int right = clamp_index(x + 1, f.prev.width), below = clamp_index(y + 1, f.prev.height);
  const int a = at_pixel(f.prev, n, x, y), b = at_pixel(f.prev, n, right, y), c = at_pixel(f.prev, n, x, below),
            d = at_pixel(f.prev, n, right, below);
  const int e = at_pixel(f.next, n, x, y), g = at_pixel(f.next, n, right, y), h = at_pixel(f.next, n, x, below),
            k = at_pixel(f.next, n, right, below);
  constexpr float unit = 1.0f / (4 * intensity_one);
  return {static_cast<float>((b - a) + (d - c) + (g - e) + (k - h)) * unit,
          static_cast<float>((c - a) + (d - b) + (h - e) + (k - g)) * unit,
          static_cast<float>((e - a) + (g - b) + (h - c) + (k - d)) * unit};
}

/// The planes of the classic system: with the means, u = mean_u - x * (x * mean_u + y * mean_v + t) * inverse.
struct classic_linearise_pixel {
  flow_frames frames;
  classic_system system;
  float lambda;

  FLUXEL_HD bool unknown(const plane<const u8>& mask, int n, int x, int y) const {
    if (mask.data == nullptr) return false;
    const int right = clamp_index(x + 1, mask.width), below = clamp_index(y + 1, mask.height);
    return (at_pixel(mask, n, x, y) | at_pixel(mask, n, right, y) | at_pixel(mask, n, x, below) |
            at_pixel(mask, n, right, below)) != 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    classic_derivatives d{0, 0, 0};
    if (!unknown(frames.prev_mask, n, x, y) && !unknown(frames.next_mask, n, x, y))
      d = derivatives_of_cube(frames, n, x, y);
    at_pixel(system.x, n, x, y) = d.x;
    at_pixel(system.y, n, x, y) = d.y;
    at_pixel(system.t, n, x, y) = d.t;
    at_pixel(system.inverse, n, x, y) = 1.0f / (lambda + (d.x * d.x + d.y * d.y));
  }
};

struct classic_sweep_pixel {
  classic_system system;
  plane<float> u, v, next_u, next_v;

  FLUXEL_HD static float mean(const plane<float>& p, int n, int x, int y) {
    const int l = x > 0 ? x - 1 : 0, r = clamp_index(x + 1, p.width);
    const int a = y > 0 ? y - 1 : 0, b = clamp_index(y + 1, p.height);
    const float beside =
        (at_pixel(p, n, l, y) + at_pixel(p, n, r, y)) + (at_pixel(p, n, x, a) + at_pixel(p, n, x, b));
    const float across =
        (at_pixel(p, n, l, a) + at_pixel(p, n, r, a)) + (at_pixel(p, n, l, b) + at_pixel(p, n, r, b));
    return beside * (1.0f / 6) + across * (1.0f / 12);
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    const float mu = mean(u, n, x, y), mv = mean(v, n, x, y);
    const float fx = at_pixel(system.x, n, x, y), fy = at_pixel(system.y, n, x, y);
    const float step = ((fx * mu + fy * mv) + at_pixel(system.t, n, x, y)) * at_pixel(system.inverse, n, x, y);
    at_pixel(next_u, n, x, y) = mu - fx * step;
    at_pixel(next_v, n, x, y) = mv - fy * step;
  }
};

/// run(sweep) `iterations` times, from planes to planes and back.
template <class Run>
status classic_iterations(int iterations, classic_sweep_pixel sweep, const Run& run) {
  status result = status::ok;
  for (int i = 0; i < iterations && result == status::ok; ++i) {
    result = run(sweep);
    std::swap(sweep.u, sweep.next_u);
    std::swap(sweep.v, sweep.next_v);
  }
  return result;
}

}  // namespace fluxel::kernels
