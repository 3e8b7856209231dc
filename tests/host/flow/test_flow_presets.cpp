// SPDX-License-Identifier: Apache-2.0
// Known motion, symmetries and refusals of views, for either method of dense flow.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <tuple>

#include "fluxel/image.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/natural_texture.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::dense_method;
using test::dense_options;
using test::mean_endpoint_error;
using test::moved;
using test::point;
using test::rejection;
using test::still;
using test::texture;

image<float> flow_between(const image<u8>& a, const image<u8>& b, const dense_options& options) {
  dense_flow solver = make_dense_flow({a.width(), a.height()}, options, {.processor = run_on::cpu});
  image<float> flow(a.width(), a.height(), 2);
  solver.run(a, b, flow);
  return flow;
}

double largest(const image<float>& flow) {
  double most = 0;
  for (std::size_t i = 0; i < flow.size(); ++i) {
    EXPECT_TRUE(std::isfinite(flow.data()[i]));
    most = std::max(most, std::abs(double(flow.data()[i])));
  }
  return most;
}

class Preset : public testing::TestWithParam<std::tuple<dense_method, flow_quality>> {
 protected:
  dense_options options = test::dense_preset(std::get<dense_method>(GetParam()), std::get<flow_quality>(GetParam()));
};

constexpr std::pair<double, double> shifts[] = {{0.5, -0.25}, {1.75, 1.25}, {-3.3, 2.6}};

TEST_P(Preset, RecoversASubPixelShift) {
  for (size s : {size{96, 80}, size{160, 120}})
    for (auto [dx, dy] : shifts) {
      const test::natural_texture natural(7);
      const auto flow = flow_between(natural.frame(s, 0, 0), natural.frame(s, -dx, -dy), options);
      EXPECT_LT(mean_endpoint_error(flow, moved(-dx, -dy), 8), 0.1) << dx << " " << dy;
    }
}

TEST_P(Preset, RecoversASubPixelShiftOfWaves) {
  options.search.radius = 0;  // waves fit themselves a period further too
  for (auto [dx, dy] : shifts) {
    const auto flow = flow_between(texture({96, 80}, still()), texture({96, 80}, moved(dx, dy)), options);
    EXPECT_LT(mean_endpoint_error(flow, moved(-dx, -dy), 8), 0.05) << dx << " " << dy;
  }
}

TEST_P(Preset, RecoversRotationAndZoom) {
  // The picture turns or grows about its middle: the second frame shows at p what the first has at the inverse of p.
  const point c{48, 40};
  auto about = [&](double angle, double zoom) {
    return [=](point p) {
      const double x = p.x - c.x, y = p.y - c.y, s = zoom * std::sin(angle), k = zoom * std::cos(angle);
      return point{c.x + k * x - s * y, c.y + s * x + k * y};
    };
  };
  // A weighted median of changing flow leans to the side that has more pixels like the middle one.
  const double most = options.weighted_median.after == weighted_median_after::never ? 0.08 : 0.15;
  for (auto [angle, zoom] : {std::pair{0.04, 1.0}, std::pair{0.0, 1.05}, std::pair{-0.03, 0.96}}) {
    const auto flow = flow_between(texture({96, 80}, still()), texture({96, 80}, about(-angle, 1 / zoom)), options);
    EXPECT_LT(mean_endpoint_error(flow, about(angle, zoom), 8), most) << angle << " " << zoom;
  }
}

TEST_P(Preset, IsDefinedAtEverySize) {
  for (int width : {1, 2, 3, 5, 8, 17, 40})
    for (int height : {1, 2, 4, 9, 33}) {
      const auto flow =
          flow_between(texture({width, height}, still()), texture({width, height}, moved(0.5, 0.25)), options);
      EXPECT_LT(largest(flow), 3) << width << "x" << height;
      if (width < 16 || height < 16) continue;
      EXPECT_LT(mean_endpoint_error(flow, moved(-0.5, -0.25), 3), 0.1) << width << "x" << height;
    }
}

TEST_P(Preset, SeesNoMotionInAConstantImage) {
  for (auto [w, h] : {std::pair{1, 1}, std::pair{1, 9}, std::pair{7, 1}, std::pair{40, 33}}) {
    image<u8> a(w, h), b(w, h);
    for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = b.data()[i] = 77;
    EXPECT_EQ(largest(flow_between(a, b, options)), 0) << w << "x" << h;
  }
}

/// The share of pixels whose vectors agree within 1/64 px.
double agreement(const image<float>& a, const image<float>& b) {
  int same = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      same += std::abs(a(x, y, 0) - b(x, y, 0)) <= 1.0 / 64 && std::abs(a(x, y, 1) - b(x, y, 1)) <= 1.0 / 64;
  return double(same) / (a.width() * a.height());
}

