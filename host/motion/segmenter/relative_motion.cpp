// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/relative_motion.hpp"

#include <algorithm>
#include <cmath>

namespace fluxel::host {

namespace {

constexpr double quiet_part = 0.3;  ///< of the vectors, the shortest: surely background
constexpr double longest_quiet =
    0.8446;  ///< of that part: standard deviations of a component (Rayleigh's distribution)
constexpr double flow_step = 1 / 64.0;  ///< px; vectors are its multiples, so that noise is never nothing
// By how much a pixel's surroundings are more alike along the flow than along the background's motion when it moves.
constexpr std::int32_t least_gain = likeness::per_level * 3 / 4;
constexpr int noise_per_gain = 4;  ///< the same: a quarter of what most pixels differ by

std::int16_t in_steps(double px) {
  const double steps = px * 64;
  return std::int16_t(std::lround(steps > -32767 ? steps < 32767 ? steps : 32767 : -32767));
}

}  // namespace

/// Sundaram, Brox and Keutzer 2010: a return within 0.01 of the squared lengths, and half a pixel.
void background_difference::check_return(const known_flow& there, const known_flow& back) {
  const int w = there.uv.width(), h = there.uv.height();
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      u8& unusable = usable_(x, y);
      unusable = there.validity(x, y);
      if (unusable != 0) continue;
      const float u = there.uv(x, y, 0), v = there.uv(x, y, 1);
      const int to_x = std::clamp(int(std::lround(float(x) + u)), 0, w - 1);
      const int to_y = std::clamp(int(std::lround(float(y) + v)), 0, h - 1);
      const float bu = back.uv(to_x, to_y, 0), bv = back.uv(to_x, to_y, 1);
      const float du = u + bu, dv = v + bv;
      if (du * du + dv * dv > 0.01F * (u * u + v * v + bu * bu + bv * bv) + 0.5F)
        unusable = u8(flow_reason::inconsistent);
    }
}

/// @returns the standard deviation of the background's flow, px.
double background_difference::measure(const image<f32>& uv, relative_motion& result) {
  const int w = uv.width(), h = uv.height();
  lengths_.resize(std::size_t(w) * h);
  ordered_.clear();
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const point2d to = result.background.map({double(x), double(y)});
      const double u = double(uv(x, y, 0)) - (to.x - x), v = double(uv(x, y, 1)) - (to.y - y);
      const std::size_t i = std::size_t(y) * w + x;
      result.moved[i] = {in_steps(u), in_steps(v)};
      lengths_[i] = float(u * u + v * v);
      if (usable_(x, y) == 0) ordered_.push_back(lengths_[i]);
    }
  if (ordered_.empty()) return 0;
  const auto middle = ordered_.begin() + std::ptrdiff_t(double(ordered_.size()) * quiet_part);
  std::nth_element(ordered_.begin(), middle, ordered_.end());
  return std::max(std::sqrt(double(*middle)) / longest_quiet, flow_step);
}

void background_difference::find(const frame_pair& pair, relative_motion& result) {
  const known_flow& there = pair.there;
  const int w = there.uv.width(), h = there.uv.height();
  const std::size_t n = std::size_t(w) * h;
  if (usable_.width() != w || usable_.height() != h) usable_ = {w, h};
  ordered_.reserve(n);
  result.level.assign(n, motion_level::unknown);
  result.moved.assign(n, {});
  check_return(there, pair.back);
  const auto background = fit_.find(there.uv, usable_);
  if (!background) return;
  result.background = *background;
  const double deviation = measure(there.uv, result);
  const double limit = std::max(limits_.least, limits_.noise * deviation);
  const auto strong = float(limit * limit), weak = float(limit * limit / 4);
  for (std::size_t i = 0; i < n; ++i)
    result.level[i] = lengths_[i] >= strong ? motion_level::strong
                      : lengths_[i] >= weak ? motion_level::weak
                                            : motion_level::still;
  doubt(pair, result);
}

/// Flow reaches beyond what moves where there is little texture; the frames tell. Their noise is what most pixels
/// have along the background's motion.
void background_difference::doubt(const frame_pair& pair, relative_motion& result) {
  const likeness::sums& background = likeness_.along(result.background, pair.here_grey, pair.there_grey);
  const likeness::sums& flow = likeness_.along(pair.there.uv, pair.here_grey, pair.there_grey);
  ordered_sums_.clear();
  for (const std::int32_t sum : background)
    if (sum != likeness::outside) ordered_sums_.push_back(sum);
  if (ordered_sums_.empty()) return;
  const auto middle = ordered_sums_.begin() + std::ptrdiff_t(ordered_sums_.size() / 2);
  std::nth_element(ordered_sums_.begin(), middle, ordered_sums_.end());
  const std::int32_t margin = std::max(least_gain, *middle / noise_per_gain);
  const int w = pair.here_grey.width(), h = pair.here_grey.height();
  const auto alike = [&](std::size_t i) { return background[i] <= flow[i] + margin; };
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const std::size_t i = std::size_t(y) * w + x;
      motion_level& level = result.level[i];
      const bool known = usable_.data()[i] == 0;
      if (background[i] == likeness::outside || (!known && background[i] <= *middle + 2 * margin))
        level = motion_level::unknown;
      else if (!known && level == motion_level::still)
        level = motion_level::changed;
      else if (known && level != motion_level::still &&
               (alike(i) || (x > 0 && alike(i - 1)) || (x + 1 < w && alike(i + 1)) || (y > 0 && alike(i - w)) ||
                (y + 1 < h && alike(i + w))))
        level = motion_level::doubtful;
    }
}

void combine(const relative_motion* before, const relative_motion* after, relative_motion& result) {
  const relative_motion& any = after != nullptr ? *after : *before;
  result.level = any.level;
  result.moved = any.moved;
  const auto from_before = [&](std::size_t i) {
    // Towards the past: the other way round.
    result.moved[i] = {std::int16_t(-before->moved[i].u), std::int16_t(-before->moved[i].v)};
  };
  for (std::size_t i = 0; before != nullptr && i < result.level.size(); ++i) {
    const motion_level b = before->level[i], a = after != nullptr ? after->level[i] : motion_level::unknown;
    if (a == motion_level::unknown) from_before(i);
    result.level[i] = std::min(a, b);
  }
}

}  // namespace fluxel::host
