// SPDX-License-Identifier: Apache-2.0
// What a dense flow object takes besides two grey frames, and what it says of its result. For either method; runs on
// the CPU, and on the CUDA row of the library it is linked with where that can be used.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/value_range.hpp"
#include "tests/support/dense_flow.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/processors.hpp"

namespace {

using namespace fluxel;
using test::dense_method;
using test::dense_options;
using test::mean_endpoint_error;
using test::moved;
using test::still;
using test::texture;

class FlowInputs : public testing::TestWithParam<std::tuple<dense_method, run_on>> {
 protected:
  template <class T>
  static flow_geometry geometry_of(const image<T>& like, int count = 1) {
    return {like.width(), like.height(), like.channels(), element_traits<T>::type, count};
  }
  dense_flow solver(const flow_geometry& geometry, const dense_options& options) const {
    return make_dense_flow(geometry, options, {.processor = std::get<run_on>(GetParam())});
  }
  template <class T>
  dense_flow solver(const image<T>& like, const dense_options& options, int count = 1) const {
    return solver(geometry_of(like, count), options);
  }
  template <class T>
  dense_flow solver(const image<T>& like) const {
    return solver(like, fast());
  }
  static dense_method method() { return std::get<dense_method>(GetParam()); }
  static dense_options dense_preset(flow_quality quality) { return test::dense_preset(method(), quality); }
  static dense_options fast() { return dense_preset(flow_quality::fast); }
};

bool equal(const image<float>& a, const image<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

const size s{72, 60};
const test::motion shift = moved(-1.25, 0.75);  // where pixels go

template <class T = u8>
image<T> first(double white = 255) {
  return texture<T>(s, still(), 1, 0, white);
}
template <class T = u8>
image<T> second(double white = 255) {
  return texture<T>(s, moved(1.25, -0.75), 1, 0, white);
}

template <class T>
image<float> flow_of(dense_flow object, const image<T>& a, const image<T>& b) {
  image<float> flow(a.width(), a.height(), 2);
  object.run(a, b, flow);
  return flow;
}

TEST_P(FlowInputs, TypesAndDepthsGiveTheSameMotion) {
  const auto bytes = first();
  const auto expected = flow_of(solver(bytes), bytes, second());
  EXPECT_LT(mean_endpoint_error(expected, shift, 8), 0.05);
  auto deep = geometry_of(first<u16>(1023));
  deep.bit_depth = 10;
  EXPECT_LT(mean_endpoint_error(flow_of(solver(deep, fast()), first<u16>(1023), second<u16>(1023)), shift, 8), 0.05);
  EXPECT_LT(mean_endpoint_error(flow_of(solver(first<float>(1)), first<float>(1), second<float>(1)), shift, 8), 0.05);
  auto scaled = geometry_of(first<float>(1000));
  scaled.white = 1000;
  const auto unit = flow_of(solver(first<float>(1)), first<float>(1), second<float>(1));
  EXPECT_LT(mean_endpoint_error(flow_of(solver(scaled, fast()), first<float>(1000), second<float>(1000)), shift, 8),
            0.05);
  EXPECT_LT(mean_endpoint_error(unit, shift, 8), 0.05);
}

int count_of(const image<u8>& reasons, flow_reason reason) {
  int n = 0;
  for (std::size_t i = 0; i < reasons.size(); ++i) n += reasons.data()[i] == u8(reason);
  return n;
}

/// The bytes of a picture as other values: low + step * byte.
template <class T>
image<T> spread(const image<u8>& from, double low, double step) {
  image<T> to(from.width(), from.height());
  for (int y = 0; y < from.height(); ++y)
    for (int x = 0; x < from.width(); ++x) to(x, y) = static_cast<T>(low + step * from(x, y));
  return to;
}

TEST_P(FlowInputs, ARangeMakesValuesGreyLevels) {
  const auto a = first(), b = second();
  const auto expected = flow_of(solver(a), a, b);
  const auto a16 = spread<u16>(a, 21000, 2), b16 = spread<u16>(b, 21000, 2);
  auto geometry = geometry_of(a16);
  geometry.range = {21000, 21000 + 2 * 255};
  EXPECT_TRUE(equal(flow_of(solver(geometry, fast()), a16, b16), expected));
  const auto af = spread<float>(a, -3, 1.0 / 64), bf = spread<float>(b, -3, 1.0 / 64);
  geometry = geometry_of(af);
  geometry.range = {-3, -3 + 255.0 / 64};
  EXPECT_TRUE(equal(flow_of(solver(geometry, fast()), af, bf), expected));
  // Values beyond the range are cut off: as if the picture were clipped.
  auto cut = [](const image<u8>& im) {
    auto out = im;
    for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = std::clamp<u8>(im.data()[i], 64, 64 + 127);
    return out;
  };
  geometry = geometry_of(a);
  geometry.range = {64, 64 + 127};
  EXPECT_TRUE(equal(flow_of(solver(geometry, fast()), a, b), flow_of(solver(geometry, fast()), cut(a), cut(b))));
  EXPECT_FALSE(equal(flow_of(solver(geometry, fast()), a, b), expected));
}

TEST_P(FlowInputs, AMeasuredRangeFindsTheMotionOfPicturesOfLittleRange) {
  // 600 of 65,536 values, as of a thermal camera.
  const auto a = spread<u16>(first(), 29000, 600.0 / 255), b = spread<u16>(second(), 29000, 600.0 / 255);
  auto geometry = geometry_of(a);
  geometry.range = measure_value_range(a);
  EXPECT_GE(geometry.range.low, 29000);
  EXPECT_LE(geometry.range.high, 29600);
  EXPECT_GT(geometry.range.high - geometry.range.low, 400);
  image<float> flow(s.width, s.height, 2);
  image<u8> reasons(s.width, s.height);
  solver(geometry, fast()).run({a.view(), b.view()}, {flow.view(), reasons.view()});
  EXPECT_LT(mean_endpoint_error(flow, shift, 8), 0.05);
  EXPECT_GT(count_of(reasons, flow_reason::valid), s.width * s.height * 85 / 100);
}

TEST_P(FlowInputs, GreyInThreeChannelsIsGrey) {
  const auto a = first(), b = second();
  image<u8> a3(s.width, s.height, 3), b3(s.width, s.height, 3);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x)
      for (int c = 0; c < 3; ++c) {
        a3(x, y, c) = a(x, y);
        b3(x, y, c) = b(x, y);
      }
  EXPECT_TRUE(equal(flow_of(solver(a3), a3, b3), flow_of(solver(a), a, b)));
}

TEST_P(FlowInputs, PlanarFlippedAndPitchedFlowHasTheSameVectors) {
  const auto a = first(), b = second();
  const auto expected = flow_of(solver(a), a, b);
  const int pitch = s.width * 4 + 20;
  std::vector<std::byte> memory(std::size_t(pitch) * s.height * 2, std::byte{0x5a});
  image_view<float> planes{reinterpret_cast<float*>(memory.data()), s.width, s.height, 1, pitch, 2};
  planes = planes.flipped();
  solver(a).run(a, b, planes);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x)
      for (int c = 0; c < 2; ++c) {
        const auto* row =
            reinterpret_cast<const std::byte*>(planes.data) + c * planes.plane_stride + y * planes.pitch;
        ASSERT_EQ(reinterpret_cast<const float*>(row)[x], expected(x, y, c)) << x << " " << y;
      }
  for (int y = 0; y < 2 * s.height; ++y)
    for (int i = s.width * 4; i < pitch; ++i) ASSERT_EQ(memory[y * pitch + i], std::byte{0x5a});
}