TEST_P(Preset, FlipsAndTransposesWithTheFrames) {
  const size s{64, 64};  // both axes have the same levels
  // Second derivatives well above the rounding of grey levels, which is what the flow of faint texture depends on.
  auto frame = [&](double dx, double dy) {
    image<u8> im(s.width, s.height);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) {
        const double px = x - dx, py = y - dy;
        im(x, y) = static_cast<u8>(
            std::lround(128 + 30 * std::sin(px * 0.31 + py * 0.17) + 30 * std::sin(px * 0.52 - py * 0.63 + 1) +
                        25 * std::cos(px * 0.75 + py * 0.3) + 25 * std::sin(px * 0.21 + py * 0.79 + 2)));
      }
    return im;
  };
  const auto a = frame(0, 0), b = frame(1.3, -0.7);
  const auto flow = flow_between(a, b, options);
  auto mapped = [&](const image<u8>& im, auto&& from) {
    image<u8> out(s.width, s.height);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) {
        const auto [fx, fy] = from(x, y);
        out(x, y) = im(fx, fy);
      }
    return out;
  };
  auto check = [&](auto&& from, auto&& vector, const char* what) {
    const auto other = flow_between(mapped(a, from), mapped(b, from), options);
    image<float> expected(s.width, s.height, 2);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) {
        const auto [fx, fy] = from(x, y);
        const auto [u, v] = vector(flow(fx, fy, 0), flow(fx, fy, 1));
        expected(x, y, 0) = u;
        expected(x, y, 1) = v;
      }
    EXPECT_GE(agreement(other, expected), 0.99) << what;
  };
  check(
      [&](int x, int y) {
        return std::pair{s.width - 1 - x, y};
      },
      [](float u, float v) {
        return std::pair{-u, v};
      },
      "mirror");
  check(
      [&](int x, int y) {
        return std::pair{x, s.height - 1 - y};
      },
      [](float u, float v) {
        return std::pair{u, -v};
      },
      "flip");
  check([&](int x, int y) { return std::pair{y, x}; }, [](float u, float v) { return std::pair{v, u}; }, "transpose");
}

TEST_P(Preset, HardlySeesAChangeOfBrightness) {
  const size s{96, 80};
  auto error_with = [&](double gain, double offset) {
    return mean_endpoint_error(
        flow_between(texture(s, still(), 0.8), texture(s, moved(1.2, 0.8), 0.8 * gain, offset), options),
        moved(-1.2, -0.8), 8);
  };
  EXPECT_LT(error_with(1, 2), 0.1);
  EXPECT_LT(error_with(1, 12), 0.25);
  EXPECT_LT(error_with(0.95, 0), 0.2);
  // Brightness constancy alone is far off.
  options.data_term.brightness = 1;
  options.data_term.gradient = 0;
  EXPECT_GT(error_with(1, 12), 0.7);
}

TEST_P(Preset, StaysFiniteOnNoiseCutsAndExtremeContrast) {
  const size s{70, 50};
  image<u8> black(s.width, s.height), checks(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      black(x, y) = 0;
      checks(x, y) = (x ^ y) & 1 ? 255 : 0;
    }
  const auto picture = texture(s, still());
  const std::array<const image<u8>*, 3> all{&black, &checks, &picture};
  for (const auto* a : all)
    for (const auto* b : all) EXPECT_LE(largest(flow_between(*a, *b, options)), 512);
}

INSTANTIATE_TEST_SUITE_P(Qualities, Preset,
                         testing::Combine(testing::ValuesIn(test::dense_methods),
                                          testing::Values(flow_quality::fast, flow_quality::balanced,
                                                          flow_quality::accurate, flow_quality::best)));

class DenseFlow : public testing::TestWithParam<dense_method> {};

TEST_P(DenseFlow, MultiscaleRecoversAShift) {
  const auto options = test::dense_multiscale(GetParam());
  const auto flow = flow_between(texture({96, 80}, still()), texture({96, 80}, moved(2.3, -1.6)), options);
  EXPECT_LT(mean_endpoint_error(flow, moved(-2.3, 1.6), 8), 0.08);
}

TEST_P(DenseFlow, NamesTheViewThatDoesNotFit) {
  image<u8> a(16, 12), b(16, 12), narrow(15, 12), mask(16, 12), color(16, 12, 3);
  image<float> flow(16, 12, 2), confidence(16, 12);
  auto object = make_dense_flow({16, 12}, test::dense_preset(GetParam(), flow_quality::fast), {run_on::cpu});
  auto refuses = [&](const flow_pair& p, const flow_result& r, const char* name) {
    const std::string said = rejection([&] { object.run(p, r); });
    EXPECT_NE(said.find(name_of(GetParam()) + ": " + name), std::string::npos) << said;
  };
  refuses({narrow, b}, {flow}, "prev:");
  refuses({a, narrow}, {flow}, "next:");
  refuses({a, color}, {flow}, "next:");
  refuses({a, flow}, {flow}, "next:");
  refuses({a, b, narrow}, {flow}, "prev_mask:");
  refuses({a, b, {}, narrow}, {flow}, "next_mask:");
  refuses({.prev = a, .next = b, .initial = confidence}, {flow}, "initial:");
  refuses({a, b}, {confidence}, "flow:");
  refuses({a, b}, {}, "flow:");
  refuses({a, b}, {flow, narrow}, "validity:");
  refuses({a, b}, {flow, a}, "validity:");
  refuses({a, b}, {.flow = flow, .cut_score = confidence}, "cut_score:");
  refuses({.next = b}, {flow}, "prev:");
}

INSTANTIATE_TEST_SUITE_P(Methods, DenseFlow, testing::ValuesIn(test::dense_methods));

}  // namespace
