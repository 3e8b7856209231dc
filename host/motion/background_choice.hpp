// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "host/motion/vote_grid.hpp"

namespace fluxel::host {

/// Lengths are in the units of the points.
struct background_settings {
  motion_model model = motion_model::homography;
  double width = 0, height = 0;  ///< of the frame
  double loose = 1;              ///< distance of pairs that follow the motion of all of a scene: near and far differ
  double tight = 1;              ///< of pairs that follow the motion of one thing
  int fewest_followers = 12;
  double least_share = 0.2;  ///< of the pairs that follow the motion with most followers: fewer are no background
  double rival_share = 0.1;  ///< of the pairs that follow another one
};

/// Finds the background's motion, whatever moves before it and how much texture that has: among the motions that
/// groups of pairs follow the one with most votes (vote_grid). Keeps its memory.
class background_choice {
 public:
  explicit background_choice(const background_settings& settings)
      : settings_(settings), grid_(settings.width, settings.height) {}

  /// @param pictures   null: only the pairs vote.
  /// @param followers  1 for the pairs that follow the result, else 0; all 0 where nothing was found.
  /// @returns nothing where too few pairs follow one motion.
  std::optional<global_motion> find(const motion_pairs& pairs, const picture_pair* pictures,
                                    std::vector<u8>& followers);

 private:
  struct candidate {
    std::optional<motion_model> model;  ///< that was fitted; none: rest
    global_motion motion;
    std::vector<u8> followers;
  };
  candidate fit(const motion_pairs& pairs, motion_model model, double threshold) const;
  void add(candidate c);
  double farthest_corner(const matrix3x3& a, const matrix3x3& b) const;
  void add_rivals(const motion_pairs& pairs, double threshold);
  void add_trusted(const motion_pairs& pairs);
  void add_translations(const motion_pairs& pairs);
  void add_rest(const motion_pairs& pairs);
  void sharpen(const motion_pairs& pairs, candidate& c);
  bool is_rest(const motion_pairs& pairs, const candidate& c) const;
  std::size_t most_voted(const motion_pairs& pairs, const picture_pair* pictures) const;

  background_settings settings_;
  vote_grid grid_;
  std::vector<track_status> left_;  ///< tracked: pairs that a fit may use
  std::vector<candidate> candidates_;
  std::vector<double> distances_;  ///< squared
};

}  // namespace fluxel::host
