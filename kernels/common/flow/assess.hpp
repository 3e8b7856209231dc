// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which flow vectors are to be trusted.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/flow/pair_measurement.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_validity.hpp"

namespace fluxel::kernels {

/// The forward-backward error: the squared distance between a pixel and where the flow back takes it from where it
/// went, in (1/64/4096 px)^2; -1 where it left the frame.
FLUXEL_HD std::int64_t forward_backward_error(const flow_planes& flow, const flow_planes& back, int n, int x, int y) {
  const int u = pixel_at(flow.u, n, x, y), v = pixel_at(flow.v, n, x, y);
  const warp_target to = warp_position(x, y, u, v, flow.u.width, flow.u.height);
  if (!to.inside) return -1;
  const int right = clamp_index(to.x + 1, flow.u.width), below = clamp_index(to.y + 1, flow.u.height);
  const std::int64_t w11 = to.phase_x * to.phase_y, w01 = to.phase_x * flow_one - w11;
  const std::int64_t w10 = to.phase_y * flow_one - w11, w00 = flow_one * flow_one - w01 - w10 - w11;
  auto sample = [&](const plane<std::int16_t>& p) {
    return w00 * pixel_at(p, n, to.x, to.y) + w01 * pixel_at(p, n, right, to.y) + w10 * pixel_at(p, n, to.x, below) +
           w11 * pixel_at(p, n, right, below);
  };
  const std::int64_t du = std::int64_t{u} * (flow_one * flow_one) + sample(back.u);
  const std::int64_t dv = std::int64_t{v} * (flow_one * flow_one) + sample(back.v);
  return du * du + dv * dv;
}

struct forward_backward_pixel {
  flow_planes flow, back;
  std::int64_t largest;
  image reasons;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    const std::int64_t miss = forward_backward_error(flow, back, n, x, y);
    *pixel_at<u8>(reasons, n, x, y) = miss < 0 ? flow_outside : miss > largest ? flow_inconsistent : u8{0};
  }
};

/// Why a pixel's flow is not to be trusted; see flow_reason.
struct assess_pixel {
  flow_assessment a;
  image validity;

  /// Whether a vector that is not rounded leaves the frame: x + u > width - 1 without the sum, which would be
  /// rounded.
  FLUXEL_HD bool leaves_exactly(int n, int x, int y) const {
    const float u = *pixel_at<const float>(a.exact_u, n, x, y), v = *pixel_at<const float>(a.exact_v, n, x, y);
    const int right = a.flow.u.width - 1 - x, down = a.flow.u.height - 1 - y;
    return u > static_cast<float>(right) || v > static_cast<float>(down) || u < static_cast<float>(-x) ||
           v < static_cast<float>(-y);
  }

  static constexpr int distance = 5, residual_radius = 2;  ///< of the vectors and differences that are looked at

  /// Whether one of the eight vectors at some distance differs by the limit.
  FLUXEL_HD bool varies(int n, int x, int y) const {
    const std::int64_t u = pixel_at(a.flow.u, n, x, y), v = pixel_at(a.flow.v, n, x, y);
    for (int j = -distance; j <= distance; j += distance)
      for (int i = -distance; i <= distance; i += distance) {
        const std::int64_t du = clamped_pixel(a.flow.u, n, x + i, y + j) - u;
        const std::int64_t dv = clamped_pixel(a.flow.v, n, x + i, y + j) - v;
        if (du * du + dv * dv >= a.rule.variation_squared) return true;
      }
    return false;
  }

  /// Whether the mean difference of the known pixels around reaches the limit.
  FLUXEL_HD bool differs(int n, int x, int y, std::int32_t limit) const {
    std::int32_t sum = 0, known = 0;
    for (int j = -residual_radius; j <= residual_radius; ++j)
      for (int i = -residual_radius; i <= residual_radius; ++i) {
        const int px = x + i, py = y + j;
        if (px < 0 || py < 0 || px >= a.prev.width || py >= a.prev.height) continue;
        if (pixel_at(a.warped.reason, n, px, py) != 0) continue;
        sum += magnitude(pixel_at(a.warped.grey, n, px, py) - pixel_at(a.prev, n, px, py));
        ++known;
      }
    return 16 * std::int64_t{sum} >= std::int64_t{limit} * known;  // the pixel itself is known
  }

  FLUXEL_HD u8 reason(int n, int x, int y) const {
    if (a.prev_mask.data != nullptr && pixel_at(a.prev_mask, n, x, y) != 0) return flow_masked;
    if (pixel_at(a.warped.reason, n, x, y) == flow_masked) return flow_masked;
    const pair_limits& limits = a.limits[n];
    if (limits.cut != 0) return flow_cut;
    if (pixel_at(a.warped.reason, n, x, y) != 0) return flow_outside;
    if (a.exact_u.data != nullptr && leaves_exactly(n, x, y)) return flow_outside;
    if (pixel_at(a.larger, n, x, y) < limits.flat) return flow_flat;
    if (pixel_at(a.smaller, n, x, y) < limits.aperture) return flow_aperture;
    if (a.least.data != nullptr && pixel_at(a.least, n, x, y) < a.least_eigenvalue) return flow_aperture;
    if (a.rule.variation_squared > 0 && varies(n, x, y)) return flow_inconsistent;
    if (a.rule.residual > 0 && differs(n, x, y, limits.residual)) return flow_residual;
    if (a.back.u.data != nullptr && forward_backward_error(a.flow, a.back, n, x, y) > a.rule.consistency_squared)
      return flow_inconsistent;
    return 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const { *pixel_at<u8>(validity, n, x, y) = reason(n, x, y); }
};

}  // namespace fluxel::kernels
