// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <span>

#include "fluxel/global_motion.hpp"

namespace fluxel::host {

/// A point, and where it is in the next frame.
struct point_pair {
  point2d from;
  point2d to;
};

inline constexpr int most_parameters = 8;
using parameters = std::array<double, most_parameters>;

/// Of a model: how many parameters it has, and how many pairs of points determine them.
constexpr int parameter_count(motion_model model) { return 2 * (static_cast<int>(model) + 1); }
constexpr int sample_size(motion_model model) { return static_cast<int>(model) + 1; }

/// A square system of linear equations, and its right side as the column after the last unknown's.
using equations = std::array<std::array<double, most_parameters + 1>, most_parameters>;

/// Gaussian elimination with pivots, of n unknowns. Nothing where a pivot is small beside the largest element.
std::optional<parameters> solve(equations& e, int n);

/// What x and y of a mapped point gain from each parameter of a model.
struct slopes {
  parameters x{}, y{};
};
/// For homographies at a map that sends `p` to `at`, with its denominator.
slopes slopes_of(motion_model model, const point2d& p, const point2d& at, double denominator);

/// The matrix of a model's parameters: [m2 m5], [m0 m3 m2 m5], [m0 .. m5], [m0 .. m7]; the last element is 1.
matrix3x3 matrix_of(motion_model model, const parameters& p);

/// The parameters that lead the least weighted squares of distances in the next frame one Gauss-Newton step down from
/// `start`; of all models but homographies they are the minimum. Nothing where the pairs do not determine them.
std::optional<parameters> improved(motion_model model, const parameters& start, std::span<const point_pair> pairs,
                                   std::span<const double> weights);

/// The parameters of as many pairs as determine them. Nothing where they are on a line, or the same.
std::optional<parameters> exact(motion_model model, std::span<const point_pair> sample);

/// The parameters of no motion.
parameters at_rest(motion_model model);

/// Squared distance in the next frame; infinite for points that the map sends to or beyond infinity.
double squared_distance(const matrix3x3& m, const point_pair& pair);

}  // namespace fluxel::host
