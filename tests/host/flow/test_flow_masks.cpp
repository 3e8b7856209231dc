// SPDX-License-Identifier: Apache-2.0
// Frames with unknown pixels: they cost no accuracy elsewhere, and inside holes the flow goes on plausibly. Each case
// is a texture that moves by (10, 4).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "fluxel/flow_steps.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/natural_texture.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;
using test::dense_method;
using test::dense_options;
using test::dense_preset;

constexpr size s{320, 240};
constexpr int shift_u = 10, shift_v = 4;

using mask_rule = std::function<bool(int x, int y)>;  ///< whether a pixel is known

image<u8> make_mask(const mask_rule& known) {
  image<u8> mask(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) mask(x, y) = known(x, y) ? 255 : 0;
  return mask;
}
/// All but `count` pixels.
image<u8> scattered(int count) {
  image<u8> mask = make_mask([](int, int) { return true; });
  test::random r(4);
  for (int k = 0; k < count; ++k) mask.data()[r.below(s.width * s.height)] = 0;
  return mask;
}
double from_middle(int x, int y) { return std::hypot(x - s.width / 2, y - s.height / 2); }

struct mask_case {
  std::string name;
  image<u8> mask;
  double outside, inside;  ///< largest mean errors, px
};
std::vector<mask_case> mask_cases() {
  return {
      {"5 pixels", scattered(5), 0.005, 0.02},
      {"40 pixels", scattered(40), 0.005, 0.02},
      {"200 pixels", scattered(200), 0.005, 0.02},
      {"a fifth of all", scattered(s.width * s.height / 5), 0.064, 0.075},
      {"a bar", make_mask([](int, int y) { return y < 170 || y >= 200; }), 0.005, 0.1},
      {"a disc alone", make_mask([](int x, int y) { return from_middle(x, y) < 110; }), 0.005, 0.1},
      {"a hole", make_mask([](int x, int y) { return from_middle(x, y) >= 110; }), 0.005, 0.1},
  };
}

struct result {
  image<float> flow{s.width, s.height, 2};
  image<u8> validity{s.width, s.height};

  double error(int x, int y) const { return std::hypot(flow(x, y, 0) - shift_u, flow(x, y, 1) - shift_v); }
};

dense_flow make_solver(const dense_options& o, element_type type = element_type::u8) {
  return make_dense_flow({.width = s.width, .height = s.height, .type = type}, o, {.processor = run_on::cpu});
}

class Masks : public testing::TestWithParam<dense_method> {
 protected:
  dense_options options() const { return dense_preset(GetParam(), flow_quality::balanced); }
};

class MasksOfPresets : public testing::TestWithParam<std::tuple<dense_method, flow_quality>> {};

const test::natural_texture scene(21);
const image<u8>& prev() {
  static const auto frame = scene.frame(s, 400, 300);
  return frame;
}
const image<u8>& next() {
  static const auto frame = scene.frame(s, 400 - shift_u, 300 - shift_v);
  return frame;
}

/// What stays inside the frame by a margin.
template <class F>
void for_each_inner_pixel(const F& f) {
  constexpr int margin = 14;
  for (int y = margin; y < s.height - margin; ++y)
    for (int x = margin; x < s.width - margin; ++x) f(x, y);
}

TEST_P(MasksOfPresets, CostNoAccuracyElsewhere) {
  dense_flow object = std::apply([](auto... preset) { return make_solver(dense_preset(preset...)); }, GetParam());
  for (const mask_case& c : mask_cases()) {
    result r;
    object.run({prev(), next(), c.mask, c.mask}, {r.flow, r.validity});
    double sum[2] = {0, 0};
    int count[2] = {0, 0}, wrong = 0, unmarked = 0;
    for_each_inner_pixel([&](int x, int y) {
      const bool known = c.mask(x, y) != 0;
      sum[known] += r.error(x, y);
      ++count[known];
      wrong += known && r.validity(x, y) == 0 && r.error(x, y) > 1;
      unmarked += !known && r.validity(x, y) != u8(flow_reason::masked);
    });
    EXPECT_LT(sum[1] / count[1], c.outside) << c.name;
    EXPECT_LT(sum[0] / std::max(count[0], 1), c.inside) << c.name << ", inside";
    EXPECT_EQ(wrong, 0) << c.name << ": valid, and off by more than a pixel";
    EXPECT_EQ(unmarked, 0) << c.name;
  }
}

