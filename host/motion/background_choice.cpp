// SPDX-License-Identifier: Apache-2.0
#include "host/motion/background_choice.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/motion/motion_model.hpp"

namespace fluxel::host {

namespace {

constexpr int most_rivals = 4;
constexpr double vote_reach = 0.5;   ///< of the tight distance, of a pair's vote
constexpr double agreed = 0.9;       ///< of all votes: no other motion can be the background's
constexpr double first_bonus = 1.1;  ///< of votes: the motion that most pairs follow is not given up for as many
constexpr double same_within = 0.1;  ///< of the tight distance: two motions are one
constexpr float well_trusted = 0.7F;
constexpr double at_rest_within = 0.5 / 1.5;  ///< of the tight distance: pairs that do not move

constexpr double deviations_of_noise = 5;  ///< pairs are farther from a motion that is not theirs
constexpr double least_reach = 0.3;        ///< of the tight distance
constexpr double most_followers = 0.5;     ///< that must be left
// What a camera that stands still may move by: standard errors of the fit, which is known less well at the frame's
// corners; and parts of the tight distance that this is at least and at most.
constexpr double errors_at_rest = 4;
constexpr double nearest_rest = 0.03;
constexpr double farthest_rest = 0.1;

point_pair pair_at(const motion_pairs& p, std::size_t i) {
  return {{p.from[i].x, p.from[i].y}, {p.to[i].x, p.to[i].y}};
}

}  // namespace

background_choice::candidate background_choice::fit(const motion_pairs& pairs, motion_model model,
                                                    double threshold) const {
  candidate c{.model = model};
  c.followers.resize(left_.size());
  c.motion = fit_global_motion(pairs.from, pairs.to, left_,
                               {.model = model, .threshold = threshold, .max_trials = 500}, c.followers);
  return c;
}

/// Unless it is one of them, or has too few followers.
void background_choice::add(candidate c) {
  if (c.motion.inliers < settings_.fewest_followers) return;
  for (const candidate& known : candidates_)
    if (farthest_corner(known.motion.matrix, c.motion.matrix) < same_within * settings_.tight) return;
  candidates_.push_back(std::move(c));
}

/// How far two motions are apart at the corners of the frame.
double background_choice::farthest_corner(const matrix3x3& a, const matrix3x3& b) const {
  const double w = settings_.width - 1, h = settings_.height - 1;
  double most = 0;
  for (const point2d& corner : {point2d{0, 0}, {w, 0}, {0, h}, {w, h}})
    most = std::max(most, squared_distance(a, {corner, b.map(corner)}));
  return std::sqrt(most);
}

/// One motion after the other, each of the pairs that follow none before it.
void background_choice::add_rivals(const motion_pairs& pairs, double threshold) {
  const double least = settings_.rival_share * candidates_[0].motion.pairs;
  left_.assign(pairs.status.begin(), pairs.status.end());
  for (int i = 0; i < most_rivals; ++i) {
    candidate c = fit(pairs, settings_.model, threshold);
    if (c.motion.inliers < std::max(least, double(settings_.fewest_followers))) return;
    for (std::size_t k = 0; k < left_.size(); ++k)
      if (c.followers[k] != 0) left_[k] = track_status::outside;
    add(std::move(c));
  }
}

/// What was background before may be few pairs by now.
void background_choice::add_trusted(const motion_pairs& pairs) {
  if (pairs.trust.empty()) return;
  for (std::size_t i = 0; i < left_.size(); ++i)
    left_[i] = pairs.trust[i] < well_trusted ? track_status::outside : pairs.status[i];
  add(fit(pairs, settings_.model, settings_.tight));
}

/// Few pairs that are close together tell no more than where they go.
void background_choice::add_translations(const motion_pairs& pairs) {
  if (settings_.model == motion_model::translation) return;
  const std::size_t groups = candidates_.size();
  for (std::size_t g = 1; g < groups; ++g) {
    for (std::size_t i = 0; i < left_.size(); ++i)
      left_[i] = candidates_[g].followers[i] != 0 ? track_status::tracked : track_status::outside;
    add(fit(pairs, motion_model::translation, 3 * settings_.tight));
  }
}

/// A camera that stands still.
void background_choice::add_rest(const motion_pairs& pairs) {
  const double within = at_rest_within * settings_.tight;
  candidate c{.followers = std::vector<u8>(pairs.from.size())};
  for (std::size_t i = 0; i < pairs.from.size(); ++i) {
    if (pairs.status[i] != track_status::tracked) continue;
    const double dx = double(pairs.to[i].x) - double(pairs.from[i].x);
    const double dy = double(pairs.to[i].y) - double(pairs.from[i].y);
    if (dx * dx + dy * dy < within * within) c.followers[i] = 1, ++c.motion.inliers;
  }
  add(std::move(c));
}

std::size_t background_choice::most_voted(const motion_pairs& pairs, const picture_pair* pictures) const {
  std::vector<double> votes(candidates_.size());
  if (pictures != nullptr) {
    std::vector<matrix3x3> motions;
    for (const candidate& c : candidates_) motions.push_back(c.motion.matrix);
    votes = grid_.by_pictures(*pictures, motions);
  }
  for (std::size_t i = 0; i < votes.size(); ++i)
    votes[i] = votes[i] + grid_.by_pairs(pairs, candidates_[i].motion.matrix, vote_reach * settings_.tight);
  votes[0] = votes[0] * first_bonus;
  return std::size_t(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

/// What moves a little by itself is let go where most pairs follow the motion closely.
void background_choice::sharpen(const motion_pairs& pairs, candidate& c) {
  distances_.clear();
  for (std::size_t i = 0; i < left_.size(); ++i) {
    left_[i] = c.followers[i] != 0 ? track_status::tracked : track_status::outside;
    if (c.followers[i] != 0) distances_.push_back(squared_distance(c.motion.matrix, pair_at(pairs, i)));
  }
  const auto middle = distances_.begin() + std::ptrdiff_t(distances_.size() / 2);
  std::nth_element(distances_.begin(), middle, distances_.end());
  const double reach = std::max(deviations_of_noise * std::sqrt(*middle), least_reach * settings_.tight);
  if (reach >= settings_.loose) return;
  candidate closer = fit(pairs, *c.model, reach);
  if (closer.motion.inliers >= most_followers * c.motion.inliers) c = std::move(closer);
}

/// A camera that stands still moves by no more than the fit's error.
bool background_choice::is_rest(const motion_pairs& pairs, const candidate& c) const {
  double squares = 0;
  for (std::size_t i = 0; i < c.followers.size(); ++i)
    if (c.followers[i] != 0) squares = squares + squared_distance({}, pair_at(pairs, i));
  const double noise = std::sqrt(squares / c.motion.inliers);  // of the pairs, if it stands still
  const double error = errors_at_rest * noise / std::sqrt(double(c.motion.inliers));
  const double limit = std::clamp(error, nearest_rest * settings_.tight, farthest_rest * settings_.tight);
  return farthest_corner(c.motion.matrix, {}) <= limit;
}

std::optional<global_motion> background_choice::find(const motion_pairs& pairs, const picture_pair* pictures,
                                                     std::vector<u8>& followers) {
  followers.assign(pairs.from.size(), 0);
  candidates_.clear();
  left_.assign(pairs.status.begin(), pairs.status.end());
  candidate first = fit(pairs, settings_.model, settings_.loose);
  const int all = first.motion.pairs;
  if (first.motion.inliers < std::max(settings_.least_share * all, double(settings_.fewest_followers)))
    return std::nullopt;
  add(std::move(first));
  grid_.take(pairs);
  std::size_t best = 0;
  if (grid_.by_pairs(pairs, candidates_[0].motion.matrix, vote_reach * settings_.tight) <
      agreed * grid_.most_by_pairs()) {
    // A loose fit may hold several motions; one that is too fine, a part of the background.
    add_rivals(pairs, settings_.tight);
    add_rivals(pairs, settings_.tight / 3);
    add_trusted(pairs);
    add_translations(pairs);
    add_rest(pairs);
    best = most_voted(pairs, pictures);
  }
  candidate& chosen = candidates_[best];
  if (chosen.model) sharpen(pairs, chosen);
  if (is_rest(pairs, chosen)) chosen.motion.matrix = {};
  followers = chosen.followers;
  chosen.motion.pairs = all;
  return chosen.motion;
}

}  // namespace fluxel::host
