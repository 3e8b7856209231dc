#include <gtest/gtest.h>

#include <cmath>

#include "host/plan/filter.hpp"

namespace {

using namespace fluxel;

class FilterTable : public testing::TestWithParam<filter> {};

TEST_P(FilterTable, IntegerWeightsSumToOneAtEveryOutput) {
  const resize_options options{.filter = GetParam(), .antialias = antialias::yes};
  for (int src : {1, 2, 3, 17, 100, 1080})
    for (int dst : {1, 2, 5, 99, 224, 1000}) {
      const auto table = plan::integer_table(plan::make_filter(plan::make_axis(src, dst, options, true), options), 14);
      for (int i = 0; i < dst; ++i) {
        long sum = 0;
        for (int k = 0; k < table.taps; ++k) sum += table.integer[i * table.taps + k];
        ASSERT_EQ(sum, 1L << table.integer_bits) << src << "->" << dst << " output " << i;
        ASSERT_GE(table.first[i], 0);
        ASSERT_LE(table.first[i] + table.taps, src);
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Filters, FilterTable,
                         testing::Values(filter::bilinear, filter::area, filter::bicubic, filter::lanczos3));

TEST(FilterTable, LanczosMatchesTheSineOfTheDefinition) {
  const resize_options options{.filter = filter::lanczos3};
  const auto table = plan::float_table(plan::make_filter(plan::make_axis(64, 100, options, true), options));
  const double position = (50 + 0.5) * 0.64 - 0.5;
  const double pi = std::acos(-1.0);
  auto sinc = [&](double x) { return x == 0 ? 1.0 : std::sin(pi * x) / (pi * x); };
  double sum = 0;
  for (int k = 0; k < table.taps; ++k) {
    const double x = table.first[50] + k - position;
    if (std::fabs(x) < 3) sum += sinc(x) * sinc(x / 3);
  }
  for (int k = 0; k < table.taps; ++k) {
    const double x = table.first[50] + k - position;
    const double expected = std::fabs(x) < 3 ? sinc(x) * sinc(x / 3) / sum : 0;
    EXPECT_NEAR(table.weight[50 * table.taps + k], expected, 1e-7);
  }
}

}  // namespace
