// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "fluxel/global_motion.hpp"
#include "fluxel/image.hpp"

namespace fluxel::host {

/// Pairs of points in two frames, of which some belong to the background.
struct motion_pairs {
  std::span<const point> from, to;
  std::span<const track_status> status;  ///< only `tracked` pairs count
  std::span<const float> trust = {};     ///< that a pair belongs to the background, 0 to 1; empty: nothing is known

  float trust_in(std::size_t i) const { return trust.empty() ? 0.0F : trust[i]; }
};

/// The two frames themselves, reduced, in which plain ground has no points to follow but still tells how it moves.
struct picture_pair {
  const image<f32>& before;  ///< grey levels, 0 to 255
  const image<f32>& after;
  matrix3x3 to_points;  ///< their pixels to the units of points
};

/// Cells of a grid over the frame that vote for motions. A background lies around what moves before it, whatever has
/// more texture: so every cell has one vote, however many points it has, and those at the border of the frame more.
class vote_grid {
 public:
  vote_grid(double width, double height) : width_(width), height_(height) {}

  /// Pairs of the same cell share its vote; cells whose pairs are trusted have a larger one.
  void take(const motion_pairs& pairs);

  /// Votes of the cells that have pairs. A pair votes the less, the farther it is from the motion, and beyond `reach`
  /// not at all.
  double by_pairs(const motion_pairs& pairs, const matrix3x3& motion, double reach) const;
  /// The most that by_pairs can be.
  double most_by_pairs() const;

  /// Votes of the cells without pairs, for each motion: of those under which the frames look most alike there, where
  /// the others make a difference.
  std::vector<double> by_pictures(const picture_pair& pictures, std::span<const matrix3x3> motions) const;

 private:
  static constexpr int columns = 8, rows = 8, cells = columns * rows;
  struct cell_sums {
    int pairs = 0;
    double trust = 0, weight = 0;
  };
  static double border_weight(int cell);
  double weight_of(int cell) const;
  static double difference(const image<f32>& a, const image<f32>& b, const matrix3x3& to_after, int cell,
                           std::vector<double>& changes);

  double width_, height_;
  std::vector<int> cell_;  ///< of every pair
  std::array<cell_sums, cells> sums_{};
};

}  // namespace fluxel::host