TEST_P(FlowInputs, ABatchIsItsPairs) {
  constexpr int count = 3;
  image<u8> a(s.width, s.height * count), b(s.width, s.height * count);
  image<float> flows(s.width, s.height * count, 2);
  std::vector<image<float>> expected;
  for (int n = 0; n < count; ++n) {
    const auto one = first(), other = texture(s, moved(0.5 * n, -0.25 * n));
    std::memcpy(a.data() + n * one.size(), one.data(), one.size());
    std::memcpy(b.data() + n * one.size(), other.data(), one.size());
    expected.push_back(flow_of(solver(one), one, other));
  }
  auto batch = [&](auto& im, int channels) {
    auto v = im.view();
    v.height = s.height;
    v.channels = channels;
    v.count = count;
    v.stride = 0;
    v.plane_stride = 0;
    return v;
  };
  auto object = solver(first(), fast(), count);
  object.run(flow_pair{batch(a, 1), batch(b, 1)}, flow_result{batch(flows, 2)});
  for (int n = 0; n < count; ++n)
    EXPECT_EQ(std::memcmp(flows.data() + n * expected[n].size(), expected[n].data(), expected[n].size() * 4), 0) << n;
}

TEST_P(FlowInputs, ASequenceIsItsPairs) {
  std::vector<image<u8>> frames;
  for (int k = 0; k < 4; ++k) frames.push_back(texture(s, moved(1.1 * k, -0.6 * k)));
  auto object = solver(frames[0]);
  image<float> flow(s.width, s.height, 2);
  EXPECT_FALSE(object.advance(frames[0], flow));
  for (int k = 1; k < 4; ++k) {
    ASSERT_TRUE(object.advance(frames[k], flow));
    EXPECT_TRUE(equal(flow, flow_of(solver(frames[0]), frames[k - 1], frames[k]))) << k;
  }
  object.restart();
  EXPECT_FALSE(object.advance({.frame = frames[0]}, {}));
  // A call refused leaves the sequence as it was.
  image<u8> narrow(s.width - 1, s.height);
  EXPECT_THROW(object.advance(narrow, flow), error);
  EXPECT_TRUE(object.advance(frames[1], flow));
  EXPECT_TRUE(equal(flow, flow_of(solver(frames[0]), frames[0], frames[1])));
}

