// SPDX-License-Identifier: Apache-2.0
// CTest: also on the emulator
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "fluxel/resize.hpp"
#include "tests/support/random.hpp"

namespace {

using namespace fluxel;

/// A frame with its own memory; `pad` extra samples in each row.
struct frame {
  frame_format format;
  std::vector<std::vector<unsigned char>> bytes;
  frame_view<void> view;

  explicit frame(const frame_format& f, int pad = 3) : format(f) {
    view.format = f;
    const int element = element_size(f.type());
    for (int p = 0; p < f.plane_count; ++p) {
      const auto s = f.plane_size(p);
      view.pitch[p] = std::ptrdiff_t(s.width * f.planes[p].channels + pad) * element;
      bytes.emplace_back(view.pitch[p] * s.height, 0);
    }
    for (int p = 0; p < f.plane_count; ++p) view.data[p] = bytes[p].data();
  }
  template <class T>
  T& at(int p, int x, int y, int c = 0) {
    return *(reinterpret_cast<T*>(bytes[p].data() + y * view.pitch[p]) + x * format.planes[p].channels + c);
  }
  template <class T>
  image_view<T> plane(int p) {
    const auto s = format.plane_size(p);
    return {.data = reinterpret_cast<T*>(bytes[p].data()),
            .width = s.width,
            .height = s.height,
            .channels = format.planes[p].channels,
            .pitch = view.pitch[p]};
  }
  frame_view<const void> source() const { return view; }
};

frame_format with_size(frame_format f, size s) {
  f.width = s.width;
  f.height = s.height;
  return f;
}

void fill_random(frame& f, std::uint64_t seed) {
  test::random r(seed);
  const unsigned mask = (1u << f.format.bit_depth) - 1;
  const int shift = f.format.high_bits ? 16 - f.format.bit_depth : 0;
  for (int p = 0; p < f.format.plane_count; ++p) {
    const auto s = f.format.plane_size(p);
    for (int y = 0; y < s.height; ++y)
      for (int i = 0; i < s.width * f.format.planes[p].channels; ++i) {
        const auto v = static_cast<unsigned>(r.next()) & mask;
        if (f.format.type() == element_type::u8)
          (&f.at<u8>(p, 0, y))[i] = u8(v);
        else
          (&f.at<u16>(p, 0, y))[i] = u16(v << shift);
      }
  }
}

// Where chroma sits, written out from the definitions of the locations.
double chroma_offset(chroma_location where, int shift, bool horizontal) {
  const int n = 1 << shift;
  const double middle = (n - 1) * 0.5;
  switch (where) {
    case chroma_location::unspecified:
    case chroma_location::left:
      return horizontal ? 0 : middle;
    case chroma_location::center:
      return middle;
    case chroma_location::top_left:
      return 0;
    case chroma_location::top:
      return horizontal ? middle : 0;
    case chroma_location::bottom_left:
      return horizontal ? 0 : n - 1;
    case chroma_location::bottom:
      return horizontal ? middle : n - 1;
  }
  return -1;
}

struct siting_case {
  chroma_location where;
  int shift_x, shift_y;
  size src, dst;
  field_order fields;
  coordinates rule;
};

void PrintTo(const siting_case& c, std::ostream* out) {
  *out << "location " << int(c.where) << " shifts " << c.shift_x << c.shift_y << " " << c.src.width << "x"
       << c.src.height << " to " << c.dst.width << "x" << c.dst.height << " fields " << int(c.fields) << " rule "
       << int(c.rule);
}

class Siting : public testing::TestWithParam<siting_case> {};

/// The same plane a + b x + c y of the scene, sampled by luma and by chroma, must be the same plane afterwards.
TEST_P(Siting, ARampStaysTheSameRampForLumaAndChroma) {
  const auto& c = GetParam();
  auto format = formats::yuv(c.src, c.shift_x, c.shift_y, 16);
  format.chroma_location = c.where;
  format.fields = c.fields;
  frame src(format), dst(with_size(format, c.dst));
  auto ramp = [](double x, double y) { return 3000 + 211.0 * x + 307.0 * y; };
  auto grid = [&](int p, int i, bool horizontal) {
    const int shift = p == 0 ? 0 : horizontal ? c.shift_x : c.shift_y;
    return double(i) * (1 << shift) + (p == 0 ? 0 : chroma_offset(c.where, shift, horizontal));
  };
  for (int p = 0; p < 3; ++p)
    for (int y = 0; y < format.plane_size(p).height; ++y)
      for (int x = 0; x < format.plane_size(p).width; ++x)
        src.at<u16>(p, x, y) = u16(std::lround(ramp(grid(p, x, true), grid(p, y, false))));
  resizer resize(format, c.dst, {.coordinates = c.rule}, {run_on::automatic});
  resize.run(src.source(), dst.view);
  auto to_source = [&](double at, int from, int to) {
    switch (c.rule) {
      case coordinates::asymmetric:
        return at * from / to;
      case coordinates::align_corners:
        return at * (from - 1) / (to - 1);
      default:
        return (at + 0.5) * from / to - 0.5;
    }
  };
  int compared = 0;
  for (int p = 0; p < 3; ++p) {
    const auto to = dst.format.plane_size(p);
    for (int y = 0; y < to.height; ++y)
      for (int x = 0; x < to.width; ++x) {
        const double sx = to_source(grid(p, x, true), c.src.width, c.dst.width);
        const double sy = to_source(grid(p, y, false), c.src.height, c.dst.height);
        if (sx < 4 || sy < 8 || sx > c.src.width - 8 || sy > c.src.height - 12) continue;  // borders repeat
        ASSERT_NEAR(dst.at<u16>(p, x, y), ramp(sx, sy), 1.6) << "plane " << p << " at " << x << "," << y;
        ++compared;
      }
  }
  EXPECT_GT(compared, 20);
}

std::vector<siting_case> siting_cases() {
  std::vector<siting_case> all;
  for (int where = 0; where <= 6; ++where)
    for (auto [sx, sy] : {std::pair{1, 1}, {1, 0}, {0, 1}, {2, 2}, {2, 0}, {0, 0}})
      for (auto [src, dst] : {std::pair{size{48, 40}, size{72, 60}},
                              {{49, 41}, {33, 29}},
                              {{48, 40}, {48, 40}},
                              {{48, 40}, {24, 20}},
                              {{64, 48}, {48, 50}}})
        for (auto fields : {field_order::progressive, field_order::top_first})
          all.push_back({chroma_location(where), sx, sy, src, dst, fields, coordinates::half_pixel});
  for (auto rule : {coordinates::asymmetric, coordinates::align_corners})
    for (auto where : {chroma_location::left, chroma_location::center})
      all.push_back({where, 1, 1, {48, 40}, {72, 61}, field_order::progressive, rule});
  return all;
}
INSTANTIATE_TEST_SUITE_P(Locations, Siting, testing::ValuesIn(siting_cases()));

TEST(Frames, EveryProcessorGivesTheSameBytes) {
  for (auto fields : {field_order::progressive, field_order::top_first})
    for (auto options : {resize_options{}, resize_options{.filter = filter::nearest},
                         resize_options{.filter = filter::bicubic, .antialias = antialias::yes}})
      for (auto format : {formats::nv12({35, 26}), formats::p010({35, 26}), formats::yuv({35, 26}, 1, 0, 10)})
        for (auto to : {size{20, 15}, size{50, 39}}) {
          format.fields = fields;
          frame src(format), on_cpu(with_size(format, to)), automatic(with_size(format, to));
          fill_random(src, 11);
          resizer(format, to, options, {run_on::cpu}).run(src.source(), on_cpu.view);
          const resizer r(format, to, options, {run_on::automatic});
          for (int again = 0; again < 2; ++again) r.run(src.source(), automatic.view);
          EXPECT_EQ(on_cpu.bytes, automatic.bytes);  // the padding too, which nobody writes
        }
}

TEST(Frames, LumaIsThePlainResize) {
  for (auto format : {formats::nv12({31, 17}), formats::p010({31, 17}), formats::yuv({31, 17}, 1, 0, 10),
                      formats::yuv({31, 17}, 0, 0, 12)}) {
    frame src(format), dst(with_size(format, {20, 23}));
    fill_random(src, 5);
    resizer(format, {20, 23}).run(src.source(), dst.view);
    if (format.type() == element_type::u8) {
      image<u8> plain(20, 23);
      resize_bilinear(image_view<const u8>(src.plane<u8>(0)), plain.view());
      EXPECT_TRUE(test::equal<u8>(plain.view(), dst.plane<u8>(0)));
    } else if (!format.high_bits) {
      image<u16> plain(20, 23);
      resize_bilinear(image_view<const u16>(src.plane<u16>(0)), plain.view());
      EXPECT_TRUE(test::equal<u16>(plain.view(), dst.plane<u16>(0)));
    }
  }
}

TEST(Frames, CentredChromaOfEvenSizesIsThePlainResize) {
  auto format = formats::nv12({64, 48});
  format.chroma_location = chroma_location::center;
  frame src(format), dst(with_size(format, {40, 30}));
  fill_random(src, 9);
  resizer(format, {40, 30}).run(src.source(), dst.view);
  image<u8> plain(20, 15, 2);
  resize_bilinear(image_view<const u8>(src.plane<u8>(1)), plain.view());
  EXPECT_TRUE(test::equal<u8>(plain.view(), dst.plane<u8>(1)));
}

TEST(Frames, TheSameSizeIsACopy) {
  for (auto fields : {field_order::progressive, field_order::bottom_first})
    for (auto format : {formats::nv12({31, 17}), formats::p010({31, 17}), formats::yuv({31, 17}, 1, 1, 10)})
      for (auto options :
           {resize_options{}, resize_options{.filter = filter::bicubic, .antialias = antialias::yes}}) {
        format.fields = fields;
        frame src(format), dst(format);
        fill_random(src, 5);
        resizer(format, {31, 17}, options).run(src.source(), dst.view);
        for (int p = 0; p < format.plane_count; ++p) EXPECT_EQ(src.bytes[p].size(), dst.bytes[p].size());
        for (int p = 0; p < format.plane_count; ++p) {
          if (format.type() == element_type::u8)
            EXPECT_TRUE(test::equal<u8>(src.plane<u8>(p), dst.plane<u8>(p)));
          else
            EXPECT_TRUE(test::equal<u16>(src.plane<u16>(p), dst.plane<u16>(p)));
        }
      }
}

TEST(Frames, DepthsStayInTheirRangeAndP010LowBitsStayZero) {
  for (auto options : {resize_options{}, resize_options{.filter = filter::lanczos3, .antialias = antialias::yes}})
    for (size to : {size{50, 40}, size{17, 11}}) {
      auto low = formats::yuv({32, 24}, 1, 1, 10);
      auto high = formats::p010({32, 24});
      frame src(low), dst(with_size(low, to)), high_src(high), high_dst(with_size(high, to));
      for (int y = 0; y < 24; ++y)
        for (int x = 0; x < 32; ++x) {
          const u16 v = (x / 8 + y / 8) % 2 ? 1023 : 0;  // edges overshoot
          src.at<u16>(0, x, y) = v;
          high_src.at<u16>(0, x, y) = u16(v << 6);
        }
      resizer(low, to, options).run(src.source(), dst.view);
      resizer(high, to, options).run(high_src.source(), high_dst.view);
      bool reached = false;
      for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x) {
          const u16 v = dst.at<u16>(0, x, y);
          ASSERT_LE(v, 1023);
          reached |= v == 1023;
          ASSERT_EQ(high_dst.at<u16>(0, x, y), v << 6);
        }
      EXPECT_TRUE(reached || options.filter == filter::bilinear);
    }
}

