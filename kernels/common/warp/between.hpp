// SPDX-License-Identifier: Apache-2.0
#pragma once

// The motion at a moment between two frames, in 1/64 px. Revision 1 of the bytes of `interpolation`.
//
// Pixels of the moment have two candidates: the forward flow that arrives there from the previous frame, and the flow
// back that arrives from the next one, turned around. Where both arrive and differ, the one under which 3 x 3 pixels
// of the frames look more alike is taken. A frame's weight falls where its own flow at the candidate's pixel tells
// another motion: what is seen there is something else, which covers or has been covered.

#include <cstdint>

#include "kernels/common/warp/sample.hpp"
#include "kernels/common/warp/splat.hpp"
#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

struct motion {
  std::int32_t u, v;  ///< 1/64 px
};
inline constexpr std::int32_t motion_one = 64;
inline constexpr std::int32_t alike_motion = 16;  ///< candidates nearer than this are not compared

FLUXEL_HD std::int32_t magnitude_of(std::int32_t v) { return v < 0 ? -v : v; }

/// A flow's vector; 0 where it is not known.
FLUXEL_HD motion motion_at(const flow_images& flow, int n, int x, int y) {
  const float u = *pixel_at<const float>(flow.u, n, x, y), v = *pixel_at<const float>(flow.v, n, x, y);
  if (!is_known_flow(bits_of_float(u), bits_of_float(v))) return {0, 0};
  constexpr float unit = motion_one;
  return {displacement(u, unit), displacement(v, unit)};
}
FLUXEL_HD motion turned(motion m) { return {-m.u, -m.v}; }
FLUXEL_HD std::int32_t distance(motion a, motion b) { return magnitude_of(a.u - b.u) + magnitude_of(a.v - b.v); }

/// Where the pixel (x, y) of the moment is in a frame. @param share  of the motion, in 1/256: -moment, or 256 -
/// moment
FLUXEL_HD warp_target seen_at(int x, int y, motion m, int share) {
  const auto units = [share](std::int32_t part) {  // of 1/256 px: part / 64 * share / 256 * 256
    return static_cast<std::int32_t>((std::int64_t{part} * share + 32) >> 6);
  };
  return {position_from(x, units(m.u)), position_from(y, units(m.v))};
}

FLUXEL_HD u16 grey_at(const image& frame, int n, const warp_target& at) {
  const auto row = [&](int y) { return row_at<const u16>(frame, n, 0, y); };
  u16 grey;
  sample_linear<u16>(frame, row, at, &grey);
  return grey;
}

/// How much 3 x 3 pixels of the two frames differ under a motion, in 1/16 grey level.
FLUXEL_HD std::int32_t difference_under(const between_job& job, int n, int x, int y, motion m) {
  std::int32_t sum = 0;
  for (int j = -1; j <= 1; ++j)
    for (int i = -1; i <= 1; ++i) {
      const std::int32_t a = grey_at(job.prev, n, seen_at(x + i, y + j, m, -job.moment));
      const std::int32_t b = grey_at(job.next, n, seen_at(x + i, y + j, m, 256 - job.moment));
      sum += magnitude_of(a - b);
    }
  return sum;
}

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

/// How far a frame's own flow is to be trusted with the motion m at the pixel that it passes: 0 to 256.
FLUXEL_HD std::int32_t trust(const flow_images& flow, int n, const warp_target& at, motion m) {
  const std::int64_t x = at.x.first + (at.x.fraction >= warp_one / 2),
                     y = at.y.first + (at.y.fraction >= warp_one / 2);
  if (x < 0 || y < 0 || x >= flow.u.width || y >= flow.u.height) return 0;
  const motion own = motion_at(flow, n, static_cast<int>(x), static_cast<int>(y));
  const std::int64_t du = own.u - m.u, dv = own.v - m.v;
  constexpr std::int64_t half = 2 * motion_one * motion_one;  // the squared distance at which it is half trusted
  return static_cast<std::int32_t>(256 * half / (half + du * du + dv * dv));
}

FLUXEL_HD motion choose_motion(const between_job& job, int n, int x, int y) {
  const candidate a = candidate_of(job.forward, job.from_prev, n, x, y);
  candidate b = candidate_of(job.back, job.from_next, n, x, y);
  b.m = turned(b.m);
  if (a.arrived != b.arrived) return a.arrived ? a.m : b.m;
  if (distance(a.m, b.m) < alike_motion) return a.m;
  return difference_under(job, n, x, y, b.m) < difference_under(job, n, x, y, a.m) ? b.m : a.m;
}

/// Two scenes: the nearer frame, unmoved.
FLUXEL_HD bool is_cut(const between_job& job, int n) {
  return job.forward_agreement != nullptr && job.forward_agreement[n] + job.back_agreement[n] < job.least_agreement;
}

FLUXEL_HD void between_pixel(const between_job& job, int n, int x, int y) {
  if (is_cut(job, n)) {
    *pixel_at<u8>(job.weight, n, x, y) = job.moment < 128 ? 0 : 255;
    pixel_at<float>(job.flow, n, x, y)[0] = pixel_at<float>(job.flow, n, x, y)[1] = 0;
    return;
  }
  const motion m = choose_motion(job, n, x, y);
  const std::int32_t prev = trust(job.forward, n, seen_at(x, y, m, -job.moment), m);
  const std::int32_t next = trust(job.back, n, seen_at(x, y, m, 256 - job.moment), turned(m));
  const std::int32_t weight_prev = (256 - job.moment) * (prev + 1), weight_next = job.moment * (next + 1);
  const std::int32_t sum = weight_prev + weight_next;
  *pixel_at<u8>(job.weight, n, x, y) = static_cast<u8>((255 * weight_next + sum / 2) / sum);
  float* flow = pixel_at<float>(job.flow, n, x, y);
  flow[0] = static_cast<float>(m.u) * (1.0f / motion_one);
  flow[1] = static_cast<float>(m.v) * (1.0f / motion_one);
}

FLUXEL_HD void agreement_pixel(const image& prev, const image& next, const flow_images& flow, const image& agreement,
                               int n, int x, int y) {
  const motion m = motion_at(flow, n, x, y);
  const std::int32_t a = *pixel_at<const u16>(prev, n, x, y), b = grey_at(next, n, seen_at(x, y, m, 256));
  const std::int32_t levels = magnitude_of(a - b) >> 4;
  *pixel_at<u8>(agreement, n, x, y) = static_cast<u8>(levels < 255 ? 255 - levels : 0);
}

}  // namespace fluxel::kernels
