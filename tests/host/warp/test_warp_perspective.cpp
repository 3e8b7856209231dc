// SPDX-License-Identifier: Apache-2.0
// Warps by matrices against interpolation in double. Runs on the CPU, and on the CUDA row of the library it is linked
// with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fluxel/device.hpp"
#include "fluxel/image.hpp"
#include "fluxel/warp_perspective.hpp"
#include "tests/support/exact_sample.hpp"
#include "tests/support/random.hpp"
#include "tests/support/rejection.hpp"

namespace {

using namespace fluxel;
using test::exact_sample;
using test::random_image;
using test::rejection;

class WarpPerspective : public testing::TestWithParam<run_on> {
 protected:
  void SetUp() override {
    if (GetParam() == run_on::cuda && device_count() == 0) GTEST_SKIP() << no_device_reason();
  }
  template <class T>
  image<T> warped(const image<T>& src, const matrix3x3& m, size s, const perspective_options& options = {}) const {
    image<T> dst(s.width, s.height, src.channels());
    warp_perspective(src, m, dst, options, {.processor = GetParam()});
    return dst;
  }
};

const matrix3x3 matrices[] = {
    {{1, 0, 3, 0, 1, -2, 0, 0, 1}},
    {{0.97, -0.21, 9, 0.2, 1.02, -6, 0, 0, 1}},
    {{1.9, 0.3, -5, -0.25, 2.1, 4, 0, 0, 2}},
    {{1, 0.1, 2, -0.1, 0.9, 5, 1e-3, -2e-3, 1}},
};

TEST_P(WarpPerspective, IsInterpolationWhereTheMatrixLeads) {
  const auto src = random_image<u8>(70, 45, 1), color = random_image<u8>(70, 45, 3);
  const auto words = random_image<u16>(70, 45, 1);
  for (const auto filter : {warp_filter::bilinear, warp_filter::bicubic})
    for (const matrix3x3& m : matrices) {
      const size s{83, 52};
      const auto grey = warped(src, m, s, {.filter = filter}), rgb = warped(color, m, s, {.filter = filter});
      const auto deep = warped(words, m, s, {.filter = filter});
      for (int y = 0; y < s.height; ++y)
        for (int x = 0; x < s.width; ++x) {
          const point2d p = m.map({double(x), double(y)});
          const double px = std::nearbyint(p.x * 256) / 256, py = std::nearbyint(p.y * 256) / 256;
          const auto exact = [&](const auto& im, int c, double most) {
            return std::clamp(exact_sample(im, c, px, py, filter), 0.0, most);
          };
          ASSERT_NEAR(grey(x, y), exact(src, 0, 255), 0.6) << x << ' ' << y;
          ASSERT_NEAR(rgb(x, y, 2), exact(color, 2, 255), 0.6) << x << ' ' << y;
          ASSERT_NEAR(deep(x, y), exact(words, 0, 65535), 0.6) << x << ' ' << y;
        }
    }
}

TEST_P(WarpPerspective, TheIdentityCopies) {
  const auto bytes = random_image<u8>(300, 40, 1);
  const auto floats = random_image<f32>(31, 12, 2);
  for (const auto filter : {warp_filter::bilinear, warp_filter::bicubic}) {
    const auto same_bytes = warped(bytes, {}, {300, 40}, {.filter = filter});
    const auto same_floats = warped(floats, {}, {31, 12}, {.filter = filter});
    EXPECT_TRUE(test::equal<u8>(same_bytes.view(), bytes.view()));
    EXPECT_TRUE(test::equal<f32>(same_floats.view(), floats.view()));
  }
}

TEST_P(WarpPerspective, ClearsLowBits) {
  const auto src = random_image<u16>(50, 31, 2);
  for (const auto filter : {warp_filter::bilinear, warp_filter::bicubic})
    for (const matrix3x3& m : matrices) {
      const auto whole = warped(src, m, {57, 40}, {.filter = filter});
      const auto cleared = warped(src, m, {57, 40}, {.filter = filter, .low_zero_bits = 6});
      for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_EQ(cleared.data()[i], whole.data()[i] & 0xffc0);
    }
  // What is kept is not written.
  image<u16> dst(4, 3);
  for (std::size_t i = 0; i < dst.size(); ++i) dst.data()[i] = 0x1234;
  warp_perspective(random_image<u16>(4, 3, 1), matrix3x3{{1, 0, 100, 0, 1, 0, 0, 0, 1}}, dst,
                   {.outside = warp_outside::keep, .low_zero_bits = 6}, {.processor = GetParam()});
  for (std::size_t i = 0; i < dst.size(); ++i) EXPECT_EQ(dst.data()[i], 0x1234);
}

TEST_P(WarpPerspective, KeepsWhatLiesOutside) {
  const auto src = random_image<u8>(50, 30, 1);
  const matrix3x3 m{{1, 0, -10, 0, 1, 4, 0, 0, 1}};
  image<u8> dst(70, 30);
  std::fill(dst.data(), dst.data() + dst.size(), u8{77});
  warp_perspective(src, m, dst, {.outside = warp_outside::keep}, {.processor = GetParam()});
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 70; ++x) {
      const bool inside = x - 10 >= 0 && x - 10 < 50 && y + 4 < 30;
      ASSERT_EQ(dst(x, y), inside ? src(x - 10, y + 4) : 77) << x << ' ' << y;
    }
}

TEST_P(WarpPerspective, BehindTheHorizonThereIsNothing) {
  const auto src = random_image<u8>(20, 20, 1);
  const matrix3x3 m{{1, 0, 0, 0, 1, 0, -0.1, 0, 1}};  // w is 0 at x = 10
  image<u8> dst(20, 20);
  warp_perspective(src, m, dst, {.outside = warp_outside::keep}, {.processor = GetParam()});
  for (int x = 10; x < 20; ++x) EXPECT_EQ(dst(x, 7), 0);
  EXPECT_EQ(warped(src, m, {20, 20})(15, 3), src(0, 0));
}

TEST_P(WarpPerspective, NamesWhatIsWrong) {
  const auto src = random_image<u8>(8, 8, 1);
  image<u8> dst(8, 8), three(8, 8, 3);
  const auto said = [&](const matrix3x3& m, const perspective_options& o = {}) {
    return rejection([&] { warp_perspective(src, m, dst, o, {.processor = GetParam()}); });
  };
  matrix3x3 bad;
  bad.m[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(said(bad), "warp_perspective: matrix: is not finite");
  EXPECT_EQ(said({{1, 0, 0, 0, 1, 0, 0, 0, 0}}), "warp_perspective: matrix: has a last row of zeros");
  EXPECT_EQ(said({}, {.outside = warp_outside(2)}), "warp_perspective: options.outside: is not one of warp_outside");
  EXPECT_EQ(said({}, {.low_zero_bits = 9}), "warp_perspective: options.low_zero_bits: is 9; must be 0 to 8");
  EXPECT_EQ(rejection([&] { warp_perspective(dst, {}, dst, {}, {.processor = GetParam()}); }),
            "warp_perspective: dst: overlaps src");
  EXPECT_NE(rejection([&] { warp_perspective(src, {}, three, {}, {.processor = GetParam()}); }),
            "nothing was thrown");
}

INSTANTIATE_TEST_SUITE_P(Processors, WarpPerspective, testing::Values(run_on::cpu, run_on::cuda),
                         [](const auto& info) { return info.param == run_on::cpu ? "cpu" : "cuda"; });

}  // namespace
