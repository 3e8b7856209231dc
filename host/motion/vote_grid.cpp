// SPDX-License-Identifier: Apache-2.0
#include "host/motion/vote_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fluxel::host {

namespace {

constexpr double votes_at_border = 3;
constexpr double trusted_gain = 1.5;  ///< of a cell's vote when all its pairs are trusted
constexpr double pair_gain = 1;       ///< of a trusted pair's part in it
// By how much frames must look less alike to speak against a motion: resampled noise differs by some of it.
constexpr double relative_margin = 0.15, least_margin = 0.1;  ///< the second: grey levels
constexpr double least_seen = 0.25;                           ///< of a cell's pixels that stay in the frame

int index_of(double at, double length, int count) {
  return std::clamp(static_cast<int>(std::floor(at / length * count)), 0, count - 1);
}

/// Bilinear; the position is within the centres of the outermost pixels.
double sample(const image<f32>& p, const point2d& at) {
  const int x = std::min(static_cast<int>(at.x), p.width() - 2);
  const int y = std::min(static_cast<int>(at.y), p.height() - 2);
  const double fx = at.x - x, fy = at.y - y;
  const f32* above = p.data() + std::size_t(y) * p.width() + x;
  const f32* below = above + p.width();
  const double top = (1 - fx) * double(above[0]) + fx * double(above[1]);
  const double bottom = (1 - fx) * double(below[0]) + fx * double(below[1]);
  return (1 - fy) * top + fy * bottom;
}

}  // namespace

double vote_grid::border_weight(int cell) {
  const int x = cell % columns, y = cell / columns;
  return x == 0 || y == 0 || x == columns - 1 || y == rows - 1 ? votes_at_border : 1;
}

double vote_grid::weight_of(int cell) const {
  const cell_sums& s = sums_[std::size_t(cell)];
  return s.pairs == 0 ? 0 : border_weight(cell) * (1 + trusted_gain * s.trust / s.pairs);
}

void vote_grid::take(const motion_pairs& pairs) {
  cell_.assign(pairs.from.size(), 0);
  sums_.fill({});
  for (std::size_t i = 0; i < cell_.size(); ++i) {
    if (pairs.status[i] != track_status::tracked) continue;
    cell_[i] = index_of(pairs.from[i].y, height_, rows) * columns + index_of(pairs.from[i].x, width_, columns);
    cell_sums& s = sums_[std::size_t(cell_[i])];
    ++s.pairs;
    s.trust = s.trust + double(pairs.trust_in(i));
    s.weight = s.weight + (1 + pair_gain * double(pairs.trust_in(i)));
  }
}

double vote_grid::by_pairs(const motion_pairs& pairs, const matrix3x3& motion, double reach) const {
  std::array<double, cells> part{};
  for (std::size_t i = 0; i < cell_.size(); ++i) {
    if (pairs.status[i] != track_status::tracked) continue;
    const point2d to = motion.map({pairs.from[i].x, pairs.from[i].y});
    const double dx = to.x - double(pairs.to[i].x), dy = to.y - double(pairs.to[i].y);
    const double far = (dx * dx + dy * dy) / (reach * reach);
    double& p = part[std::size_t(cell_[i])];
    if (far < 1) p = p + (1 + pair_gain * double(pairs.trust_in(i))) * (1 - far);
  }
  double votes = 0;
  for (int c = 0; c < cells; ++c)
    if (part[std::size_t(c)] > 0) votes = votes + part[std::size_t(c)] / sums_[std::size_t(c)].weight * weight_of(c);
  return votes;
}

double vote_grid::most_by_pairs() const {
  double votes = 0;
  for (int c = 0; c < cells; ++c) votes = votes + weight_of(c);
  return votes;
}

/// How unlike a cell is after the motion: the mean absolute deviation of a sixteenth of its pixels' differences from
/// their mean. What the whole cell changes by is light, and on a shaded wall would speak for whatever motion makes up
/// for it. Infinite where too little stays in the frame.
double vote_grid::difference(const image<f32>& a, const image<f32>& b, const matrix3x3& to_after, int cell,
                             std::vector<double>& changes) {
  constexpr int step = 4;
  const int w = a.width(), h = a.height();
  const int column = cell % columns, row = cell / columns;
  const int left = column * w / columns, right = (column + 1) * w / columns;
  const int top = row * h / rows, bottom = (row + 1) * h / rows;
  changes.clear();
  double sum = 0;
  int all = 0;
  for (int y = top + 1; y < bottom; y += step)
    for (int x = left + 1; x < right; x += step) {
      ++all;
      const point2d at = to_after.map({double(x), double(y)});
      if (!(at.x >= 0 && at.y >= 0 && at.x <= b.width() - 1 && at.y <= b.height() - 1)) continue;
      changes.push_back(sample(b, at) - double(a(x, y)));
      sum = sum + changes.back();
    }
  const double seen = double(changes.size());
  if (!(seen > least_seen * all)) return std::numeric_limits<double>::infinity();
  double deviations = 0;
  for (const double change : changes) deviations = deviations + std::abs(change - sum / seen);
  return deviations / seen;
}

std::vector<double> vote_grid::by_pictures(const picture_pair& pictures, std::span<const matrix3x3> motions) const {
  std::vector<double> votes(motions.size(), 0);
  if (pictures.before.width() < 4 * columns || pictures.before.height() < 4 * rows) return votes;
  const image<f32>&a = pictures.before, &b = pictures.after;
  std::vector<matrix3x3> to_after;
  for (const matrix3x3& m : motions) to_after.push_back(inverse(pictures.to_points) * m * pictures.to_points);
  std::vector<double> unlike(motions.size()), changes;
  for (int c = 0; c < cells; ++c) {
    if (sums_[std::size_t(c)].pairs > 0) continue;
    double least = std::numeric_limits<double>::infinity(), largest = 0;
    for (std::size_t m = 0; m < motions.size(); ++m) {
      unlike[m] = difference(a, b, to_after[m], c, changes);
      if (unlike[m] < std::numeric_limits<double>::infinity())
        least = std::min(least, unlike[m]), largest = std::max(largest, unlike[m]);
    }
    const double margin = least * relative_margin + least_margin;
    if (!(largest >= least + margin)) continue;
    for (std::size_t m = 0; m < votes.size(); ++m) {
      const double worse = (unlike[m] - least) / margin;
      if (worse < 1) votes[m] = votes[m] + border_weight(c) * (1 - worse);
    }
  }
  return votes;
}

}  // namespace fluxel::host
