// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which of two flows a pair goes on with. First a given one, or no motion. After a cut the flow of the pair before is
// wrong by any amount, and levels that are too small to show it never find back.

#include <cstdint>

#include "kernels/common/flow/equation.hpp"
#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"

namespace fluxel::kernels {

/// What a vector that leaves the frame counts as, in units of intensity: 20 grey levels.
inline constexpr std::int32_t outside_change = 20 * intensity_one;

/// By how much the warped frame differs less from the previous one than the next frame does; 0 where one is unknown.
struct start_gain {
  flow_frames frames;
  warped_frame warped;  ///< by the start

  FLUXEL_HD static std::int32_t distance(std::int32_t a, std::int32_t b) { return a < b ? b - a : a - b; }
  FLUXEL_HD std::int32_t operator()(int n, int x, int y) const {
    const u8 reason = pixel_at(warped.reason, n, x, y);
    const bool unknown = frames.next_mask.data != nullptr && pixel_at(frames.next_mask, n, x, y) != 0;
    if (reason == flow_masked || unknown) return 0;
    const std::int32_t prev = pixel_at(frames.prev, n, x, y), next = pixel_at(frames.next, n, x, y);
    const std::int32_t by_start =
        reason == flow_outside ? outside_change : distance(pixel_at(warped.grey, n, x, y), prev);
    return distance(next, prev) - by_start;
  }
};

/// No motion in images that gain nothing by the start.
struct keep_start_pixel {
  flow_planes start;
  const std::int64_t* gain;  ///< of each image

  FLUXEL_HD void operator()(int n, int x, int y) const {
    if (gain[n] > 0) return;
    pixel_at(start.u, n, x, y) = 0;
    pixel_at(start.v, n, x, y) = 0;
  }
};

/// By how much the frame warped by `flow` differs less from the previous one than the frame warped by `other`, over
/// the pixels that both take to known ones: what leaves the frame is like anything.
struct flow_gain {
  flow_frames frames;
  warped_frame by_flow, by_other;

  FLUXEL_HD std::int32_t operator()(int n, int x, int y) const {
    if ((pixel_at(by_flow.reason, n, x, y) | pixel_at(by_other.reason, n, x, y)) != 0) return 0;
    const std::int32_t prev = pixel_at(frames.prev, n, x, y);
    return start_gain::distance(pixel_at(by_other.grey, n, x, y), prev) -
           start_gain::distance(pixel_at(by_flow.grey, n, x, y), prev);
  }
};

/// `other` in images that gain nothing by `flow`.
struct take_other_flow_pixel {
  flow_planes other, flow;
  const std::int64_t* gain;  ///< of each image

  FLUXEL_HD void operator()(int n, int x, int y) const {
    if (gain[n] > 0) return;
    pixel_at(flow.u, n, x, y) = pixel_at(other.u, n, x, y);
    pixel_at(flow.v, n, x, y) = pixel_at(other.v, n, x, y);
  }
};

}  // namespace fluxel::kernels
