// SPDX-License-Identifier: Apache-2.0
// Shaken textures become steady; what is steady stays as it is, also beside a cut; and what is refused.
// CTest: also on the emulator

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/device_frame.hpp"
#include "fluxel/device_image.hpp"
#include "fluxel/owned_frame.hpp"
#include "fluxel/stabilizer.hpp"
#include "tests/support/rejection.hpp"
#include "tests/support/texture.hpp"

namespace {

using namespace fluxel;
using test::rejection;

constexpr size frame_size{160, 120};
constexpr placement on_cpu{.processor = run_on::cpu};

/// A frame of planar YUV that shows the texture moved by (dx, dy), in every plane.
owned_frame frame_of(const test::texture& t, double dx, double dy, int bit_depth = 8) {
  owned_frame frame(formats::yuv(frame_size, 1, 1, bit_depth));
  for (int p = 0; p < 3; ++p) {
    const size s = frame.format().plane_size(p);
    const int step = p == 0 ? 1 : 2;
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x) {
        const double v = t(x * step - dx, y * step + (p == 0 ? 0 : 0.5) - dy);
        auto* row = static_cast<std::byte*>(frame.view().data[p]) + y * frame.view().pitch[p];
        if (bit_depth == 8)
          reinterpret_cast<u8*>(row)[x] = u8(std::lround(v));
        else
          reinterpret_cast<u16*>(row)[x] = u16(std::lround(v * ((1 << bit_depth) - 1) / 255));
      }
  }
  return frame;
}

using frames = std::vector<owned_frame>;

frames stabilized(const frames& in, const stabilize_options& options, const placement& where = on_cpu) {
  stabilizer object(in[0].format(), options, where);
  frames out;
  owned_frame result(in[0].format());
  const auto keep = [&] {
    out.push_back(std::move(result));
    result = owned_frame(in[0].format());
  };
  for (const owned_frame& f : in)
    if (object.advance(f.view(), result.view())) keep();
  EXPECT_EQ(out.size(), std::max<std::size_t>(in.size(), object.delay()) - object.delay());
  while (object.flush(result.view())) keep();
  EXPECT_EQ(out.size(), in.size());
  return out;
}

const u8* luma(const owned_frame& f, int y) {
  return static_cast<const u8*>(f.view().data[0]) + y * f.view().pitch[0];
}

/// Root mean square difference in the middle of the frames.
double difference(const owned_frame& a, const owned_frame& b) {
  double sum = 0;
  for (int y = 30; y < 90; ++y)
    for (int x = 40; x < 120; ++x) sum += std::pow(double(luma(a, y)[x]) - luma(b, y)[x], 2);
  return std::sqrt(sum / (60 * 80));
}
double largest_change(const frames& f) {
  double most = 0;
  for (std::size_t i = 1; i < f.size(); ++i) most = std::max(most, difference(f[i - 1], f[i]));
  return most;
}

bool equal(const owned_frame& a, const owned_frame& b) {
  for (int p = 0; p < a.format().plane_count; ++p) {
    const size s = a.format().plane_size(p);
    const std::size_t bytes = std::size_t(s.width) * element_size(a.format().type());
    for (int y = 0; y < s.height; ++y)
      if (std::memcmp(static_cast<const std::byte*>(a.view().data[p]) + y * a.view().pitch[p],
                      static_cast<const std::byte*>(b.view().data[p]) + y * b.view().pitch[p], bytes) != 0)
        return false;
  }
  return true;
}

frames shaken(int count, int bit_depth = 8) {
  const test::texture t(5);
  frames f;
  for (int i = 0; i < count; ++i)
    f.push_back(frame_of(t, 4 * std::sin(i * 1.7), 3 * std::sin(i * 2.3 + 1), bit_depth));
  return f;
}

TEST(Stabilizer, TakesTheShakeAway) {
  const frames in = shaken(40);
  const double before = largest_change(in);
  for (const auto border : {stabilize_border::crop, stabilize_border::black, stabilize_border::fill})
    for (const auto model : {motion_model::translation, motion_model::similarity, motion_model::homography}) {
      const frames out = stabilized(in, {.model = model, .smoothing = 6, .border = border});
      EXPECT_LT(largest_change(out), before / 6) << int(border) << ' ' << int(model);
    }
}

