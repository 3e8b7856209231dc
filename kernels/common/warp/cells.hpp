// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the middles of cells are in the frames on both sides of a moment. Part of revision 4 of the bytes of
// `interpolation`.
//
// A cell takes the path of its middle, or of a pixel 2 px beside it, or rest: the one under which the frames look
// most alike. A frame's weight falls where its own flow at the path's end tells another motion: what is seen there is
// something else, which covers or has been covered.

#include <cstdint>

#include "kernels/common/warp/acceleration.hpp"
#include "kernels/common/warp/between.hpp"

namespace fluxel::kernels {

/// How far a frame's own flow is to be trusted with the motion m at the pixel that it passes: 0 to 256.
FLUXEL_HD std::int32_t trust(const flow_images& flow, int n, const warp_target& at, motion m) {
  const std::int64_t x = at.x.first + (at.x.fraction >= warp_one / 2),
                     y = at.y.first + (at.y.fraction >= warp_one / 2);
  if (x < 0 || y < 0 || x >= flow.u.width || y >= flow.u.height) return 0;
  const motion own = motion_at(flow, n, static_cast<int>(x), static_cast<int>(y));
  const std::int64_t du = own.u - m.u, dv = own.v - m.v;
  if (du == 0 && dv == 0) return 256;
  constexpr std::int64_t half = 16 * motion_one * motion_one;  // the squared distance at which it is half trusted
  return static_cast<std::int32_t>(256 * half / (half + du * du + dv * dv));
}

/// From a pixel of the moment to both frames, in 1/2^14 px.
struct moment_path {
  std::int64_t prev_u = 0, prev_v = 0, next_u = 0, next_v = 0;
  std::int32_t weight = 0;  ///< of next, to 255
};

FLUXEL_HD moment_path path_of(const between_job& job, int n, int x, int y, motion m) {
  const int to_prev = -job.moment, to_next = 256 - job.moment;
  const warp_target in_prev = seen_at(x, y, m, to_prev), in_next = seen_at(x, y, m, to_next);
  const std::int32_t prev = trust(job.forward, n, in_prev, m), next = trust(job.back, n, in_next, turned(m));
  const std::int32_t weight_prev = to_next * (prev + 1), weight_next = job.moment * (next + 1);
  const std::int32_t sum = weight_prev + weight_next;
  const acceleration a = mean(acceleration_at(job.before, job.forward, job.cut, n, in_prev),
                              acceleration_at(job.after, job.back, job.cut, n, in_next));
  const std::int64_t bend = std::int64_t{job.moment} * to_next;  // 2^17 (t - t^2) / 2
  const std::int64_t bent_u = (a.u * bend + 256) >> 9, bent_v = (a.v * bend + 256) >> 9;
  const auto along = [](std::int32_t part, int share) { return std::int64_t{part} * share; };
  return {along(m.u, to_prev) + bent_u, along(m.v, to_prev) + bent_v, along(m.u, to_next) + bent_u,
          along(m.v, to_next) + bent_v, (255 * weight_next + sum / 2) / sum};
}

/// The path with the smallest difference so far.
struct best_path {
  moment_path path;
  std::int32_t difference;

  template <class Difference>
  static FLUXEL_HD std::int32_t difference_of_path(const between_job& job, int n, int x, int y, const moment_path& p,
                                                   const Difference& difference_of) {
    const auto end = [x, y](std::int64_t u, std::int64_t v) {
      return warp_target{position_from(x, static_cast<std::int32_t>((u + 32) >> 6)),
                         position_from(y, static_cast<std::int32_t>((v + 32) >> 6))};
    };
    return difference_of(job, n, end(p.prev_u, p.prev_v), end(p.next_u, p.next_v));
  }
  template <class Difference>
  FLUXEL_HD void compare(const between_job& job, int n, int x, int y, const moment_path& other, std::int32_t handicap,
                         const Difference& difference_of) {
    const std::int32_t its = difference_of_path(job, n, x, y, other, difference_of);
    if (its < difference + handicap) *this = {other, its};
  }
};

/// At rest noise and grain stay what they are: it may be this much worse, 0.2 grey levels of each pixel.
inline constexpr std::int32_t rest_handicap = 29;

template <class Difference>
FLUXEL_HD best_path best_path_at(const between_job& job, int n, int x, int y, const Difference& difference_of) {
  constexpr int reach = 2;
  const motion own = choose_motion(job, n, x, y, difference_of);
  best_path best{path_of(job, n, x, y, own), 0};
  best.difference = best_path::difference_of_path(job, n, x, y, best.path, difference_of);
  for (int side = 0; side < 4; ++side) {
    const int beside_x = clamp_index(x + (side == 0 ? -reach : side == 1 ? reach : 0), job.forward.u.width);
    const int beside_y = clamp_index(y + (side == 2 ? -reach : side == 3 ? reach : 0), job.forward.u.height);
    const motion m = choose_motion(job, n, beside_x, beside_y, difference_of);
    if (distance(own, m) >= alike_motion)
      best.compare(job, n, x, y, path_of(job, n, beside_x, beside_y, m), 0, difference_of);
  }
  const moment_path& p = best.path;
  if ((p.prev_u | p.prev_v | p.next_u | p.next_v) != 0)
    best.compare(job, n, x, y, {0, 0, 0, 0, (255 * job.moment + 128) / 256}, rest_handicap, difference_of);
  return best;
}

FLUXEL_HD int middle_of_cell(int cell, int pixels) { return clamp_index(cell_side * cell + cell_side / 2, pixels); }

FLUXEL_HD void write_cell(const moment_cells& to, int n, int x, int y, const moment_path& p, int confidence) {
  constexpr float unit = 1.0f / (motion_one * warp_one);
  float* path = pixel_at<float>(to.paths, n, x, y);
  path[0] = static_cast<float>(p.prev_u) * unit;
  path[1] = static_cast<float>(p.prev_v) * unit;
  path[2] = static_cast<float>(p.next_u) * unit;
  path[3] = static_cast<float>(p.next_v) * unit;
  *pixel_at<u8>(to.weight, n, x, y) = static_cast<u8>(p.weight);
  *pixel_at<u8>(to.confidence, n, x, y) = static_cast<u8>(confidence);
}

/// @param x, y  the cell
template <class Difference>
FLUXEL_HD void between_cell(const between_job& job, int n, int x, int y, const Difference& difference_of) {
  if (is_cut(job.likeness, job.cut, n))  // the nearer frame, unmoved
    return write_cell(job.cells, n, x, y, {0, 0, 0, 0, job.moment < 128 ? 0 : 255}, 255);
  const best_path best = best_path_at(job, n, middle_of_cell(x, job.forward.u.width),
                                      middle_of_cell(y, job.forward.u.height), difference_of);
  constexpr std::int32_t half = 9 * 16;  // one grey level of each pixel: half as confident
  write_cell(job.cells, n, x, y, best.path, 255 * half / (half + best.difference));
}

}  // namespace fluxel::kernels