TEST_P(FlowInputs, AWarmStartFindsWhatTheFirstSearchFound) {
  // Frames that move 7 px each: one level reaches them only from the flow before.
  auto options = fast();
  options.pyramid.max_levels = 1;
  options.warping.warps = 4;
  std::vector<image<u8>> frames;
  for (int k = 0; k < 8; ++k) frames.push_back(texture(s, moved(0.9 * k * (k + 1) / 2, 0)));
  auto cold = solver(frames[0], options), warm = solver(frames[0], options);
  image<float> from_zero(s.width, s.height, 2), from_before(s.width, s.height, 2);
  for (int k = 0; k < 8; ++k) {
    cold.advance(frames[k], from_zero);
    warm.advance({.frame = frames[k], .start = flow_start::previous_flow}, {.flow = from_before});
  }
  const double last = 0.9 * 7;
  EXPECT_LT(mean_endpoint_error(from_before, moved(-last, 0), 12), 0.3);
  EXPECT_GT(mean_endpoint_error(from_zero, moved(-last, 0), 12), 1.0);
}

TEST_P(FlowInputs, AFirstGuessIsUsed) {
  auto options = fast();
  options.pyramid.max_levels = 1;
  const auto a = first(), b = texture(s, moved(6, -5));
  image<float> guess(s.width, s.height, 2), flow(s.width, s.height, 2);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      guess(x, y, 0) = 5.6f;
      guess(x, y, 1) = -4.7f;
    }
  guess(3, 3, 0) = std::numeric_limits<float>::quiet_NaN();
  guess(4, 3, 1) = std::numeric_limits<float>::infinity();
  guess(5, 3, 1) = -1e30f;
  auto object = solver(a, options);
  object.run({.prev = a, .next = b, .initial = guess}, {.flow = flow});
  EXPECT_LT(mean_endpoint_error(flow, moved(-6, 5), 10), 0.2);
  EXPECT_GT(mean_endpoint_error(flow_of(solver(a, options), a, b), moved(-6, 5), 10), 1.0);
}

/// A square that moves against everything else.
struct square {
  int left, top, side;
  bool holds(int x, int y) const { return x >= left && y >= top && x < left + side && y < top + side; }
};

