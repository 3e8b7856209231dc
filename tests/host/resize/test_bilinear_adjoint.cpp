// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "fluxel/bilinear_adjoint.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resize.hpp"
#include "tests/support/rejection.hpp"

namespace fluxel::test {
namespace {

image<f32> noise(size s, int channels, int planes, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> value(-1, 1);
  image<f32> im(s.width, s.height, channels, planes);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = value(engine);
  return im;
}

double dot(const image<f32>& a, const image<f32>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double(a.data()[i]) * b.data()[i];
  return sum;
}
double norm(const image<f32>& a) { return std::sqrt(dot(a, a)); }

struct operation {
  std::function<void(const image<f32>& x, image<f32>& y)> forward;
  bilinear_adjoint backward;
};

operation resize_of(const resize_geometry& g, coordinates rule) {
  return {
      [=](const image<f32>& x, image<f32>& y) { resize_bilinear<f32>(x.view(), y.view(), {.coordinates = rule}); },
      bilinear_adjoint(g, bilinear_options{.coordinates = rule})};
}
operation upsampling_of(const resize_geometry& g, edge e) {
  return {[=](const image<f32>& x, image<f32>& y) {
            upsample_conv_transpose<f32>(x.view(), y.view(), g.dst.width / g.src.width, e);
          },
          bilinear_adjoint::of_upsampling(g, e)};
}

/// <A x, y> = <x, A' y>, up to the rounding of both sides.
void expect_adjoint(const operation& op, const resize_geometry& g, const std::string& what) {
  const auto x = noise(g.src, g.channels, 2, 1);
  const auto y = noise(g.dst, g.channels, 2, 2);
  image<f32> ax(g.dst.width, g.dst.height, g.channels, 2), aty(g.src.width, g.src.height, g.channels, 2);
  op.forward(x, ax);
  op.backward.run(y.view(), aty.view());
  EXPECT_NEAR(dot(ax, y), dot(x, aty), 16 * 0x1p-24 * (norm(ax) * norm(y) + norm(x) * norm(aty))) << what;
}

constexpr size geometries[][2] = {{{1, 1}, {1, 1}},    {{1, 1}, {5, 7}},   {{6, 3}, {12, 6}}, {{9, 7}, {31, 20}},
                                  {{40, 30}, {7, 11}}, {{33, 2}, {16, 9}}, {{5, 8}, {1, 1}},  {{7, 5}, {7, 5}}};

TEST(BilinearAdjoint, MovesTheProductFromResizeToItsAdjoint) {
  for (const auto& [src, dst] : geometries)
    for (int channels : {1, 3})
      for (coordinates rule : {coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners}) {
        const resize_geometry g{src, dst, channels, element_type::f32};
        expect_adjoint(resize_of(g, rule), g, std::to_string(src.width) + " to " + std::to_string(dst.width));
      }
}

TEST(BilinearAdjoint, MovesTheProductFromUpsamplingToItsAdjoint) {
  for (int factor = 1; factor <= 9; ++factor)
    for (size src : {size{1, 1}, size{6, 3}, size{20, 11}})
      for (edge e : {edge::zero, edge::replicate}) {
        const resize_geometry g{src, {src.width * factor, src.height * factor}, 3, element_type::f32};
        expect_adjoint(upsampling_of(g, e), g, "factor " + std::to_string(factor));
      }
}

/// The forward operation is linear: the derivative of <A x, y> by x_i is the difference that a step of one makes.
void expect_gradient(const operation& op, const resize_geometry& g) {
  const auto y = noise(g.dst, 1, 1, 3);
  image<f32> gradient(g.src.width, g.src.height);
  op.backward.run(y.view(), gradient.view());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    image<f32> up(g.src.width, g.src.height), down = up, a_up(g.dst.width, g.dst.height), a_down = a_up;
    up.data()[i] = 1;
    down.data()[i] = -1;
    op.forward(up, a_up);
    op.forward(down, a_down);
    EXPECT_NEAR(gradient.data()[i], (dot(a_up, y) - dot(a_down, y)) / 2, 1e-5) << i;
  }
}

TEST(BilinearAdjoint, IsTheGradientByFiniteDifferences) {
  for (const auto& [src, dst] : {std::pair{size{6, 4}, size{13, 9}}, std::pair{size{9, 8}, size{4, 3}}}) {
    const resize_geometry g{src, dst, 1, element_type::f32};
    expect_gradient(resize_of(g, coordinates::half_pixel), g);
    expect_gradient(resize_of(g, coordinates::align_corners), g);
  }
  for (int factor : {2, 3, 4})
    for (edge e : {edge::zero, edge::replicate}) {
      const resize_geometry g{{5, 4}, {5 * factor, 4 * factor}, 1, element_type::f32};
      expect_gradient(upsampling_of(g, e), g);
    }
}

/// What is beyond a pixel's reach has no weight: an infinity there does not become NaN here.
TEST(BilinearAdjoint, IgnoresGradientsThatThePixelHadNoPartIn) {
  const resize_geometry g{{4, 1}, {12, 1}, 1, element_type::f32};
  image<f32> dy(12, 1), dx(4, 1);
  dy(10, 0) = std::numeric_limits<float>::infinity();
  bilinear_adjoint{g}.run(dy.view(), dx.view());
  EXPECT_EQ(dx(0, 0), 0);
  EXPECT_EQ(dx(1, 0), 0);
  EXPECT_EQ(dx(2, 0), 0);
  EXPECT_EQ(dx(3, 0), std::numeric_limits<float>::infinity());
}

TEST(BilinearAdjoint, RejectsBadInputByName) {
  const resize_geometry g{{4, 3}, {8, 6}, 1, element_type::f32};
  const auto adjoint = bilinear_adjoint::of_upsampling(g, edge::zero);
  image<f32> dy(8, 6), dx(4, 3), other(5, 3);
  test::expect_rejected([&] { adjoint.run(dx.view(), dx.view()); }, "src");
  test::expect_rejected([&] { adjoint.run(other.view(), dx.view()); }, "src");
  test::expect_rejected([&] { adjoint.run(dy.view(), other.view()); }, "dst");
  test::expect_rejected([&] { bilinear_adjoint({{4, 3}, {8, 6}, 1, element_type::u8}); }, "forward.type");
  test::expect_rejected(
      [&] {
        bilinear_adjoint::of_upsampling({{4, 3}, {8, 7}, 1, element_type::f32}, edge::zero);
      },
      "forward.dst");
}

}  // namespace
}  // namespace fluxel::test
