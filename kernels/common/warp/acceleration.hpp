// SPDX-License-Identifier: Apache-2.0
#pragma once

// Paths that bend. Part of revision 4 of the bytes of `interpolation`.
//
// Pixels seldom keep their velocity. What it changes by is the sum of the flows from a frame to both of its
// neighbours: under a constant acceleration a, the path between two frames leaves the straight line by a (t^2 - t) /
// 2, t from 0 to 1. The mean of what the pairs before and after tell is taken; a pair that is not known, or tells of
// another motion altogether, tells of none.

#include <cstdint>

#include "kernels/common/warp/motion.hpp"
#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

struct acceleration {  ///< 1/64 px for the length of a pair squared
  std::int64_t u = 0, v = 0;
};
FLUXEL_HD acceleration mean(acceleration a, acceleration b) { return {(a.u + b.u) / 2, (a.v + b.v) / 2}; }

/// Two scenes, or one.
FLUXEL_HD bool is_cut(const pair_likeness& pair, const cut_rule& rule, int n) {
  if (pair.forward_agreement == nullptr) return false;
  const int agreement = pair.forward_agreement[n] + pair.back_agreement[n];
  if (agreement < rule.least_agreement) return true;
  if (pair.forward_score == nullptr || agreement >= rule.least_agreement_by_score) return false;
  return pair.forward_score[n] >= rule.score && pair.back_score[n] >= rule.score;
}

FLUXEL_HD std::int64_t length_of(std::int64_t u, std::int64_t v) { return (u < 0 ? -u : u) + (v < 0 ? -v : v); }

/// @param here  the flow of the frame that both pairs share, to the other frame of the moment's pair
/// @param at    the pixel there
FLUXEL_HD acceleration acceleration_at(const pair_beside& beside, const flow_images& here, const cut_rule& cut, int n,
                                       const warp_target& at) {
  if (beside.flow.u.data == nullptr || is_cut(beside.likeness, cut, n)) return {};
  const int x = clamp_position(at.x.first + (at.x.fraction >= warp_one / 2), here.u.width);
  const int y = clamp_position(at.y.first + (at.y.fraction >= warp_one / 2), here.u.height);
  const motion one = motion_at(here, n, x, y), other = motion_at(beside.flow, n, x, y);
  const std::int64_t ratio = beside.ratio;
  const std::int64_t other_u = (other.u * ratio + 128) >> 8, other_v = (other.v * ratio + 128) >> 8;
  const std::int64_t u = one.u + other_u, v = one.v + other_v;
  const std::int64_t length = length_of(one.u, one.v), other_length = length_of(other_u, other_v);
  if (length_of(u, v) > (length > other_length ? length : other_length) + motion_one) return {};
  if (ratio == 256) return {u, v};         // what divisions would give
  const std::int64_t apart = 256 + ratio;  // the middles of the pairs are half of this from each other
  return {u * 2 * ratio / apart, v * 2 * ratio / apart};
}

}  // namespace fluxel::kernels