TEST_P(FlowInputs, WhatIsMaskedDoesNotMoveTheRest) {
  auto a = first(), b = second();
  const square hole{30, 22, 10};
  image<u8> mask(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      mask(x, y) = hole.holds(x, y) ? 0 : 255;
      if (hole.holds(x, y)) a(x, y) = b(x, y) = static_cast<u8>((x * 37 + y * 91) & 1 ? 255 : 0);
    }
  image<float> masked(s.width, s.height, 2), naive(s.width, s.height, 2);
  image<u8> reasons(s.width, s.height);
  auto object = solver(a, dense_preset(flow_quality::accurate));
  object.run({a.view(), b.view(), mask.view(), mask.view()}, {masked.view(), reasons.view()});
  object.run(a, b, naive);
  EXPECT_LT(mean_endpoint_error(masked, shift, 8), 0.06);
  EXPECT_LT(mean_endpoint_error(masked, shift, 8), mean_endpoint_error(naive, shift, 8));
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const bool said = reasons(x, y) == u8(flow_reason::masked);
      EXPECT_TRUE(said || !hole.holds(x, y)) << x << " " << y;
      EXPECT_FALSE(said && (x < 15 || x > 55)) << x << " " << y;
    }
  // The pixels of the hole are nobody's business.
  auto other_a = a, other_b = b;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x)
      if (hole.holds(x, y)) {
        other_a(x, y) = 17;
        other_b(x, y) = static_cast<u8>(x);
      }
  image<float> again(s.width, s.height, 2);
  object.run({other_a.view(), other_b.view(), mask.view(), mask.view()}, {again.view()});
  EXPECT_TRUE(equal(masked, again));
}

TEST_P(FlowInputs, NaNIsAMask) {
  auto a = first<float>(1), b = second<float>(1);
  auto na = a, nb = b;
  image<u8> mask_a(s.width, s.height), mask_b(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const square one{20, 30, 6}, other{45, 12, 5};
      mask_a(x, y) = !one.holds(x, y);
      mask_b(x, y) = !other.holds(x, y);
      if (one.holds(x, y)) na(x, y) = std::numeric_limits<float>::quiet_NaN();
      if (other.holds(x, y)) nb(x, y) = -std::numeric_limits<float>::quiet_NaN();
    }
  image<float> by_mask(s.width, s.height, 2), by_nan(s.width, s.height, 2);
  auto object = solver(a);
  object.run({a.view(), b.view(), mask_a.view(), mask_b.view()}, {by_mask.view()});
  object.run(na, nb, by_nan);
  EXPECT_TRUE(equal(by_mask, by_nan));
  // Windows reach less far into a hole than smoothness does.
  const bool windows = method() == dense_method::lucas_kanade;
  EXPECT_LT(mean_endpoint_error(by_nan, shift, 8), windows ? 0.25 : 0.15);
}

TEST_P(FlowInputs, AllUnknownIsNoMotion) {
  const auto a = first(), b = second();
  image<u8> none(s.width, s.height), reasons(s.width, s.height);
  std::memset(none.data(), 0, none.size());
  image<float> flow(s.width, s.height, 2);
  auto object = solver(a);
  object.run({a.view(), b.view(), none.view()}, {flow.view(), reasons.view()});
  for (std::size_t i = 0; i < flow.size(); ++i) ASSERT_EQ(flow.data()[i], 0.0f);
  for (std::size_t i = 0; i < reasons.size(); ++i) ASSERT_EQ(reasons.data()[i], u8(flow_reason::masked));
}

TEST_P(FlowInputs, ValidityGivesTheReason) {
  image<float> flow(s.width, s.height, 2), confidence(s.width, s.height);
  image<u8> reasons(s.width, s.height);
  const int all = s.width * s.height;
  auto run = [&](const image<u8>& a, const image<u8>& b, const dense_options& options) {
    solver(a, options).run({a.view(), b.view()}, {flow.view(), reasons.view(), confidence.view()});
  };
  run(first(), second(), fast());
  EXPECT_GT(count_of(reasons, flow_reason::valid), all * 85 / 100);
  EXPECT_EQ(count_of(reasons, flow_reason::masked), 0);
  // What moves to the right by 1.25 px leaves the frame in the last columns.
  for (int y = 4; y < s.height - 4; ++y) {
    EXPECT_EQ(reasons(s.width - 1, y), u8(flow_reason::outside)) << y;
    EXPECT_NE(reasons(s.width / 2, y), u8(flow_reason::outside)) << y;
  }

  image<u8> grey(s.width, s.height), bars(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      grey(x, y) = 90;
      bars(x, y) = static_cast<u8>(std::lround(128 + 60 * std::sin(x * 0.5)));
    }
  run(grey, grey, fast());
  EXPECT_EQ(count_of(reasons, flow_reason::flat), all);
  for (std::size_t i = 0; i < confidence.size(); ++i) ASSERT_EQ(confidence.data()[i], 0.0f);
  auto both_directions = fast();
  both_directions.validity.aperture = 1;
  run(bars, bars, both_directions);
  EXPECT_EQ(count_of(reasons, flow_reason::aperture), all);

  auto short_steps = fast();  // too short to arrive
  short_steps.pyramid.max_levels = 1;
  short_steps.warping.warps = 1;
  short_steps.warping.max_increment = 0.05;
  short_steps.validity.cut_score = 0;
  run(first(), second(), short_steps);
  EXPECT_EQ(count_of(reasons, flow_reason::cut), 0);
  short_steps.validity.cut_score = 0.1;
  run(first(), second(), short_steps);
  EXPECT_EQ(count_of(reasons, flow_reason::cut), all);
}

