// SPDX-License-Identifier: Apache-2.0
#include "host/motion/motion_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fluxel::host {

std::optional<parameters> solve(equations& e, int n) {
  double largest = 0;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) largest = std::max(largest, std::abs(e[i][j]));
  const double least = largest * 1e-12;
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k + 1; i < n; ++i)
      if (std::abs(e[i][k]) > std::abs(e[pivot][k])) pivot = i;
    if (!(std::abs(e[pivot][k]) > least)) return std::nullopt;
    std::swap(e[k], e[pivot]);
    for (int i = k + 1; i < n; ++i) {
      const double factor = e[i][k] / e[k][k];
      for (int j = k; j <= n; ++j) e[i][j] = e[i][j] - factor * e[k][j];
    }
  }
  parameters solution{};
  for (int k = n - 1; k >= 0; --k) {
    double sum = e[k][n];
    for (int j = k + 1; j < n; ++j) sum = sum - e[k][j] * solution[j];
    solution[k] = sum / e[k][k];
  }
  return solution;
}

slopes slopes_of(motion_model model, const point2d& p, const point2d& at, double denominator) {
  switch (model) {
    case motion_model::translation:
      return {{1, 0}, {0, 1}};
    case motion_model::similarity:
      return {{p.x, -p.y, 1, 0}, {p.y, p.x, 0, 1}};
    case motion_model::affine:
      return {{p.x, p.y, 1, 0, 0, 0}, {0, 0, 0, p.x, p.y, 1}};
    default: {
      const double x = p.x / denominator, y = p.y / denominator, one = 1 / denominator;
      return {{x, y, one, 0, 0, 0, -at.x * x, -at.x * y}, {0, 0, 0, x, y, one, -at.y * x, -at.y * y}};
    }
  }
}

matrix3x3 matrix_of(motion_model model, const parameters& p) {
  switch (model) {
    case motion_model::translation:
      return {{1, 0, p[0], 0, 1, p[1], 0, 0, 1}};
    case motion_model::similarity:
      return {{p[0], -p[1], p[2], p[1], p[0], p[3], 0, 0, 1}};
    case motion_model::affine:
      return {{p[0], p[1], p[2], p[3], p[4], p[5], 0, 0, 1}};
    default:
      return {{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], 1}};
  }
}

parameters at_rest(motion_model model) {
  switch (model) {
    case motion_model::translation:
      return {0, 0};
    case motion_model::similarity:
      return {1, 0, 0, 0};
    default:
      return {1, 0, 0, 0, 1, 0, 0, 0};
  }
}

std::optional<parameters> improved(motion_model model, const parameters& start, std::span<const point_pair> pairs,
                                   std::span<const double> weights) {
  const int n = parameter_count(model);
  const matrix3x3 m = matrix_of(model, start);
  equations normal{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (weights[i] == 0) continue;
    const auto& [from, to] = pairs[i];
    const double denominator = m.m[6] * from.x + m.m[7] * from.y + 1;
    const point2d at = m.map(from);
    const slopes s = slopes_of(model, from, at, denominator);
    const double dx = to.x - at.x, dy = to.y - at.y;
    for (int j = 0; j < n; ++j) {
      const double wx = weights[i] * s.x[j], wy = weights[i] * s.y[j];
      for (int k = j; k < n; ++k) normal[j][k] = normal[j][k] + (wx * s.x[k] + wy * s.y[k]);
      normal[j][n] = normal[j][n] + (wx * dx + wy * dy);
    }
  }
  for (int j = 0; j < n; ++j)
    for (int k = 0; k < j; ++k) normal[j][k] = normal[k][j];
  std::optional<parameters> step = solve(normal, n);
  if (step)
    for (int j = 0; j < n; ++j) (*step)[j] = start[j] + (*step)[j];
  return step;
}

std::optional<parameters> exact(motion_model model, std::span<const point_pair> sample) {
  const int n = parameter_count(model);
  equations e{};
  for (int i = 0; i < n / 2; ++i) {
    // With the target as the mapped point and 1 as the denominator, the equations of a homography are linear.
    const auto& [from, to] = sample[i];
    const slopes s = slopes_of(model, from, to, 1);
    for (int j = 0; j < n; ++j) e[2 * i][j] = s.x[j], e[2 * i + 1][j] = s.y[j];
    e[2 * i][n] = model == motion_model::translation ? to.x - from.x : to.x;
    e[2 * i + 1][n] = model == motion_model::translation ? to.y - from.y : to.y;
  }
  return solve(e, n);
}

double squared_distance(const matrix3x3& m, const point_pair& pair) {
  if (!(m.m[6] * pair.from.x + m.m[7] * pair.from.y + m.m[8] > 1e-6)) return std::numeric_limits<double>::infinity();
  const point2d at = m.map(pair.from);
  const double dx = pair.to.x - at.x, dy = pair.to.y - at.y;
  return dx * dx + dy * dy;
}

}  // namespace fluxel::host
