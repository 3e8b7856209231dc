// SPDX-License-Identifier: Apache-2.0
// Two layers that move apart, seen with and without the weighted median, by either method.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "fluxel/image.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::dense_method;
using test::dense_options;
using test::point;
using test::rejection;

constexpr size s{128, 96};

/// Whether a disc that moves by (`moved`, 0) covers a pixel.
bool covered(int x, int y, int moved) { return std::hypot(x - 60 - moved, y - 48) < 26; }

/// A disc before a background that moves by (-moved, 0), in colors: both of one texture, the disc more blue.
image<u8> scene(int moved) {
  image<u8> im(s.width, s.height, 3);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const bool front = covered(x, y, moved);
      const double grey = test::texture_at({double(front ? x - moved + 300 : x + moved), double(y)});
      im(x, y, 0) = static_cast<u8>(std::lround(0.6 * grey + (front ? 0 : 30)));
      im(x, y, 1) = static_cast<u8>(std::lround(0.6 * grey + 20));
      im(x, y, 2) = static_cast<u8>(std::lround(0.6 * grey + (front ? 90 : 0)));
    }
  return im;
}

/// Mean error near the border of the disc, where the next frame shows what the first does.
double error_at_the_border(const dense_options& options, bool in_color) {
  const auto a = scene(0), b = scene(2);
  const auto grey = [](const image<u8>& im) {
    image<u8> out(s.width, s.height);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) out(x, y) = im(x, y, 1);
    return out;
  };
  image<float> flow(s.width, s.height, 2);
  dense_flow solver =
      make_dense_flow({s.width, s.height, in_color ? 3 : 1}, options, {.processor = run_on::cpu, .threads = 2});
  if (in_color)
    solver.run(a, b, flow);
  else
    solver.run(grey(a), grey(b), flow);
  double sum = 0;
  int n = 0;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double from_border = std::hypot(x - 60, y - 48) - 26;
      if (std::abs(from_border) > 6) continue;
      const bool front = from_border < 0;
      if (!front && covered(x - 2, y, 2)) continue;  // behind the disc in the next frame
      sum += std::hypot(flow(x, y, 0) - (front ? 2 : -2), flow(x, y, 1));
      ++n;
    }
  return sum / n;
}

class BestFlow : public testing::TestWithParam<dense_method> {};

TEST_P(BestFlow, KeepsLayersApart) {
  for (auto quality : {flow_quality::balanced, flow_quality::accurate, flow_quality::best}) {
    auto options = test::dense_preset(GetParam(), quality);
    if (options.weighted_median.after == weighted_median_after::never) continue;
    const double with = error_at_the_border(options, true), grey = error_at_the_border(options, false);
    options.weighted_median.after = weighted_median_after::never;
    const double without = error_at_the_border(options, true);
    EXPECT_LT(with, 0.75 * without) << static_cast<int>(quality);
    EXPECT_LT(with, grey) << static_cast<int>(quality) << ": colors help";
  }
}

TEST_P(BestFlow, NamesTheOptionThatIsWrong) {
  auto refuses = [&](flow_weighted_median_options m, const std::string& name) {
    auto options = test::dense_preset(GetParam(), flow_quality::fast);
    options.weighted_median = m;
    const std::string said = rejection([&] { make_dense_flow({16, 16}, options, {}); });
    EXPECT_NE(said.find("options.weighted_median." + name + ":"), std::string::npos) << said;
  };
  refuses({.after = static_cast<weighted_median_after>(4)}, "after");
  for (int bad : {0, 8, -1}) refuses({.radius = bad}, "radius");
  for (double bad : {0.0, 1.9, 28.5, std::nan("")}) refuses({.likeness = bad}, "likeness");
}

INSTANTIATE_TEST_SUITE_P(Methods, BestFlow, testing::ValuesIn(test::dense_methods));

}  // namespace