TEST_P(FlowInputs, TheFlowBackTellsWhatDoesNotReturn) {
  // A square moves over a still picture, which has pixels that the second frame does not show.
  auto frame = [&](int at) {
    auto im = texture(s, still());
    for (int y = 16; y < 44; ++y)
      for (int x = at; x < at + 24; ++x)
        im(x, y) = static_cast<u8>(std::lround(test::texture_at({x - at + 200.0, y + 90.0})));
    return im;
  };
  auto options = dense_preset(flow_quality::accurate);
  options.validity = {.variation = 0, .residual = 0, .flat = 0, .cut_score = 0, .consistency = 0.5};
  options.warping.max_increment = 20;
  const auto a = frame(20), b = frame(24);
  image<float> flow(s.width, s.height, 2);
  image<u8> reasons(s.width, s.height);
  auto object = solver(a, options);
  object.run({a.view(), b.view()}, {flow.view(), reasons.view()});
  const auto there = flow_of(solver(a, options), a, b), back = flow_of(solver(a, options), b, a);
  EXPECT_TRUE(equal(flow, there)) << "looking back changed the flow itself";

  auto at = [&](double x, double y, int c) {
    const int i = static_cast<int>(x), j = static_cast<int>(y);
    const int right = std::min(i + 1, s.width - 1), below = std::min(j + 1, s.height - 1);
    const double fx = x - i, fy = y - j;
    return (1 - fy) * ((1 - fx) * back(i, j, c) + fx * back(right, j, c)) +
           fy * ((1 - fx) * back(i, below, c) + fx * back(right, below, c));
  };
  int inconsistent = 0;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const double tx = x + there(x, y, 0), ty = y + there(x, y, 1);
      if (tx < 0 || ty < 0 || tx > s.width - 1 || ty > s.height - 1) {
        EXPECT_EQ(reasons(x, y), u8(flow_reason::outside));
        continue;
      }
      const double miss = std::hypot(there(x, y, 0) + at(tx, ty, 0), there(x, y, 1) + at(tx, ty, 1));
      inconsistent += miss > 0.5;
      EXPECT_EQ(reasons(x, y), u8(miss > 0.5 ? flow_reason::inconsistent : flow_reason::valid)) << x << " " << y;
    }
  EXPECT_GT(inconsistent, 28);
  EXPECT_LT(inconsistent, s.width * s.height / 3);
}

TEST_P(FlowInputs, ClassicTakesMasksAndBatchesToo) {
  const auto a = first(), b = second();
  image<u8> mask(s.width, s.height), reasons(s.width, s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) mask(x, y) = x != 30;
  image<float> flow(s.width, s.height, 2);
  auto options = test::dense_classic(method());
  options.validity.consistency = 1;
  auto object = solver(a, options);
  object.run({a.view(), b.view(), mask.view()}, {flow.view(), reasons.view()});
  for (int y = 0; y < s.height; ++y) {
    EXPECT_TRUE(std::isfinite(flow(30, y, 0)));
    EXPECT_EQ(reasons(30, y), u8(flow_reason::masked));
  }
}

INSTANTIATE_TEST_SUITE_P(Processors, FlowInputs,
                         testing::Combine(testing::ValuesIn(test::dense_methods),
                                          testing::ValuesIn(test::processors())));

}  // namespace