TEST(Stabilizer, LeavesWhatIsSteady) {
  const test::texture t(3);
  frames still;
  for (int i = 0; i < 12; ++i) still.push_back(frame_of(t, 0, 0));
  const frames out = stabilized(still, {.smoothing = 3, .border = stabilize_border::black});
  for (const owned_frame& f : out) EXPECT_TRUE(equal(f, still[0]));
  frames pan;
  for (int i = 0; i < 30; ++i) pan.push_back(frame_of(t, 2 * i, -i));
  const frames panned = stabilized(pan, {.smoothing = 3, .border = stabilize_border::black});
  for (std::size_t i = 0; i < pan.size(); ++i) EXPECT_LT(difference(pan[i], panned[i]), 2) << i;
}

TEST(Stabilizer, AveragesNothingAcrossACut) {
  const test::texture a(3), b(77);
  frames in;
  for (int i = 0; i < 20; ++i) in.push_back(frame_of(i < 9 ? a : b, 0, 0));
  const frames out = stabilized(in, {.smoothing = 3, .border = stabilize_border::fill});
  for (std::size_t i = 0; i < in.size(); ++i) EXPECT_TRUE(equal(out[i], in[i])) << i;
}

TEST(Stabilizer, ShowsNoBorderWhenItCrops) {
  frames in = shaken(40);
  for (owned_frame& f : in)  // a frame of black around the picture
    for (int y = 0; y < frame_size.height; ++y) {
      auto* row = static_cast<u8*>(f.view().data[0]) + y * f.view().pitch[0];
      for (int x = 0; x < frame_size.width; ++x) row[x] = u8(std::max<int>(row[x], 60));
      row[0] = row[frame_size.width - 1] = 0;
      if (y == 0 || y == frame_size.height - 1) std::memset(row, 0, frame_size.width);
    }
  // The shake is more than a margin of 4 % leaves room for.
  for (const owned_frame& f : stabilized(in, {.smoothing = 6, .margin = 0.04, .filter = warp_filter::bilinear}))
    for (int y = 1; y < frame_size.height - 1; ++y)
      for (int x = 1; x < frame_size.width - 1; ++x) ASSERT_GT(luma(f, y)[x], 0) << x << ' ' << y;
}

TEST(Stabilizer, WorksOnWordsAndOnFramesWithoutTexture) {
  const frames deep = shaken(20, 10);
  const frames out = stabilized(deep, {.smoothing = 4});
  EXPECT_EQ(out[0].format().bit_depth, 10);
  frames black;
  for (int i = 0; i < 8; ++i) {
    black.emplace_back(formats::yuv(frame_size, 1, 1));
    fill_black(black.back().view());
  }
  for (const owned_frame& f : stabilized(black, {.smoothing = 2})) EXPECT_TRUE(equal(f, black[0]));
}

TEST(Stabilizer, SameBytesOnEveryProcessor) {
  const frames in = shaken(12);
  const stabilize_options options{.smoothing = 2, .border = stabilize_border::fill};
  const frames one = stabilized(in, options, {.processor = run_on::cpu, .threads = 1});
  for (const int threads : {0, 2, 3}) {
    const frames more = stabilized(in, options, {.processor = run_on::cpu, .threads = threads});
    for (std::size_t i = 0; i < in.size(); ++i) EXPECT_TRUE(equal(one[i], more[i])) << threads << ' ' << i;
  }
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  const frames on_device = stabilized(in, options, {.processor = run_on::cuda});
  for (std::size_t i = 0; i < in.size(); ++i) EXPECT_TRUE(equal(one[i], on_device[i])) << i;
}

/// The same with frames in the memory of a device.
frames stabilized_there(const frames& in, const stabilize_options& options, const placement& where = {}) {
  stabilizer object(in[0].format(), options, where);
  device_frame there(in[0].format()), result(in[0].format());
  frames out;
  const auto keep = [&] {
    out.emplace_back(in[0].format());
    result.download(out.back().view());
  };
  for (const owned_frame& f : in) {
    there.upload(f.view());
    if (object.advance(there.view(), result.view())) keep();
  }
  while (object.flush(result.view())) keep();
  return out;
}

