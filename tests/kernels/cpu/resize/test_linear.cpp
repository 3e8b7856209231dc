// SPDX-License-Identifier: Apache-2.0
// The CPU backend against the scalar definition: every target, thread count, type and awkward shape, byte for byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <cfenv>
#include <cstring>
#include <random>
#include <thread>

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {
namespace {

constexpr std::byte guard{0xa5};

/// Images somewhere inside a larger buffer of guard bytes.
class buffer {
 public:
  buffer(size dim, int channels, int planes, int count, element_type type, std::ptrdiff_t extra, bool flipped)
      : type_(type) {
    const std::ptrdiff_t element = element_size(type);
    const std::ptrdiff_t row = std::ptrdiff_t{dim.width} * channels * element;
    const std::ptrdiff_t pitch = row + extra * element;
    const std::ptrdiff_t plane = pitch * dim.height + 3 * element;
    bytes_.assign(plane * planes * count + 256, guard);
    first_ = 64 + (extra % 7) * element + (flipped ? pitch * (dim.height - 1) : 0);
    image_ = {nullptr, dim.width, dim.height, channels,      flipped ? -pitch : pitch,
              planes,  plane,     count,      plane * planes};
  }

  template <class F>
  void for_each_row(F&& f) {
    const auto bytes = static_cast<std::size_t>(image_.width) * image_.channels * element_size(type_);
    for (int n = 0; n < image_.count; ++n)
      for (int p = 0; p < image_.planes; ++p)
        for (int y = 0; y < image_.height; ++y)
          f(bytes_.data() + first_ + n * image_.stride + p * image_.plane_stride + y * image_.pitch, bytes);
  }

  void fill(std::mt19937& random) {
    for_each_row([&](std::byte* row, std::size_t bytes) {
      for (std::size_t i = 0; i < bytes; i += element_size(type_)) put(row + i, random());
    });
  }

  /// NaN payloads are not part of the contract.
  void canonicalize() {
    for_each_row([&](std::byte* row, std::size_t bytes) {
      for (std::size_t i = 0; i < bytes; i += element_size(type_)) canonicalize(row + i);
    });
  }

  /// After the rows have been filled with guard bytes, nothing else may remain. Destroys the pixels.
  bool guards_intact() {
    for_each_row([](std::byte* row, std::size_t bytes) { std::memset(row, int(guard), bytes); });
    return std::all_of(bytes_.begin(), bytes_.end(), [](std::byte b) { return b == guard; });
  }

  image view() {
    image v = image_;
    v.data = bytes_.data() + first_;
    return v;
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  void put(std::byte* at, std::uint32_t v) const {
    static constexpr std::uint32_t special[] = {0,          0x80000000, 0x7f800000, 0xff800000,
                                                0x7fc00000, 1,          0x80000001, 0x7f7fffff,
                                                0x00800000, 0x3f800000, 0x33800000, 0x477fe000};
    const std::uint32_t pick = v >> 8 & 31;
    if (type_ == element_type::f32) {
      const float plain = static_cast<float>(static_cast<int>(v >> 4)) / 65536 - 1000;
      std::memcpy(at, &plain, 4);
      if (pick < std::size(special)) std::memcpy(at, &special[pick], 4);
    } else {
      std::memcpy(at, &v, element_size(type_));
    }
  }
  void canonicalize(std::byte* at) const {
    std::uint32_t v = 0;
    std::memcpy(&v, at, element_size(type_));
    const std::uint32_t infinity = type_ == element_type::f32    ? 0x7f800000
                                   : type_ == element_type::f16  ? 0x7c00
                                   : type_ == element_type::bf16 ? 0x7f80
                                                                 : 0xffffffff;
    const std::uint32_t sign = type_ == element_type::f32 ? 0x80000000 : 0x8000;
    if (infinity == 0xffffffff || (v & ~sign) <= infinity) return;
    v = infinity + 1;
    std::memcpy(at, &v, element_size(type_));
  }

  element_type type_;
  std::vector<std::byte> bytes_;
  std::ptrdiff_t first_;
  image image_;  ///< without the pointer, so that buffers can be copied
};

struct shape {
  size src;
  size dst;
  int channels = 1;
  int planes = 1;
  int count = 1;
};

struct setup {
  shape s;
  element_type type;
  coordinates rule = coordinates::half_pixel;
  bool flipped = false;
  int extra = 5;
};

std::string describe(const setup& c, const std::string& target, int threads) {
  return target + " threads " + std::to_string(threads) + " type " + std::to_string(int(c.type)) + " " +
         std::to_string(c.s.src.width) + "x" + std::to_string(c.s.src.height) + " -> " +
         std::to_string(c.s.dst.width) + "x" + std::to_string(c.s.dst.height) + " channels " +
         std::to_string(c.s.channels) + " rule " + std::to_string(int(c.rule));
}

/// Runs `call(row, pair, threads)` on the scalar backend, then on every target and thread count.
template <class Call>
void expect_equal_everywhere(const setup& c, Call&& call) {
  std::mt19937 random(c.s.src.width * 31 + c.s.dst.width * 7 + c.s.channels);
  buffer src(c.s.src, c.s.channels, c.s.planes, c.s.count, c.type, c.extra, c.flipped);
  src.fill(random);
  auto make = [&] { return buffer(c.s.dst, c.s.channels, c.s.planes, c.s.count, c.type, c.extra / 2, !c.flipped); };
  auto expected = make();
  ASSERT_EQ(call(scalar(), image_pair{src.view(), expected.view()}, 1), status::ok);
  expected.canonicalize();
  for (const auto& target : cpu_targets()) {
    ASSERT_TRUE(force_cpu_target(target));
    for (int threads : {1, 2, 7}) {
      auto actual = make();
      ASSERT_EQ(call(cpu(), image_pair{src.view(), actual.view()}, threads), status::ok);
      actual.canonicalize();
      EXPECT_TRUE(actual.bytes() == expected.bytes()) << describe(c, target, threads);
    }
  }
  force_cpu_target("");
}

void expect_linear(const setup& c) {
  expect_equal_everywhere(c, [&](const backend_table& r, const image_pair& pair, int threads) {
    return r.resize.linear({&pair, 1}, c.type, c.rule, {.threads = threads});
  });
}

constexpr element_type every_type[] = {element_type::u8, element_type::u16, element_type::f16, element_type::bf16,
                                       element_type::f32};

class Linear : public testing::TestWithParam<element_type> {};

TEST_P(Linear, WidthsAroundTheVector) {
  for (int dst : {1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 514})
    for (int src : {1, 2, 3, 7, 16, 33, 64, 65, 200, 1030}) expect_linear({{{src, 3}, {dst, 5}}, GetParam()});
}

TEST_P(Linear, EveryChannelCount) {
  for (int channels : {1, 2, 3, 4, 5, 9})
    for (size dst : {size{50, 40}, size{100, 80}, size{200, 160}, size{134, 81}, size{33, 7}, size{3, 3}})
      expect_linear({{{100, 80}, dst, channels}, GetParam()});
}

TEST_P(Linear, ExactHalvesAndDoubles) {
  for (int channels : {1, 2, 3, 4, 5})
    for (int width : {1, 2, 3, 11, 12, 13, 16, 17, 21, 31, 33, 34, 47, 64, 65, 66, 100, 129, 131, 260})
      for (int height : {1, 2, 9}) {
        expect_linear({{{width, height}, {2 * width, 2 * height}, channels}, GetParam()});
        expect_linear({{{2 * width, 2 * height}, {width, height}, channels}, GetParam()});
      }
}

TEST_P(Linear, RowsLongerThanATile) {
  for (int channels : {1, 3}) {
    expect_linear({{{3000, 4}, {6000, 8}, channels}, GetParam()});
    expect_linear({{{2000, 4}, {12000, 5}, 3 * channels}, GetParam()});
    expect_linear({{{9001, 5}, {4500, 3}, channels}, GetParam()});
    expect_linear({{{40, 5}, {5003, 3}, channels}, GetParam()});
    expect_linear({{{2500, 9}, {121, 3}, channels}, GetParam()});  // long windows
    expect_linear({{{3840, 9}, {130, 3}, channels}, GetParam()});
    expect_linear({{{5000, 9}, {130, 3}, channels}, GetParam()});
  }
}

TEST_P(Linear, ResultsBeyondTheCaches) {
  const int height = 24'000'000 / (3001 * 3 * element_size(GetParam())) + 2;
  for (const auto& target : cpu_targets()) {
    if (target == "scalar") continue;
    ASSERT_TRUE(force_cpu_target(target));
    buffer src({1500, height / 2}, 3, 1, 1, GetParam(), 1, false);
    std::mt19937 random(5);
    src.fill(random);
    buffer whole({3001, height}, 3, 1, 1, GetParam(), 5, false);
    buffer part({3001, height / 8}, 3, 1, 1, GetParam(), 5, false);
    // The first rows alone are a small result: the same bytes, by ordinary stores.
    resize_recipe recipe{.type = GetParam(), .channels = 3, .method = linear_recipe{}};
    auto& tables = std::get<linear_recipe>(recipe.method);
    for (int x = 0; x < 3001; ++x) tables.x.push_back({x * 1499 / 3001, std::uint32_t(random())});
    for (int y = 0; y < height; ++y) tables.y.push_back({y * (height / 2 - 1) / height, std::uint32_t(random())});
    const image_pair all{src.view(), whole.view()};
    ASSERT_EQ(cpu().resize.prepare(recipe)->run({&all, 1}, {.threads = 2}), status::ok);
    tables.y.resize(height / 8);
    const image_pair some{src.view(), part.view()};
    ASSERT_EQ(cpu().resize.prepare(recipe)->run({&some, 1}, {.threads = 1}), status::ok);
    whole.canonicalize();
    part.canonicalize();
    const auto bytes = static_cast<std::size_t>(some.dst.pitch) * (height / 8);
    EXPECT_EQ(std::memcmp(all.dst.data, some.dst.data, bytes), 0) << target;
    EXPECT_TRUE(whole.guards_intact()) << target;
  }
  force_cpu_target("");
}

TEST_P(Linear, OnePixelWideOrHigh) {
  expect_linear({{{1, 40}, {1, 90}}, GetParam()});
  expect_linear({{{1, 40}, {17, 9}, 3}, GetParam()});
  expect_linear({{{40, 1}, {90, 1}, 2}, GetParam()});
  expect_linear({{{40, 1}, {9, 17}}, GetParam()});
}

TEST_P(Linear, PlanesBatchesAndPitches) {
  expect_linear({{{30, 20}, {60, 40}, 1, 3, 2}, GetParam()});
  expect_linear({.s = {{30, 20}, {45, 13}, 3, 1, 4}, .type = GetParam(), .flipped = true});
  expect_linear({.s = {{64, 20}, {32, 10}, 4, 2, 2}, .type = GetParam(), .extra = 0});
  expect_linear({.s = {{64, 300}, {128, 600}, 1, 2, 3}, .type = GetParam(), .extra = 3});
}

TEST_P(Linear, EveryCoordinateRule) {
  for (auto rule : {coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners})
    for (size dst : {size{1, 1}, size{37, 21}, size{74, 42}, size{150, 90}, size{18, 10}})
      expect_linear({{{37, 21}, dst, 3}, GetParam(), rule});
}

TEST_P(Linear, TablesAndLowZeroBits) {
  for (int bits : {0, 6}) {
    if (bits != 0 && GetParam() != element_type::u16) continue;
    const int width = 75;
    resize_recipe recipe{.type = GetParam(), .channels = 2, .method = linear_recipe{.low_zero_bits = bits}};
    auto& tables = std::get<linear_recipe>(recipe.method);
    std::mt19937 random(1);
    for (int i = 0; i < width; ++i) tables.x.push_back({std::int32_t(random() % 49), std::uint32_t(random())});
    for (int i = 0; i < 40; ++i) tables.y.push_back({std::int32_t(random() % 29), std::uint32_t(random())});
    tables.x[3] = {4, 0xffffffff};
    tables.x[4] = {49, 0};
    tables.y[5] = {29, 0};
    tables.y[6] = {3, 0xffffffff};
    expect_equal_everywhere({{{50, 30}, {width, 40}, 2}, GetParam()},
                            [&](const backend_table& r, const image_pair& pair, int threads) {
                              return r.resize.prepare(recipe)->run({&pair, 1}, {.threads = threads});
                            });
  }
}

// Source rows that are used once, and taps too far apart for a window, in any order and up to the last pixel.
TEST_P(Linear, SpacedTaps) {
  for (int channels : {1, 2, 3, 4})
    for (int width : {1, 5, 64, 300}) {
      resize_recipe recipe{.type = GetParam(), .channels = channels, .method = linear_recipe{}};
      auto& tables = std::get<linear_recipe>(recipe.method);
      std::mt19937 random(width);
      for (int i = 0; i < width; ++i) tables.x.push_back({std::int32_t(random() % 899), std::uint32_t(random())});
      for (int i = 0; i < 30; ++i) tables.y.push_back({3 * i, i % 5 == 0 ? 0 : std::uint32_t(random())});
      tables.x[width / 2] = {899, 0};
      tables.x[width - 1] = {899, 0};
      tables.x[width / 3].fraction = 0;
      expect_equal_everywhere({{{900, 90}, {width, 30}, channels}, GetParam()},
                              [&](const backend_table& r, const image_pair& pair, int threads) {
                                return r.resize.prepare(recipe)->run({&pair, 1}, {.threads = threads});
                              });
    }
}

// A few outputs need nearly the whole row: more than a window holds, and than a short row that is copied for one.
TEST_P(Linear, FewOutputsOfALongRow) {
  for (int channels : {1, 2, 3, 4})
    for (int width : {2100, 3990, 5001})
      for (int outputs : {1, 16, 31})
        expect_equal_everywhere(
            {{{width, 9}, {outputs, 5}, channels}, GetParam()},
            [&](const backend_table& r, const image_pair& pair, int threads) {
              return r.resize.linear({&pair, 1}, GetParam(), coordinates::half_pixel, {.threads = threads});
            });
}

TEST_P(Linear, RaggedBatch) {
  std::mt19937 random(2);
  std::vector<buffer> sources, expected;
  std::vector<image_pair> pairs;
  for (int i = 1; i < 14; ++i) {
    sources.emplace_back(size{i * 5, i + 2}, 3, 1, 1, GetParam(), 1, false);
    sources.back().fill(random);
    expected.emplace_back(size{70 - 3 * i, 20 + i}, 3, 1, 1, GetParam(), 1, false);
  }
  auto actual = expected;
  auto run = [&](const backend_table& r, std::vector<buffer>& out) {
    pairs.clear();
    for (std::size_t i = 0; i < out.size(); ++i) pairs.push_back({sources[i].view(), out[i].view()});
    EXPECT_EQ(r.resize.linear(pairs, GetParam(), coordinates::half_pixel, {}), status::ok);
  };
  run(scalar(), expected);
  run(cpu(), actual);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    actual[i].canonicalize();
    expected[i].canonicalize();
    EXPECT_TRUE(actual[i].bytes() == expected[i].bytes()) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, Linear, testing::ValuesIn(every_type));

TEST(LinearCalls, FromSeveralThreadsAtOnce) {
  const setup c{{{300, 200}, {640, 480}, 3}, element_type::u8};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      std::mt19937 random(3);
      buffer src(c.s.src, 3, 1, 1, c.type, 0, false), one(c.s.dst, 3, 1, 1, c.type, 0, false);
      src.fill(random);
      image_pair pair{src.view(), one.view()};
      scalar().resize.linear({&pair, 1}, c.type, c.rule, {});
      const auto expected = one.bytes();
      for (int repeat = 0; repeat < 20; ++repeat) {
        cpu().resize.linear({&pair, 1}, c.type, c.rule, {});
        EXPECT_TRUE(one.bytes() == expected);
      }
    });
  }
  for (auto& t : callers) t.join();
}

TEST(LinearCalls, IgnoreTheCallersRoundingMode) {
  const setup c{{{300, 200}, {640, 480}, 3}, element_type::f32};
  std::mt19937 random(4);
  buffer src(c.s.src, 3, 1, 1, c.type, 0, false), out(c.s.dst, 3, 1, 1, c.type, 0, false);
  src.fill(random);
  const image_pair pair{src.view(), out.view()};
  for (int threads : {1, 0}) {
    ASSERT_EQ(cpu().resize.linear({&pair, 1}, c.type, c.rule, {.threads = threads}), status::ok);
    const auto expected = out.bytes();
    std::fesetround(FE_UPWARD);
    const auto result = cpu().resize.linear({&pair, 1}, c.type, c.rule, {.threads = threads});
    EXPECT_EQ(std::fegetround(), FE_UPWARD);
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(result, status::ok);
    EXPECT_TRUE(out.bytes() == expected);
  }
}

}  // namespace
}  // namespace fluxel::kernels
