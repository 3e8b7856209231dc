#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"

namespace {

using namespace fluxel;

/// A smooth texture, sampled at (x - dx, y - dy): the picture moved by (dx, dy).
image<u8> texture(int width, int height, double dx, double dy) {
  image<u8> im(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double px = x - dx, py = y - dy;
      const double v = 128 + 40 * std::sin(px * 0.31 + py * 0.17) + 35 * std::sin(px * 0.12 - py * 0.23 + 1) +
                       25 * std::cos(px * 0.05 + py * 0.4);
      im(x, y) = static_cast<u8>(std::lround(v));
    }
  return im;
}

image<float> flow_between(const image<u8>& a, const image<u8>& b, const horn_schunck_options& options) {
  horn_schunck solver({a.width(), a.height(), 1, element_type::u8}, options, run_on::cpu);
  image<float> flow(a.width(), a.height(), 2);
  solver.solve<u8>(a, b.view(), flow);
  return flow;
}

double mean_error(const image<float>& flow, double u, double v, int margin) {
  double sum = 0;
  int n = 0;
  for (int y = margin; y < flow.height() - margin; ++y)
    for (int x = margin; x < flow.width() - margin; ++x, ++n) sum += std::hypot(flow(x, y, 0) - u, flow(x, y, 1) - v);
  return sum / n;
}

class Preset : public testing::TestWithParam<flow_quality> {};

TEST_P(Preset, RecoversASubPixelShift) {
  const auto options = horn_schunck_preset(GetParam());
  for (auto [dx, dy] : {std::pair{0.5, -0.25}, std::pair{1.75, 1.25}, std::pair{-3.3, 2.6}}) {
    const auto flow = flow_between(texture(96, 80, 0, 0), texture(96, 80, dx, dy), options);
    EXPECT_LT(mean_error(flow, dx, dy, 8), 0.05) << dx << " " << dy;
  }
}

TEST_P(Preset, SeesNoMotionInAConstantImage) {
  const auto options = horn_schunck_preset(GetParam());
  for (auto [w, h] : {std::pair{1, 1}, std::pair{1, 9}, std::pair{7, 1}, std::pair{40, 33}}) {
    image<u8> a(w, h), b(w, h);
    for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = b.data()[i] = 77;
    const auto flow = flow_between(a, b, options);
    for (std::size_t i = 0; i < flow.size(); ++i) ASSERT_EQ(flow.data()[i], 0.0f) << w << "x" << h;
  }
}

INSTANTIATE_TEST_SUITE_P(Qualities, Preset,
                         testing::Values(flow_quality::fast, flow_quality::balanced, flow_quality::accurate));

TEST(HornSchunck, NamesTheArgumentThatIsWrong) {
  auto message = [](auto&& f) -> std::string {
    try {
      f();
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::invalid_argument);
      return e.what();
    }
    return "no error";
  };
  const flow_geometry g{16, 16, 1, element_type::u8};
  EXPECT_NE(message([&] { horn_schunck(g, {.smoothness = 0}); }).find("options.smoothness"), std::string::npos);
  EXPECT_NE(message([&] { horn_schunck(g, {.sweeps = -1}); }).find("options.sweeps"), std::string::npos);
  EXPECT_NE(message([&] { horn_schunck({0, 16}); }).find("geometry.width"), std::string::npos);
  EXPECT_NE(message([&] { horn_schunck({16, 16, 1, element_type::f16}); }).find("geometry.type"), std::string::npos);
  EXPECT_NE(message([&] {
              image<u8> a(16, 16), b(15, 16);
              image<float> f(16, 16, 2);
              horn_schunck(g).solve<u8>(a, b.view(), f);
            }).find("next"),
            std::string::npos);
}

}  // namespace
