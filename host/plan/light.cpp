// SPDX-License-Identifier: Apache-2.0
#include "host/plan/light.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "host/plan/power.hpp"
#include "kernels/common/resize/light.hpp"

namespace fluxel::plan {

namespace {

/// SMPTE ST 2084.
namespace pq {
constexpr double m1 = 2610.0 / 16384, m2 = 2523.0 / 32, c1 = 3424.0 / 4096, c2 = 2413.0 / 128, c3 = 2392.0 / 128;
}
/// ITU-R BT.2100, light of the scene.
namespace hlg {
constexpr double a = 0.17883277, b = 1 - 4 * a, c = 0.55991072952956202;  // c = 0.5 - a ln(4 a)
}

double gamma_of(transfer_function f) {
  return f == transfer_function::gamma22 ? 2.2 : f == transfer_function::gamma28 ? 2.8 : 2.4;
}

template <class F>
std::vector<float> curve_of(F&& f) {
  using namespace kernels;
  std::vector<float> pieces(2 * curve_pieces);
  const auto start = [](int i) {
    return i == 0 ? 0.0f : std::bit_cast<float>((curve_first + std::uint32_t(i) - 1) << curve_piece_bits);
  };
  for (int i = 0; i < curve_pieces; ++i) {
    const double x = start(i), y = f(x);
    pieces[i] = static_cast<float>(y);
    if (i + 1 == curve_pieces) continue;  // 1.0 itself
    const double next = start(i + 1);
    pieces[curve_pieces + i] = static_cast<float>((f(next) - y) / (next - x));
  }
  return pieces;
}

/// The inverse of a 3x3 matrix.
using matrix3 = std::array<std::array<double, 3>, 3>;
matrix3 inverse(const matrix3& m) {
  const auto cofactor = [&](int r, int c) {
    const int r1 = (r + 1) % 3, r2 = (r + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;
    return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
  };
  const double determinant = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
  matrix3 out;
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) out[r][c] = cofactor(c, r) / determinant;
  return out;
}

}  // namespace

const int curve_size = 2 * kernels::curve_pieces;

double light_of(transfer_function f, double e) {
  switch (f) {
    case transfer_function::srgb:
      return e <= 0.04045 ? e / 12.92 : power((e + 0.055) / 1.055, 2.4);
    case transfer_function::pq: {
      const double p = power(e, 1 / pq::m2);
      return power(std::max(p - pq::c1, 0.0) / (pq::c2 - pq::c3 * p), 1 / pq::m1);
    }
    case transfer_function::hlg:
      return e <= 0.5 ? e * e / 3 : (1 / exp_minus((e - hlg::c) / hlg::a) + hlg::b) / 12;
    default:
      return power(e, gamma_of(f));
  }
}

double sample_of(transfer_function f, double l) {
  switch (f) {
    case transfer_function::srgb:
      return l <= 0.04045 / 12.92 ? l * 12.92 : 1.055 * power(l, 1 / 2.4) - 0.055;
    case transfer_function::pq: {
      const double p = power(l, pq::m1);
      return power((pq::c1 + pq::c2 * p) / (1 + pq::c3 * p), pq::m2);
    }
    case transfer_function::hlg:
      return l <= 1.0 / 12 ? std::sqrt(3 * l) : hlg::a * log_of(12 * l - hlg::b) + hlg::c;
    default:
      return power(l, 1 / gamma_of(f));
  }
}

std::vector<float> decoding_curve(transfer_function f) {
  return curve_of([f](double x) { return light_of(f, x); });
}
std::vector<float> encoding_curve(transfer_function f) {
  return curve_of([f](double x) { return sample_of(f, x); });
}

light_matrices rgb_matrices(double max_value) {
  light_matrices m{};
  for (int k = 0; k < 3; ++k) {
    m.decode[k][k] = static_cast<float>(1 / max_value);
    m.encode[k][k] = static_cast<float>(max_value);
  }
  return m;
}

light_matrices yuv_matrices(color_matrix matrix, color_range range, int bit_depth) {
  const double kr = matrix == color_matrix::bt709 ? 0.2126 : matrix == color_matrix::bt2020 ? 0.2627 : 0.299;
  const double kb = matrix == color_matrix::bt709 ? 0.0722 : matrix == color_matrix::bt2020 ? 0.0593 : 0.114;
  const bool full = range == color_range::full;
  const double unit = 1 << (bit_depth - 8), most = (1 << bit_depth) - 1;
  const double luma_scale = full ? most : 219 * unit, luma_zero = full ? 0 : 16 * unit;
  const double chroma_scale = full ? most : 224 * unit, chroma_zero = 128 * unit;
  const double kg = 1 - kr - kb, u = 2 * (1 - kb), v = 2 * (1 - kr);
  const matrix3 forward{{{kr * luma_scale, kg * luma_scale, kb * luma_scale},
                         {-kr / u * chroma_scale, -kg / u * chroma_scale, (1 - kb) / u * chroma_scale},
                         {(1 - kr) / v * chroma_scale, -kg / v * chroma_scale, -kb / v * chroma_scale}}};
  const double zero[] = {luma_zero, chroma_zero, chroma_zero};
  const matrix3 back = inverse(forward);
  light_matrices m{};
  for (int r = 0; r < 3; ++r) {
    double offset = 0;
    for (int c = 0; c < 3; ++c) {
      m.encode[r][c] = static_cast<float>(forward[r][c]);
      m.decode[r][c] = static_cast<float>(back[r][c]);
      offset -= back[r][c] * zero[c];
    }
    m.encode[r][3] = static_cast<float>(zero[r]);
    m.decode[r][3] = static_cast<float>(offset);
  }
  return m;
}

}  // namespace fluxel::plan