TEST_P(Masks, OfOneFrameAloneAreEnough) {
  dense_flow object = make_solver(options());
  const auto hole = make_mask([](int x, int y) { return std::hypot(x - 100, y - 90) >= 40; });
  for (const bool first : {true, false}) {
    auto a = prev(), b = next();
    for (std::size_t i = 0; i < hole.size(); ++i)
      if (hole.data()[i] == 0) (first ? a : b).data()[i] = 255;
    flow_pair pair{a, b};
    (first ? pair.prev_mask : pair.next_mask) = hole;
    result r;
    object.run(pair, {r.flow, r.validity});
    double sum = 0;
    int count = 0;
    for_each_inner_pixel([&](int x, int y) {
      if (std::hypot(x - 100, y - 90) < 60) return;
      sum += r.error(x, y);
      ++count;
    });
    EXPECT_LT(sum / count, 0.02) << (first ? "prev" : "next");
  }
}

TEST_P(Masks, ThatHideNothingChangeNothing) {
  const auto all = make_mask([](int, int) { return true; });
  for (const auto& o : {options(), test::dense_multiscale(GetParam()), test::dense_classic(GetParam())}) {
    result without, with;
    dense_flow object = make_solver(o);
    object.run({prev(), next()}, {without.flow, without.validity});
    object.run({prev(), next(), all, all}, {with.flow, with.validity});
    EXPECT_EQ(std::memcmp(with.flow.data(), without.flow.data(), 4 * with.flow.size()), 0);
    EXPECT_EQ(std::memcmp(with.validity.data(), without.validity.data(), with.validity.size()), 0);
  }
}

TEST_P(Masks, AndNaNAreOneThing) {
  const auto mask = scattered(60);
  image<float> a(s.width, s.height), b(s.width, s.height);
  for (std::size_t i = 0; i < a.size(); ++i) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    a.data()[i] = mask.data()[i] == 0 ? nan : prev().data()[i] / 255.0f;
    b.data()[i] = mask.data()[i] == 0 ? nan : next().data()[i] / 255.0f;
  }
  result floats, bytes;
  make_solver(options(), element_type::f32).run({a, b}, {floats.flow, floats.validity});
  make_solver(options()).run({prev(), next(), mask, mask}, {bytes.flow, bytes.validity});
  EXPECT_EQ(std::memcmp(floats.flow.data(), bytes.flow.data(), 4 * bytes.flow.size()), 0);
  EXPECT_EQ(std::memcmp(floats.validity.data(), bytes.validity.data(), bytes.validity.size()), 0);
}

INSTANTIATE_TEST_SUITE_P(Methods, Masks, testing::ValuesIn(test::dense_methods));
INSTANTIATE_TEST_SUITE_P(Presets, MasksOfPresets,
                         testing::Combine(testing::ValuesIn(test::dense_methods),
                                          testing::Values(flow_quality::fast, flow_quality::balanced,
                                                          flow_quality::accurate)));

/// Normalised convolution in double: means of the known pixels alone, unknown below a quarter of the weights.
TEST(MaskedPyramid, IsTheMeanOfWhatIsKnown) {
  constexpr size fine{37, 26};
  constexpr double sigma = 0.9;
  image<u8> frame(fine.width, fine.height), mask(fine.width, fine.height);
  test::random r(9);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    frame.data()[i] = static_cast<u8>(r.below(256));
    mask.data()[i] = r.below(2) != 0 && i % 37 < 20 ? 0 : 1;
  }
  flow_steps::image_pyramid pyramid({fine.width, fine.height}, {.presmoothing = sigma, .max_levels = 1},
                                    {run_on::cpu});
  pyramid.run(frame, mask);
  const auto grey = pyramid.grey(0);
  const auto unknown = pyramid.mask(0);
  int holes = 0;
  for (int y = 0; y < fine.height; ++y)
    for (int x = 0; x < fine.width; ++x) {
      double sum = 0, known = 0, all = 0;
      const int reach = static_cast<int>(3 * sigma);
      for (int j = y - reach; j <= y + reach; ++j)
        for (int i = x - reach; i <= x + reach; ++i) {
          const int px = std::clamp(i, 0, fine.width - 1), py = std::clamp(j, 0, fine.height - 1);
          const double w = std::exp(-((i - x) * (i - x) + (j - y) * (j - y)) / (2 * sigma * sigma));
          all += w;
          if (mask(px, py) == 0) continue;
          known += w;
          sum += w * 16 * frame(px, py);
        }
      const u8 is_unknown = unknown.data[y * unknown.pitch + x];
      holes += is_unknown;
      if (std::abs(known / all - 0.25) > 0.001) EXPECT_EQ(is_unknown, known < all / 4) << x << " " << y;
      if (is_unknown == 0) EXPECT_NEAR(grey.data[y * (grey.pitch / 2) + x], sum / known, 2) << x << " " << y;
    }
  EXPECT_GT(holes, 10);
}

}  // namespace