/// 10 bits in the upper ones of words, as hardware decoders have them.
frames shaken_p010(int count) {
  frames f;
  for (const owned_frame& planar : shaken(count, 10)) {
    owned_frame& to = f.emplace_back(formats::p010(frame_size));
    for (int p = 0; p < 3; ++p) {
      const size s = planar.format().plane_size(p);
      for (int y = 0; y < s.height; ++y) {
        const auto* row = reinterpret_cast<const u16*>(static_cast<const std::byte*>(planar.view().data[p]) +
                                                       y * planar.view().pitch[p]);
        const int plane = p == 0 ? 0 : 1, step = p == 0 ? 1 : 2;
        auto* words =
            reinterpret_cast<u16*>(static_cast<std::byte*>(to.view().data[plane]) + y * to.view().pitch[plane]);
        for (int x = 0; x < s.width; ++x) words[x * step + (p == 2 ? 1 : 0)] = u16(row[x] << 6);
      }
    }
  }
  return f;
}

TEST(Stabilizer, FramesOfADeviceGiveTheSameBytes) {
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  const frames planar = shaken(10), words = shaken_p010(10);
  for (const auto border : {stabilize_border::crop, stabilize_border::black, stabilize_border::fill}) {
    const stabilize_options options{.smoothing = 2, .border = border};
    for (const frames* in : {&planar, &words}) {
      const frames expected = stabilized(*in, options);
      const run_on who = in == &planar ? run_on::by_memory : run_on::cuda;
      const frames out = stabilized_there(*in, options, {.processor = who});
      ASSERT_EQ(out.size(), in->size());
      for (std::size_t i = 0; i < out.size(); ++i) EXPECT_TRUE(equal(out[i], expected[i])) << int(border) << i;
      const frames back = stabilized(*in, options, {.processor = run_on::cuda});
      for (std::size_t i = 0; i < back.size(); ++i) EXPECT_TRUE(equal(back[i], expected[i])) << int(border) << i;
    }
    for (const owned_frame& f : stabilized(words, options))
      for (int x = 0; x < frame_size.width; ++x)
        ASSERT_EQ(static_cast<const u16*>(f.view().data[0])[x] & 63, 0) << int(border);
  }
}

/// Wide frames are reduced first.
TEST(Stabilizer, WideFramesOfADeviceGiveTheSameBytes) {
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  const test::texture t(5);
  frames in;
  for (int n = 0; n < 6; ++n) {
    owned_frame& f = in.emplace_back(frame_format{.width = 1440, .height = 80, .plane_count = 1});
    for (int y = 0; y < 80; ++y)
      for (int x = 0; x < 1440; ++x)
        static_cast<u8*>(f.view().data[0])[y * f.view().pitch[0] + x] =
            u8(std::lround(t(0.3 * (x - 5 * (n % 2)), 0.3 * (y - 3 * (n % 3)))));
  }
  const frames expected = stabilized(in, {.smoothing = 1}), out = stabilized_there(in, {.smoothing = 1});
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_TRUE(equal(out[i], expected[i])) << i;
}

/// Counts what an object takes of the device's memory.
struct counted_memory {
  static void* take(void* count, std::size_t bytes, std::size_t, CUstream_st*) {
    ++*static_cast<int*>(count);
    blocks().push_back(std::make_unique<device_image<u8>>(int(bytes), 1));
    return blocks().back()->view().data;
  }
  static void give_back(void*, void* p, std::size_t, std::size_t, CUstream_st*) {
    std::erase_if(blocks(), [p](const auto& b) { return b->view().data == p; });
  }
  static std::vector<std::unique_ptr<device_image<u8>>>& blocks() {
    static std::vector<std::unique_ptr<device_image<u8>>> all;
    return all;
  }
};

