// SPDX-License-Identifier: Apache-2.0
// Curves of transfer functions against their definitions in long double.

#include <gtest/gtest.h>

#include <cmath>

#include "host/plan/light.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::test {
namespace {

constexpr transfer_function all[] = {transfer_function::srgb,    transfer_function::bt1886,
                                     transfer_function::gamma22, transfer_function::gamma28,
                                     transfer_function::pq,      transfer_function::hlg};

long double oracle_light(transfer_function f, long double e) {
  switch (f) {
    case transfer_function::srgb:
      return e <= 0.04045L ? e / 12.92L : std::pow((e + 0.055L) / 1.055L, 2.4L);
    case transfer_function::pq: {
      const long double m1 = 0.1593017578125L, m2 = 78.84375L, c1 = 0.8359375L, c2 = 18.8515625L, c3 = 18.6875L;
      const long double p = std::pow(e, 1 / m2);
      return std::pow(std::max(p - c1, 0.0L) / (c2 - c3 * p), 1 / m1);
    }
    case transfer_function::hlg: {
      const long double a = 0.17883277L, b = 1 - 4 * a, c = 0.5L - a * std::log(4 * a);
      return e <= 0.5L ? e * e / 3 : (std::exp((e - c) / a) + b) / 12;
    }
    default:
      return std::pow(e, f == transfer_function::gamma22 ? 2.2L : f == transfer_function::gamma28 ? 2.8L : 2.4L);
  }
}

TEST(Light, CurvesAreThoseOfTheStandards) {
  for (auto f : all)
    for (int i = 0; i <= 4096; ++i) {
      const double e = i / 4096.0;
      const auto exact = static_cast<double>(oracle_light(f, e));
      ASSERT_NEAR(plan::light_of(f, e), exact, 1e-12 * exact + 1e-17) << int(f) << " at " << e;
      if (f != transfer_function::pq || e > 1e-3) {
        ASSERT_NEAR(plan::sample_of(f, exact), e, 1e-8) << int(f) << " at " << e;
      }
    }
  EXPECT_NEAR(plan::light_of(transfer_function::pq, 0.5080784), 0.01, 1e-6);  // 100 cd/m^2
  EXPECT_NEAR(plan::light_of(transfer_function::srgb, 0.5), 0.21404114048223255, 1e-15);
}

/// One color, through the kernels: decoded, and decoded and encoded again.
struct both_ways {
  std::vector<float> light;
  std::vector<u16> back;
};
both_ways through_kernels(transfer_function f, const std::vector<u16>& samples) {
  both_ways out{std::vector<float>(samples.size()), std::vector<u16>(samples.size())};
  const auto decoding = plan::decoding_curve(f), encoding = plan::encoding_curve(f);
  const auto matrices = plan::rgb_matrices(65535);
  const int width = static_cast<int>(samples.size());
  kernels::light_call c{
      .samples = {.width = width, .height = 1, .colors = 1, .type = element_type::u16, .max_value = 65535},
      .light = {.data = out.light.data(), .width = width, .height = 1, .pitch = 4 * width}};
  c.samples.data[0] = const_cast<u16*>(samples.data());
  c.samples.step[0] = 1;
  c.curve = {decoding.data(), decoding.data() + decoding.size() / 2};
  c.matrix[0][0] = matrices.decode[0][0];
  EXPECT_EQ(kernels::scalar().light.decode(c, {}), kernels::status::ok);
  c.samples.data[0] = out.back.data();
  c.curve = {encoding.data(), encoding.data() + encoding.size() / 2};
  c.matrix[0][0] = matrices.encode[0][0];
  EXPECT_EQ(kernels::scalar().light.encode(c, {}), kernels::status::ok);
  return out;
}

TEST(Light, PiecesStayNearTheCurves) {
  std::vector<u16> samples(65536);
  for (int i = 0; i < 65536; ++i) samples[i] = u16(i);
  for (auto f : all) {
    const auto done = through_kernels(f, samples);
    int moved = 0;
    for (int i = 0; i < 65536; ++i) {
      const auto exact = static_cast<double>(oracle_light(f, i / 65535.0L));
      // PQ and HLG bend most.
      ASSERT_NEAR(done.light[i], exact, (f >= transfer_function::pq ? 1e-4 : 1.2e-5) * exact + 5e-8)
          << int(f) << " at " << i;
      ASSERT_NEAR(done.back[i], i, 1) << int(f) << " at " << i;
      moved += done.back[i] != i;
    }
    EXPECT_LT(moved, f == transfer_function::pq ? 30000 : 3000) << int(f);
  }
}

TEST(Light, EveryByteComesBack) {
  for (auto f : all) {
    std::vector<u16> samples;
    for (int i = 0; i < 256; ++i) samples.push_back(u16(i * 257));
    const auto done = through_kernels(f, samples);
    for (int i = 0; i < 256; ++i) EXPECT_EQ((done.back[i] + 128) / 257, i) << int(f);
  }
}

TEST(Light, MatricesUndoEachOther) {
  for (auto matrix : {color_matrix::bt601, color_matrix::bt709, color_matrix::bt2020})
    for (auto range : {color_range::limited, color_range::full})
      for (int bits : {8, 10}) {
        const auto m = plan::yuv_matrices(matrix, range, bits);
        for (int r = 0; r < 3; ++r)
          for (int c = 0; c < 4; ++c) {
            double sum = c == 3 ? m.encode[r][3] : 0;
            for (int k = 0; k < 3; ++k) sum += double(m.encode[r][k]) * m.decode[k][c];
            EXPECT_NEAR(sum, r == c ? 1 : 0, c == 3 ? 1e-3 : 1e-6);
          }
        const double unit = 1 << (bits - 8);
        const double white = range == color_range::full ? (1 << bits) - 1 : 235 * unit;
        EXPECT_NEAR(m.encode[0][0] + m.encode[0][1] + m.encode[0][2] + m.encode[0][3], white, 1e-3);
      }
  const auto m = plan::yuv_matrices(color_matrix::bt709, color_range::limited, 8);
  EXPECT_NEAR(m.encode[0][1], 0.7152 * 219, 1e-4);
}

}  // namespace
}  // namespace fluxel::test