TEST(Frames, FieldsDoNotMix) {
  auto format = formats::yuv({32, 32}, 1, 1);
  format.fields = field_order::top_first;
  frame src(format), dst(with_size(format, {20, 22}));
  for (int p = 0; p < 3; ++p)
    for (int y = 0; y < format.plane_size(p).height; ++y)
      for (int x = 0; x < format.plane_size(p).width; ++x) src.at<u8>(p, x, y) = y % 2 ? 200 : 40;
  resizer(format, {20, 22}, {.filter = filter::bicubic, .antialias = antialias::yes}).run(src.source(), dst.view);
  for (int p = 0; p < 3; ++p)
    for (int y = 0; y < dst.format.plane_size(p).height; ++y)
      for (int x = 0; x < dst.format.plane_size(p).width; ++x) ASSERT_EQ(dst.at<u8>(p, x, y), y % 2 ? 200 : 40);
}

TEST(Frames, SurfaceViewPlacesTheChromaPlane) {
  std::vector<u8> surface(64 * 48);
  const auto v = surface_view<void>(formats::nv12({60, 30}), surface.data(), 64, 32, memory_kind::host);
  EXPECT_EQ(v.data[1], surface.data() + 64 * 32);
  EXPECT_EQ(v.pitch[1], 64);
}