TEST(Stabilizer, TakesNoMemoryOfADeviceAfterTheFirstFrames) {
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  const frames in = shaken(16);
  for (const bool there : {true, false}) {
    int count = 0;
    const placement where{.processor = there ? run_on::by_memory : run_on::cuda,
                          .device_memory = {counted_memory::take, counted_memory::give_back, &count}};
    device_frame frame(in[0].format()), result(in[0].format());
    owned_frame here(in[0].format());
    stabilizer object(in[0].format(), {.smoothing = 2, .border = stabilize_border::fill}, where);
    int after_two = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      frame.upload(in[i].view());
      there ? object.advance(frame.view(), result.view()) : object.advance(in[i].view(), here.view());
      if (i == 1) after_two = count;
    }
    EXPECT_GT(after_two, 0);
    EXPECT_EQ(count, after_two);
    EXPECT_GT(object.workspace_size(), 8 * in[0].format().width * std::size_t(in[0].format().height));
  }
}

TEST(Stabilizer, FramesOfASequenceLieInOneMemory) {
  if (device_count() == 0) GTEST_SKIP() << no_device_reason();
  const frames in = shaken(2);
  device_frame there(in[0].format());
  owned_frame here(in[0].format());
  stabilizer object(in[0].format(), {.smoothing = 1});
  there.upload(in[0].view());
  EXPECT_EQ(rejection([&] { object.advance(there.view(), here.view()); }),
            "stabilizer: out: is in other memory than in");
  object.advance(there.view(), there.view());
  EXPECT_EQ(rejection([&] { object.advance(in[0].view(), here.view()); }),
            "stabilizer: in: is in other memory than the frames before it");
  object.restart();
  EXPECT_FALSE(object.advance(in[0].view(), here.view()));
  EXPECT_EQ(rejection([&] { object.flush(there.view()); }),
            "stabilizer: out: is in other memory than the frames before it");
  stabilizer on_host(in[0].format(), {.smoothing = 1}, on_cpu);
  EXPECT_NE(rejection([&] { on_host.advance(there.view(), there.view()); }), "nothing was thrown");
}

TEST(Stabilizer, WritesOverTheFrameThatComesIn) {
  const frames in = shaken(12);
  const stabilize_options options{.smoothing = 2};
  const frames expected = stabilized(in, options);
  stabilizer object(in[0].format(), options, on_cpu);
  frames in_place = shaken(12);
  std::size_t results = 0;
  for (owned_frame& f : in_place)
    if (object.advance(f.view(), f.view())) EXPECT_TRUE(equal(f, expected[results++])) << results;
  EXPECT_EQ(results, in.size() - std::size_t(object.delay()));
}

TEST(Stabilizer, BeginsAnewAfterRestart) {
  const frames in = shaken(10);
  stabilizer object(in[0].format(), {.smoothing = 1}, on_cpu);
  owned_frame out(in[0].format());
  for (const owned_frame& f : in) object.advance(f.view(), out.view());
  object.restart();
  EXPECT_FALSE(object.flush(out.view()));
  EXPECT_FALSE(object.advance(in[0].view(), out.view()));
  EXPECT_TRUE(object.flush(out.view()));
  EXPECT_FALSE(object.flush(out.view()));
}

TEST(Stabilizer, NamesWhatIsWrong) {
  const frame_format f = formats::yuv(frame_size, 1, 1);
  const auto said = [&](const stabilize_options& o) { return rejection([&] { stabilizer(f, o, on_cpu); }); };
  EXPECT_EQ(said({.smoothing = 0}), "stabilizer: options.smoothing: is 0; must be 1 to 100");
  EXPECT_EQ(said({.border = stabilize_border(3)}), "stabilizer: options.border: is not one of crop, black and fill");
  frame_format fields = f;
  fields.fields = field_order::top_first;
  EXPECT_EQ(rejection([&] { stabilizer(fields, {}, on_cpu); }),
            "stabilizer: format.fields: is interlaced: the lines of a frame are of two moments");
  stabilizer object(f, {.smoothing = 1}, on_cpu);
  owned_frame other(formats::yuv({64, 64}, 1, 1)), same(f);
  EXPECT_EQ(rejection([&] { object.advance(other.view(), same.view()); }),
            "stabilizer: in: is not of the object's format");
}

}  // namespace
