// SPDX-License-Identifier: Apache-2.0
// CTest: also on the emulator
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/processors.hpp"
#include "tests/support/random.hpp"
#include "tests/support/resize_oracle.hpp"

namespace {

using namespace fluxel;
using test::equal;
using test::random_image;

std::string rejection(const std::function<void()>& call, errc code = errc::invalid_argument) {
  try {
    call();
  } catch (const error& e) {
    EXPECT_EQ(static_cast<int>(e.code()), static_cast<int>(code)) << e.what();
    return e.what();
  }
  return "nothing was thrown";
}

const std::vector<resize_options> all_filters{
    {},
    {.antialias = antialias::yes},
    {.filter = filter::nearest},
    {.filter = filter::area},
    {.filter = filter::bicubic},
    {.filter = filter::bicubic, .antialias = antialias::yes, .cubic_a = -0.5},
    {.filter = filter::lanczos3, .antialias = antialias::yes},
    {.coordinates = coordinates::align_corners},
    {.region = rect{2.5, -1.25, 11.75, 9}},
    {.filter = filter::lanczos3, .antialias = antialias::yes, .region = rect{2.5, -1.25, 11.75, 9}},
    {.scale_x = 0.7, .scale_y = 1.9},
};

/// The processors that a resizer can be told to use here.
template <class T>
class ResizerOf : public testing::Test {};
using types = testing::Types<u8, u16, f16, bf16, f32>;
TYPED_TEST_SUITE(ResizerOf, types);

TYPED_TEST(ResizerOf, GivesTheBytesOfTheSingleCallOnEveryProcessor) {
  using T = TypeParam;
  for (const auto& options : all_filters)
    for (auto to : {size{9, 7}, size{31, 22}})
      for (int channels : {1, 3}) {
        const auto src = random_image<T>(20, 16, channels, 2, 2);
        image<T> want(to.width, to.height, channels, 2, 2);
        resize(src.view(), want.view(), options);
        for (auto where : test::processor_settings()) {
          const resizer r({{20, 16}, to, channels, element_traits<T>::type}, options, {where});
          for (int again = 0; again < 2; ++again) {
            image<T> got(to.width, to.height, channels, 2, 2);
            r.run(src.view(), got.view());
            ASSERT_TRUE(equal<T>(want.view(), got.view())) << int(where) << " filter " << int(options.filter);
          }
          test::guarded_image<T> one(to.width, to.height, channels);
          const auto flipped = src.view().sub_view(0, 0, 20, 16).flipped();
          auto first = flipped;
          first.planes = first.count = 1;
          image<T> want_one(to.width, to.height, channels);
          resize<T>(first, want_one.view(), options);
          r.run(first, one.view().flipped());
          ASSERT_TRUE(equal<T>(want_one.view(), image_view<const T>(one.view().flipped())));
          ASSERT_TRUE(one.intact());
        }
      }
}

TYPED_TEST(ResizerOf, RaggedBatchesEqualSingleCalls) {
  using T = TypeParam;
  for (const auto& options : all_filters)
    for (auto where : test::processor_settings()) {
      std::vector<image<T>> src, want, got;
      std::vector<resize_geometry> geometries;
      for (int i = 0; i < 150; ++i) {  // more than travel together
        const size from{5 + i % 7, 4 + i % 3}, to{3 + i % 5, 6 + i % 4};
        src.push_back(random_image<T>(from.width, from.height, 3, 1, 1, i));
        want.emplace_back(to.width, to.height, 3);
        got.emplace_back(to.width, to.height, 3);
        geometries.push_back({from, to, 3, element_traits<T>::type});
      }
      std::vector<resize_pair<T>> pairs;
      for (std::size_t i = 0; i < src.size(); ++i) {
        resize(std::as_const(src[i]).view(), want[i].view(), options);
        pairs.push_back({std::as_const(src[i]).view(), got[i].view()});
      }
      resizer r(options, {where});
      r.prepare(geometries);
      r.run(pairs);
      for (std::size_t i = 0; i < src.size(); ++i)
        ASSERT_TRUE(equal<T>(want[i].view(), std::as_const(got[i]).view())) << i << " filter " << int(options.filter);
    }
}

TEST(Resizer, RaggedFilteredBatchesWantToBePrepared) {
  image<u8> src(4, 4), dst(2, 2);
  const resize_pair<u8> pair{std::as_const(src).view(), dst.view()};
  const std::span<const resize_pair<u8>> pairs(&pair, 1);
  EXPECT_NO_THROW(resizer(resize_options{}).run(pairs));
  EXPECT_EQ(rejection([&] { resizer(resize_options{.filter = filter::area}).run(pairs); }),
            "resizer: pairs[0].src: has a geometry that was not prepared: 4x4 to 2x2 with 1 channels");
}

TEST(Resizer, RejectionsNameTheArgument) {
  const resize_geometry g{{8, 6}, {4, 3}, 1, element_type::u8};
  auto of = [&](const resize_options& o) { return rejection([&] { resizer(g, o); }); };
  EXPECT_EQ(
      of({.filter = filter(99)}),
      "resizer: options.filter: is not one of bilinear, nearest, area, bicubic, lanczos3, mitchell, catmull_rom, "
      "gaussian, hamming and spline36");
  EXPECT_EQ(of({.cubic_a = NAN}), "resizer: options.cubic_a: is nan; must be within -2 and 0");
  EXPECT_EQ(of({.region = rect{0, 0, 0, 3}}), "resizer: options.region: is empty");
  EXPECT_EQ(of({.region = rect{NAN, 0, 1, 3}}),
            "resizer: options.region: has an edge that is not within 2^30 pixels");
  EXPECT_EQ(of({.coordinates = coordinates::align_corners, .region = rect{0, 0, 1, 1}}),
            "resizer: options.region: cannot be used with align_corners");
  EXPECT_EQ(of({.region = rect{0, 0, 1, 1}, .scale_x = 2}), "resizer: options.scale_x: cannot be used with a region");
  EXPECT_EQ(of({.scale_y = -1}),
            "resizer: options.scale_y: is -1.000000; must be 0 (from the sizes) or within 2^-20 and 2^30");
  EXPECT_EQ(of({.alpha = alpha::straight}), "resizer: channels: is 1; straight alpha needs 2 or 4");
  EXPECT_EQ(rejection([] { resizer(resize_geometry{{0, 6}, {4, 3}}); }), "resizer: src: is empty (0x6)");
  EXPECT_EQ(rejection([] { resizer(resize_geometry{{8, 6}, {4, -3}}); }), "resizer: dst: is empty (4x-3)");
  EXPECT_EQ(rejection([] {
              resizer(resize_geometry{{8, 6}, {4, 3}, 0});
            }),
            "resizer: channels: is 0; must be 1 or more");
  const resizer r(g);
  image<u8> src(8, 6), dst(4, 3), other(5, 3);
  image<u16> wide(8, 6), wide_dst(4, 3);
  EXPECT_EQ(rejection([&] { r.run(std::as_const(src).view(), other.view()); }),
            "resizer: dst: is 5x3, but the object was built for 4x3");
  EXPECT_EQ(rejection([&] { r.run(std::as_const(wide).view(), wide_dst.view()); }),
            "resizer: src: has elements of another type than the object was built for");
  std::vector<resize_pair<u8>> pairs(2, {std::as_const(src).view(), dst.view()});
  pairs[1].dst.data = nullptr;
  EXPECT_EQ(rejection([&] { r.run(pairs); }), "resizer: pairs[1].dst.data: is null");
  if (device_count() > 0) return;
  EXPECT_EQ(rejection([&] { resizer(g, {}, {run_on::cuda}); }, errc::no_device),
            "resizer: device: " + no_device_reason());
  auto on_device = [&] {
    auto s = std::as_const(src).view();
    auto d = dst.view();
    s.memory = d.memory = memory_kind::device;
    r.run(s, d);
  };
  EXPECT_EQ(rejection(on_device, errc::no_device), "resizer: device: " + no_device_reason());
}

TEST(Resizer, TellsItsProcessor) {
  const resize_geometry g{{8, 6}, {4, 3}};
  EXPECT_EQ(resizer(g, {}, {run_on::cpu}).backend(), backend::cpu);
  EXPECT_EQ(resizer(g).backend(), backend::cpu);
  EXPECT_EQ(resizer(g, {}, {run_on::automatic}).backend(), device_count() > 0 ? backend::cuda : backend::cpu);
}

TEST(Resizer, RegionAndScaleFollowTheOracle) {
  const auto src = random_image<u16>(40, 30, 2);
  const std::vector<std::pair<resize_options, std::array<long double, 4>>> cases{
      // step x, origin x, step y, origin y: position = (i + 0.5) * step + origin - 0.5
      {{.region = rect{3.25, 2.5, 20.5, 11}}, {20.5L / 17, 3.25L, 11.0L / 23, 2.5L}},
      {{.region = rect{-4, -3, 60, 50}}, {60.0L / 17, -4, 50.0L / 23, -3}},
      {{.scale_x = 0.5, .scale_y = 0.8}, {2, 0, 1.25L, 0}},
      {{.scale_x = 0.43, .scale_y = 0}, {1 / 0.43L, 0, 30.0L / 23, 0}},
      {{.coordinates = coordinates::asymmetric, .scale_x = 0.5, .scale_y = 0.8}, {2, -0.5L, 1.25L, -0.125L}}};
  for (const auto& [options, map] : cases) {
    image<u16> dst(17, 23, 2);
    resize(src.view(), dst.view(), options);
    for (int y = 0; y < 23; ++y)
      for (int x = 0; x < 17; ++x)
        for (int c = 0; c < 2; ++c) {
          auto at = [](int i, long double step, long double origin) { return (i + 0.5L) * step + origin - 0.5L; };
          long double px = at(x, map[0], map[1]), py = at(y, map[2], map[3]);
          if (options.coordinates == coordinates::asymmetric) px = x * map[0], py = y * map[2];
          const auto exact = test::oracle_bilinear(px, py, {40, 30}, [&](int i, int j) { return src(i, j, c); });
          ASSERT_NEAR(dst(x, y, c), static_cast<double>(exact), 0.51);
        }
  }
}

TEST(Resizer, ARegionReadsItsNeighboursWhereASubViewRepeatsItsEdge) {
  image<f32> src(8, 1), by_region(8, 1), by_view(8, 1);
  for (int x = 0; x < 8; ++x) src(x, 0) = float(x);
  resize(std::as_const(src).view(), by_region.view(), {.region = rect{2, 0, 4, 1}});
  resize<f32>(std::as_const(src).view().sub_view(2, 0, 4, 1), by_view.view(), {});
  EXPECT_EQ(by_region(0, 0), 1.75f);
  EXPECT_EQ(by_view(0, 0), 2.0f);
}

TEST(Resizer, ServesSeveralThreadsAtOnce) {
  const auto src = random_image<u8>(64, 48, 4);
  for (auto alpha : {alpha::none, alpha::straight}) {
    const resizer r({{64, 48}, {40, 31}, 4}, {.antialias = antialias::yes, .alpha = alpha}, {run_on::automatic});
    image<u8> want(40, 31, 4);
    r.run(src.view(), want.view());
    std::vector<image<u8>> got(4, image<u8>(40, 31, 4));
    std::vector<std::thread> threads;
    for (auto& out : got)
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) r.run(src.view(), out.view());
      });
    for (auto& t : threads) t.join();
    for (auto& out : got) EXPECT_TRUE(equal<u8>(want.view(), std::as_const(out).view()));
  }
}

TEST(Resizer, MovesAndOutlivesItsSource) {
  image<u8> src(8, 6), dst(4, 3);
  resizer a(resize_geometry{{8, 6}, {4, 3}});
  resizer b = std::move(a);
  a = resizer(resize_geometry{{4, 3}, {8, 6}});
  EXPECT_NO_THROW(b.run(std::as_const(src).view(), dst.view()));
  EXPECT_NO_THROW(a.run(std::as_const(dst).view(), src.view()));
}

}  // namespace