std::string rejection(const std::function<void()>& call) {
  try {
    call();
  } catch (const error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

TEST(Frames, RejectionsNameTheArgument) {
  const auto format = formats::nv12({32, 24});
  frame src(format), dst(with_size(format, {16, 12})), wrong(with_size(format, {18, 12}));
  const resizer resize(format, {16, 12});
  EXPECT_EQ(rejection([&] { resize.run(src.source(), wrong.view); }),
            "resizer: dst: is 18x12, but the object was built for 16x12");
  auto other = dst.view;
  other.format.chroma_location = chroma_location::top;
  EXPECT_EQ(rejection([&] { resize.run(src.source(), other); }),
            "resizer: dst.format: is not the one that the object was built for");
  other = dst.view;
  other.data[1] = nullptr;
  EXPECT_EQ(rejection([&] { resize.run(src.source(), other); }), "resizer: dst.data[1].data: is null");
  image<u8> im(32, 24), to(16, 12);
  EXPECT_EQ(rejection([&] { resize.run(std::as_const(im).view(), to.view()); }),
            "resizer: src: is a view, but the resizer was built for frames");
  EXPECT_EQ(rejection([&] {
              resizer(resize_geometry{{32, 24}, {16, 12}}).run(src.source(), dst.view);
            }),
            "resizer: src: is a frame, but the resizer was built for views");
  auto bad = format;
  bad.bit_depth = 7;
  EXPECT_EQ(rejection([&] { resizer(bad, {16, 12}); }), "resizer: src.bit_depth: must be 8 to 16");
  bad = format;
  bad.fields = field_order::top_first;
  EXPECT_EQ(rejection([&] { resizer(bad, {16, 2}); }), "resizer: dst.height: is too small for two fields");
  EXPECT_EQ(rejection([&] { resizer(format, {0, 12}); }), "resizer: dst: is empty (0x12)");
}

}  // namespace
