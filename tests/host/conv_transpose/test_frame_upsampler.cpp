// SPDX-License-Identifier: Apache-2.0
// CTest: also on the emulator
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "fluxel/frame_upsampler.hpp"
#include "fluxel/owned_frame.hpp"
#include "fluxel/resize.hpp"
#include "tests/support/rejection.hpp"

namespace fluxel {
namespace {

TEST(fill_black, every_depth_and_range) {
  const auto first = [](frame_format f, int plane) {
    std::array<std::array<std::uint16_t, 64>, 4> memory{};
    frame_view<void> v{f};
    for (int p = 0; p < f.plane_count; ++p) v.data[p] = memory[p].data(), v.pitch[p] = 16;
    fill_black(v);
    return memory[plane][0];
  };
  EXPECT_EQ(first(formats::yuv({4, 4}, 1, 1, 10), 0), 64);
  EXPECT_EQ(first(formats::yuv({4, 4}, 1, 1, 10), 1), 512);
  EXPECT_EQ(first(formats::p010({4, 4}), 1), 512 << 6);
  frame_format full = formats::yuv({4, 4}, 0, 0, 8);
  full.range = color_range::full;
  EXPECT_EQ(first(full, 0) & 255, 0);
  EXPECT_EQ(first(full, 2) & 255, 128);
}

frame_format rgb(size s, int bits = 8) {
  frame_format f{
      .width = s.width, .height = s.height, .plane_count = 1, .bit_depth = bits, .matrix = color_matrix::rgb};
  f.planes[0].channels = 3;
  return f;
}

frame_format with_size(frame_format f, int width, int height) {
  f.width = width;
  f.height = height;
  return f;
}

owned_frame random_frame(const frame_format& format) {
  owned_frame frame(format);
  std::mt19937 random(7);
  for (int p = 0; p < format.plane_count; ++p) {
    const size s = format.plane_size(p);
    const int samples = s.width * format.planes[p].channels;
    for (int y = 0; y < s.height; ++y) {
      auto* row = static_cast<std::byte*>(frame.view().data[p]) + y * frame.view().pitch[p];
      for (int i = 0; i < samples; ++i) {
        const auto v = static_cast<std::uint16_t>(random() & ((1u << format.bit_depth) - 1));
        if (format.type() == element_type::u8)
          row[i] = static_cast<std::byte>(v);
        else
          std::memcpy(row + 2 * i, &v, 2);
      }
    }
  }
  return frame;
}

bool equal(const owned_frame& a, const owned_frame& b) {
  for (int p = 0; p < a.format().plane_count; ++p) {
    const auto bytes = static_cast<std::size_t>(a.view().pitch[p]) * a.format().plane_size(p).height;
    if (std::memcmp(a.view().data[p], b.view().data[p], bytes) != 0) return false;
  }
  return true;
}

/// The definition of edge::zero: the middle of a black frame, resized.
owned_frame middle_of_black(const owned_frame& in, int factor) {
  constexpr int margin = 32;
  const frame_format& f = in.format();
  owned_frame source(with_size(f, f.width + 2 * margin, f.height + 2 * margin));
  fill_black(source.view());
  const auto inner = sub_frame(source.view(), margin, margin, {f.width, f.height});
  resize_frame(in.view(), inner);  // the same size: a copy
  owned_frame large(with_size(f, source.format().width * factor, source.format().height * factor));
  resize_options options;
  options.alpha = f.alpha;
  resize_frame(source.view(), large.view(), options);
  owned_frame out(with_size(f, f.width * factor, f.height * factor));
  resize_frame(sub_frame(large.view(), margin * factor, margin * factor, {f.width * factor, f.height * factor}),
               out.view());
  return out;
}

TEST(upsample_frame, zero_edge_is_the_middle_of_a_black_frame) {
  frame_format interlaced = formats::yuv({24, 20}, 1, 1, 8);
  interlaced.fields = field_order::top_first;
  frame_format rgba = rgb({13, 9});
  rgba.planes[0].channels = 4;
  rgba.alpha = alpha::straight;
  frame_format grey{.width = 17, .height = 5, .plane_count = 1};
  for (const frame_format& f : {rgb({21, 12}), rgb({9, 30}, 16), rgb({21, 12}, 10), rgba, grey,
                                formats::nv12({22, 14}), formats::yuv({15, 11}, 1, 0, 10), interlaced})
    for (const int factor : {1, 2, 3, 4}) {
      const owned_frame in = random_frame(f);
      owned_frame out(with_size(f, f.width * factor, f.height * factor));
      upsample_frame(in.view(), out.view(), factor, edge::zero);
      EXPECT_TRUE(equal(out, middle_of_black(in, factor))) << f.plane_count << " planes, factor " << factor;
    }
}

TEST(upsample_frame, replicated_edge_is_a_resize) {
  const frame_format f = formats::yuv({22, 14}, 1, 1, 8);
  const owned_frame in = random_frame(f);
  owned_frame out(with_size(f, 66, 42)), resized(with_size(f, 66, 42));
  upsample_frame(in.view(), out.view(), 3, edge::replicate);
  resize_frame(in.view(), resized.view());
  EXPECT_TRUE(equal(out, resized));
}

TEST(frame_upsampler, is_the_one_call_and_may_be_called_again) {
  const frame_format f = formats::nv12({22, 14});
  const owned_frame in = random_frame(f);
  owned_frame once(with_size(f, 44, 28)), kept(with_size(f, 44, 28));
  upsample_frame(in.view(), once.view(), 2, edge::zero);
  for (const run_on processor : {run_on::by_memory, run_on::cpu, run_on::automatic}) {
    frame_upsampler object(f, 2, edge::zero, {.processor = processor});
    object.prepare(memory_kind::host);
    EXPECT_GT(object.workspace_size(), 0u);
    for (int i = 0; i < 2; ++i) {
      fill_black(kept.view());
      object.run(in.view(), kept.view());
      EXPECT_TRUE(equal(once, kept));
    }
  }
}

TEST(frame_upsampler, refuses_what_it_cannot_do) {
  const frame_format f = formats::nv12({22, 14});
  EXPECT_EQ(test::rejection([&] { frame_upsampler(f, 0, edge::zero); }),
            "frame_upsampler: factor: is 0; must be 1 to 1024");
  EXPECT_EQ(test::rejection([&] { frame_upsampler(f, 2, static_cast<edge>(7)); }),
            "frame_upsampler: edge: is not one of zero and replicate");
  EXPECT_EQ(test::rejection([&] { frame_upsampler(with_size(f, 1 << 30, 4), 4, edge::zero); }),
            "frame_upsampler: factor: is 4, which makes a side of more than 2^31 - 1 pixels");
  frame_upsampler gone(f, 2, edge::zero);
  const frame_upsampler object = std::move(gone);
  EXPECT_EQ(test::rejection([&] { gone.backend(); }), "frame_upsampler::backend: object: has been moved from");
  owned_frame in(f), small(f);
  EXPECT_THROW(object.run(in.view(), small.view()), error);
}

}  // namespace
}  // namespace fluxel
