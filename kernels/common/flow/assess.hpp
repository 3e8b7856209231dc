// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which flow vectors are to be trusted.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

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

  FLUXEL_HD u8 reason(int n, int x, int y) const {
    const auto& warped = a.warped_reason;
    if (a.prev_mask.data != nullptr && pixel_at(a.prev_mask, n, x, y) != 0) return flow_masked;
    if (pixel_at(warped, n, x, y) != 0) return pixel_at(warped, n, x, y);
    if (pixel_at(a.larger, n, x, y) < a.flat) return flow_flat;
    if (pixel_at(a.smaller, n, x, y) < a.aperture) return flow_aperture;
    const int du = pixel_at(a.relaxed.u, n, x, y) - pixel_at(a.before.u, n, x, y);
    const int dv = pixel_at(a.relaxed.v, n, x, y) - pixel_at(a.before.v, n, x, y);
    const int step = a.limit;
    if (du >= step || du <= -step || dv >= step || dv <= -step) return flow_not_converged;
    if (a.back.u.data != nullptr && forward_backward_error(a.flow, a.back, n, x, y) > a.max_forward_backward_error)
      return flow_inconsistent;
    return 0;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const { *pixel_at<u8>(validity, n, x, y) = reason(n, x, y); }
};

}  // namespace fluxel::kernels
