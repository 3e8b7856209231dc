// SPDX-License-Identifier: Apache-2.0
#pragma once

// The motion at a moment between two frames, in 1/64 px. Revision 4 of the bytes of `interpolation`.
//
// Pixels of the moment have two candidates: the forward flow that arrives there from the previous frame, and the flow
// back that arrives from the next one, turned around. Where both arrive and differ, the one under which 3 x 3 pixels
// of the frames look more alike is taken. common/warp/cells.hpp asks for the middles of cells.

#include <cstdint>

#include "kernels/common/warp/motion.hpp"
#include "kernels/common/warp/sample.hpp"
#include "kernels/common/warp/splat.hpp"
#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

inline constexpr std::int32_t alike_motion = 16;  ///< candidates nearer than this are not compared

FLUXEL_HD u16 grey_at(const image& frame, int n, const warp_target& at) {
  const auto row = [&](int y) { return row_at<const u16>(frame, n, 0, y); };
  u16 grey;
  sample_linear<u16>(frame, row, at, &grey);
  return grey;
}

/// 3 x 3 greys around a position, every second pixel. Far from the border nothing is clamped, and the fractions are
/// those of the middle anyway.
struct grey_patch {
  std::int32_t grey[9];

  FLUXEL_HD grey_patch(const image& frame, int n, const warp_target& at) {
    const bool inside =
        at.x.first >= 2 && at.y.first >= 2 && at.x.first + 3 < frame.width && at.y.first + 3 < frame.height;
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 3; ++i) {
        const warp_target there{{at.x.first + 2 * i - 2, at.x.fraction}, {at.y.first + 2 * j - 2, at.y.fraction}};
        grey[3 * j + i] = inside ? grey_inside(frame, n, there) : grey_at(frame, n, there);
      }
  }

 private:
  static FLUXEL_HD std::int32_t grey_inside(const image& frame, int n, const warp_target& at) {
    const int y = static_cast<int>(at.y.first);
    const u16 *above = row_at<const u16>(frame, n, 0, y) + at.x.first,
              *below = row_at<const u16>(frame, n, 0, y + 1) + at.x.first;
    using sample = warp_sample<u16>;
    return sample::linear_down(sample::linear_across(above[0], above[1], at.x.fraction),
                               sample::linear_across(below[0], below[1], at.x.fraction), at.y.fraction);
  }
};

/// How much 3 x 3 pixels of the two frames, every second one, differ, in 1/16 grey level. An argument: backends have
/// faster ones.
struct patch_difference {
  FLUXEL_HD std::int32_t operator()(const between_job& job, int n, const warp_target& in_prev,
                                    const warp_target& in_next) const {
    const grey_patch a(job.prev, n, in_prev), b(job.next, n, in_next);
    std::int32_t sum = 0;
    for (int i = 0; i < 9; ++i) sum += magnitude_of(a.grey[i] - b.grey[i]);
    return sum;
  }
};
template <class Difference>
FLUXEL_HD std::int32_t difference_under(const between_job& job, int n, int x, int y, motion m,
                                        const Difference& difference_of) {
  return difference_of(job, n, seen_at(x, y, m, -job.moment), seen_at(x, y, m, 256 - job.moment));
}
/// The same of the pixel alone.
FLUXEL_HD std::int32_t difference_at(const between_job& job, int n, int x, int y, motion m) {
  const std::int32_t a = grey_at(job.prev, n, seen_at(x, y, m, -job.moment));
  return magnitude_of(a - grey_at(job.next, n, seen_at(x, y, m, 256 - job.moment)));
}
inline constexpr std::int32_t good_difference = 16 * 4;  ///< of motions that need no comparison: 4 grey levels

struct candidate {
  motion m;
  bool arrived;
};
FLUXEL_HD candidate candidate_of(const flow_images& flow, const splat_winner* winners, int n, int x, int y) {
  const splat_winner w = winners[winner_at(flow.u, n, x, y)];
  if (w == 0) return {motion_at(flow, n, x, y), false};
  const std::int64_t from = claimed_index(w);
  return {motion_at(flow, n, static_cast<int>(from % flow.u.width), static_cast<int>(from / flow.u.width)), true};
}

/// The motion with the smallest difference so far.
struct best_motion {
  motion m;
  std::int32_t difference;

  template <class Difference>
  FLUXEL_HD void compare(const between_job& job, int n, int x, int y, motion other, const Difference& difference_of) {
    if (distance(m, other) < alike_motion) return;
    const std::int32_t its = difference_under(job, n, x, y, other, difference_of);
    if (its < difference) *this = {other, its};
  }
};

/// Motions that arrive around a pixel, and rest, where what arrives at the pixel itself does not explain the frames.
template <class Difference>
FLUXEL_HD void compare_neighbours(const between_job& job, int n, int x, int y, const Difference& difference_of,
                                  best_motion& best) {
  constexpr int reach = 5;
  for (int side = 0; side < 4; ++side) {
    const int to_x = clamp_index(x + (side == 0 ? -reach : side == 1 ? reach : 0), job.forward.u.width);
    const int to_y = clamp_index(y + (side == 2 ? -reach : side == 3 ? reach : 0), job.forward.u.height);
    best.compare(job, n, x, y, candidate_of(job.forward, job.from_prev, n, to_x, to_y).m, difference_of);
    best.compare(job, n, x, y, turned(candidate_of(job.back, job.from_next, n, to_x, to_y).m), difference_of);
  }
  best.compare(job, n, x, y, {0, 0}, difference_of);
}

template <class Difference>
FLUXEL_HD motion choose_motion(const between_job& job, int n, int x, int y, const Difference& difference_of) {
  const candidate a = candidate_of(job.forward, job.from_prev, n, x, y);
  candidate b = candidate_of(job.back, job.from_next, n, x, y);
  b.m = turned(b.m);
  if (a.arrived && b.arrived && distance(a.m, b.m) < alike_motion &&
      difference_at(job, n, x, y, a.m) <= good_difference)
    return a.m;
  const bool only_b = b.arrived && !a.arrived;
  const motion first = only_b ? b.m : a.m;
  best_motion best{first, difference_under(job, n, x, y, first, difference_of)};
  if (a.arrived == b.arrived) best.compare(job, n, x, y, b.m, difference_of);
  if (best.difference > 9 * good_difference) compare_neighbours(job, n, x, y, difference_of, best);
  return best.m;
}

FLUXEL_HD void agreement_pixel(const image& prev, const image& next, const flow_images& flow, const image& agreement,
                               int n, int x, int y) {
  const motion m = motion_at(flow, n, x, y);
  const std::int32_t a = *pixel_at<const u16>(prev, n, x, y), b = grey_at(next, n, seen_at(x, y, m, 256));
  const std::int32_t levels = magnitude_of(a - b) >> 4;
  *pixel_at<u8>(agreement, n, x, y) = static_cast<u8>(levels < 255 ? 255 - levels : 0);
}

}  // namespace fluxel::kernels
