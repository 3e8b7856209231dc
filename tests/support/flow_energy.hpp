// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "tests/support/flow_steps.hpp"

namespace fluxel::test {

/// The system of the energy in horn_schunck_options around one warp by `flow_u` and `flow_v` (1/64 px), in double,
/// from the options' description.
class oracle_system {
 public:
  using i16 = flow_steps::i16;

  oracle_system(const image<u16>& prev, const image<i16>& warped, const horn_schunck_options& o)
      : oracle_system(prev, warped, still(prev), still(prev), o) {}
  oracle_system(const image<u16>& prev, const image<i16>& warped, const image<i16>& flow_u, const image<i16>& flow_v,
                const horn_schunck_options& o)
      : s{prev.width(), prev.height()} {
    const int w = s.width, h = s.height;
    unknowns_ = 2 * w * h;
    matrix_.assign(std::size_t(unknowns_) * unknowns_, 0);
    right_.assign(unknowns_, 0);
    const auto mean = made<double>(s, [&](int x, int y) { return (prev(x, y) + warped(x, y)) / 32.0; });
    const auto change = made<double>(s, [&](int x, int y) { return (warped(x, y) - prev(x, y)) / 16.0; });
    auto per_pixel = [](image<double> im) {  // the stencil / 12
      for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] *= 8.0 / 12;
      return im;
    };
    const auto mx = per_pixel(slope(mean, false)), my = per_pixel(slope(mean, true));
    const auto xx = per_pixel(slope(mx, false)), xy = per_pixel(slope(mx, true)), yy = per_pixel(slope(my, true));
    const auto tx = per_pixel(slope(change, false)), ty = per_pixel(slope(change, true));
    auto psi = [](double squared, double epsilon) {
      return epsilon == 0 ? 1 : 1 / std::sqrt(1 + squared / (epsilon * epsilon));
    };
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) {
        const double t = change(x, y);
        const double wb = o.data_term.brightness * psi(t * t, o.data_term.brightness_epsilon);
        const double wg =
            o.data_term.gradient * psi(tx(x, y) * tx(x, y) + ty(x, y) * ty(x, y), o.data_term.gradient_epsilon);
        auto from_flow = [&](double weight, double a, double b, double c) {
          constraint(x, y, weight, a, b, c - (a * flow_u(x, y) + b * flow_v(x, y)) / 64);
        };
        from_flow(wb, mx(x, y), my(x, y), t);
        from_flow(wg, xx(x, y), xy(x, y), tx(x, y));
        from_flow(wg, xy(x, y), yy(x, y), ty(x, y));
        auto to = [&](int i, int j) {
          const double du = (flow_u(i, j) - flow_u(x, y)) / 64.0, dv = (flow_v(i, j) - flow_v(x, y)) / 64.0;
          smooth(index(x, y), index(i, j), o.smoothness, prev(x, y) - prev(i, j),
                 psi(du * du + dv * dv, o.smoothness.epsilon));
        };
        if (x + 1 < w) to(x + 1, y);
        if (y + 1 < h) to(x, y + 1);
      }
  }

  /// |b - A x| / |b|
  double residual(const image<i16>& u, const image<i16>& v) const {
    double sum = 0, norm = 0;
    for (int i = 0; i < unknowns_; ++i) {
      double r = right_[i];
      for (int j = 0; j < unknowns_; ++j)
        r -= matrix_[std::size_t(i) * unknowns_ + j] * ((j % 2 ? v : u).data()[j / 2] / 64.0);
      sum += r * r;
      norm += right_[i] * right_[i];
    }
    return std::sqrt(sum / norm);
  }

  /// By Cholesky's factorisation.
  std::vector<double> solved() const {
    auto a = matrix_;
    auto x = right_;
    auto at = [&](int i, int j) -> double& { return a[std::size_t(i) * unknowns_ + j]; };
    const int band = 2 * s.width + 2;
    for (int j = 0; j < unknowns_; ++j) {
      for (int k = std::max(0, j - band); k < j; ++k) at(j, j) -= at(j, k) * at(j, k);
      at(j, j) = std::sqrt(at(j, j));
      for (int i = j + 1; i < std::min(unknowns_, j + band + 1); ++i) {
        for (int k = std::max(0, i - band); k < j; ++k) at(i, j) -= at(i, k) * at(j, k);
        at(i, j) /= at(j, j);
      }
    }
    for (int i = 0; i < unknowns_; ++i) {
      for (int k = std::max(0, i - band); k < i; ++k) x[i] -= at(i, k) * x[k];
      x[i] /= at(i, i);
    }
    for (int i = unknowns_ - 1; i >= 0; --i) {
      for (int k = i + 1; k < std::min(unknowns_, i + band + 1); ++k) x[i] -= at(k, i) * x[k];
      x[i] /= at(i, i);
    }
    return x;
  }

 private:
  static image<i16> still(const image<u16>& prev) {
    return made<i16>({prev.width(), prev.height()}, [](int, int) { return 0; });
  }
  int index(int x, int y) const { return y * s.width + x; }
  double& entry(int i, int j) { return matrix_[std::size_t(i) * unknowns_ + j]; }
  /// weight * (a u + b v + c)^2
  void constraint(int x, int y, double weight, double a, double b, double c) {
    const int u = 2 * index(x, y), v = u + 1;
    entry(u, u) += weight * a * a;
    entry(u, v) += weight * a * b;
    entry(v, u) += weight * a * b;
    entry(v, v) += weight * b * b;
    right_[u] -= weight * a * c;
    right_[v] -= weight * b * c;
  }
  void smooth(int p, int q, const horn_schunck_smoothness& o, double difference, double robust) {
    const double grey = difference / 16.0;
    const double edge =
        o.edge_scale == 0
            ? 1
            : o.edge_floor + (1 - o.edge_floor) * std::exp(-grey * grey / (2 * o.edge_scale * o.edge_scale));
    const double weight = o.weight * edge * robust;
    for (int c = 0; c < 2; ++c) {
      const int i = 2 * p + c, j = 2 * q + c;
      entry(i, i) += weight;
      entry(j, j) += weight;
      entry(i, j) -= weight;
      entry(j, i) -= weight;
    }
  }

  size s;
  int unknowns_ = 0;
  std::vector<double> matrix_, right_;
};

}  // namespace fluxel::test
