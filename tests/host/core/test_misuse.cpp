// SPDX-License-Identifier: Apache-2.0
// Abusive calls: each is refused by fluxel::error, with the name of the argument, or has a documented answer.

#include <gtest/gtest.h>

#include <array>
#include <climits>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fluxel/fluxel.hpp"
#include "tests/support/rejection.hpp"

namespace fluxel::test {
namespace {

/// The argument that a refusal names: "function: argument: problem".
std::string argument_of(const std::function<void()>& call, errc code = errc::invalid_argument) {
  const std::string message = rejection(call, code);
  const auto from = message.find(": "), to = message.find(": ", from + 2);
  return from == std::string::npos || to == std::string::npos ? message : message.substr(from + 2, to - from - 2);
}

class Misuse : public testing::Test {
 protected:
  image<u8> src_{64, 48, 3}, dst_{32, 24, 3};
  std::vector<float> weights_ = std::vector<float>(9, 1.0f);
  conv_weights<float> kernel_{weights_.data(), 1, 1, 3, 3};
};

TEST_F(Misuse, MovedFromObjectsSayThatTheyAre) {
  resizer r({{64, 48}, {32, 24}, 3});
  const resizer kept = std::move(r);
  EXPECT_EQ(argument_of([&] { r.run(src_, dst_); }), "object");  // NOLINT: that is the point
  EXPECT_EQ(argument_of([&] { r.run(std::vector<resize_pair<u8>>(1)); }), "object");
  EXPECT_EQ(argument_of([&] { r.run(frame_view<const void>{}, frame_view<void>{}); }), "object");
  EXPECT_EQ(argument_of([&] { r.backend(); }), "object");
  EXPECT_EQ(argument_of([&] { r.workspace_size(); }), "object");
  EXPECT_EQ(argument_of([&] { r.prepare(memory_kind::host); }), "object");
  EXPECT_EQ(argument_of([&] { r.prepare(std::vector<resize_geometry>(1)); }), "object");
  r = resizer({{64, 48}, {32, 24}, 3});
  EXPECT_NO_THROW(r.run(src_, dst_));

  transposed_convolution c({4, 4}, kernel_, {});
  const transposed_convolution kept_c = std::move(c);
  image<f32> in(4, 4), out(6, 6);
  EXPECT_EQ(argument_of([&] { c.run(in, out); }), "object");
  EXPECT_EQ(argument_of([&] { c.output_size(); }), "object");
  EXPECT_EQ(argument_of([&] { c.recognised_bilinear(); }), "object");
  EXPECT_EQ(argument_of([&] { c.backend(); }), "object");
  EXPECT_EQ(argument_of([&] { c.workspace_size(); }), "object");
  EXPECT_EQ(argument_of([&] { c.prepare(memory_kind::host); }), "object");

  bilinear_adjoint a({{4, 4}, {6, 6}, 1, element_type::f32});
  const bilinear_adjoint kept_a = std::move(a);
  EXPECT_EQ(argument_of([&] { a.run(out, in); }), "object");
  EXPECT_EQ(argument_of([&] { a.backend(); }), "object");
  EXPECT_EQ(argument_of([&] { a.workspace_size(); }), "object");
  EXPECT_EQ(argument_of([&] { a.prepare(memory_kind::host); }), "object");
}

TEST_F(Misuse, ImagesBeyondTheAddressSpaceAreRefused) {
  EXPECT_EQ(argument_of([] { image<u8>(-3, 4); }), "width");
  EXPECT_EQ(argument_of([] { image<u8>(-64, -48); }), "width");
  EXPECT_EQ(argument_of([] { image<u8>(4, 0); }), "height");
  EXPECT_EQ(argument_of([] { image<u8>(4, 4, 0); }), "channels");
  EXPECT_EQ(argument_of([] { image<u8>(4, 4, 1, -1); }), "planes");
  EXPECT_EQ(argument_of([] { image<u8>(4, 4, 1, 1, -1); }), "count");
  EXPECT_EQ(argument_of([] { image<u8>(65536, 65536, 65536, 65536); }), "width");
  EXPECT_EQ(argument_of([] { image<f32>(INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX); }), "width");
  EXPECT_EQ(image<u8>(4, 4, 1, 1, 0).size(), 0u);  // an empty batch
}

TEST_F(Misuse, SubViewsLieInside) {
  auto v = src_.view();
  for (auto [x, y, w, h] : std::vector<std::array<int, 4>>{{-10, -10, 1000, 1000},
                                                           {0, 0, 65, 48},
                                                           {60, 0, 5, 1},
                                                           {0, 0, 0, 4},
                                                           {INT_MAX, 0, 1, 1},
                                                           {0, 0, INT_MAX, INT_MAX},
                                                           {1, 1, INT_MIN, 4}})
    EXPECT_EQ(argument_of([&, x = x, y = y, w = w, h = h] { v.sub_view(x, y, w, h); }), "x, y, w, h");
  EXPECT_NO_THROW(v.sub_view(63, 47, 1, 1));
}

TEST_F(Misuse, StridesThatOverflowAreRefused) {
  auto with = [&](auto change) {
    auto s = src_.view();
    change(s);
    return argument_of([&] { resize_bilinear(s, dst_); });
  };
  for (const std::ptrdiff_t huge : {PTRDIFF_MIN, PTRDIFF_MIN + 1, PTRDIFF_MAX, PTRDIFF_MAX / 4}) {
    EXPECT_EQ(with([&](auto& v) { v.pitch = huge; }), "src.pitch");
    EXPECT_EQ(with([&](auto& v) { v.planes = 2, v.plane_stride = huge; }), "src.plane_stride");
    EXPECT_EQ(with([&](auto& v) { v.count = 2, v.stride = huge; }), "src.stride");
    auto one_row = src_.view().sub_view(0, 0, 64, 1);  // strides that nothing steps by do no harm
    one_row.pitch = one_row.plane_stride = one_row.stride = huge;
    image<u8> out(32, 1, 3);
    EXPECT_NO_THROW(resize_bilinear(one_row, out));
    EXPECT_NO_THROW(one_row.flipped().unpacked());
  }
  EXPECT_EQ(with([&](auto& v) { v.memory = memory_kind(9); }), "src.memory");
}

TEST_F(Misuse, DestinationsDoNotOverlapThemselvesOrTheWeights) {
  std::vector<u8> buffer(1 << 16);
  const image_view<u8> src{.data = buffer.data(), .width = 8, .height = 8, .count = 3};
  image_view<u8> dst{.data = buffer.data() + 4096, .width = 4, .height = 4, .count = 3, .stride = 8};
  EXPECT_EQ(argument_of([&] { resize_bilinear(src, dst); }), "dst");
  dst.stride = 1;
  EXPECT_EQ(argument_of([&] { resize_bilinear(src, dst); }), "dst");
  dst.stride = -4;
  EXPECT_EQ(argument_of([&] { resize_bilinear(src, dst); }), "dst");
  dst.pitch = 16;  // images beside each other in one larger picture
  dst.data += 64;
  EXPECT_NO_THROW(resize_bilinear(src, dst));
  dst.stride = 16 * 2 + 4;  // the next image begins beside the middle of the one before
  EXPECT_NO_THROW(resize_bilinear(src, dst));
  dst.stride = 16 * 2 + 3;
  EXPECT_EQ(argument_of([&] { resize_bilinear(src, dst); }), "dst");

  image<f32> in(4, 4);
  std::vector<f32> all(64, 1.0f);
  image_view<f32> out{.data = all.data(), .width = 6, .height = 6};
  EXPECT_EQ(argument_of([&] { conv_transpose(in, {all.data() + 30, 1, 1, 3, 3}, {}, out); }), "dst");
  EXPECT_EQ(argument_of([&] {
              conv_transpose(in, {weights_.data(), 1, 1, 3, 3}, std::span<const f32>(all.data() + 35, 1), out);
            }),
            "dst");
  EXPECT_NO_THROW(conv_transpose(in, {all.data() + 36, 1, 1, 3, 3}, std::span<const f32>(all.data() + 50, 1), out));
}

TEST_F(Misuse, EnumsHaveOneOfTheirValues) {
  const resize_geometry g{{64, 48}, {32, 24}, 3};
  auto of = [&](const resize_options& o) { return argument_of([&] { resizer(g, o); }); };
  EXPECT_EQ(of({.filter = filter(-1)}), "options.filter");
  EXPECT_EQ(of({.antialias = antialias(2)}), "options.antialias");
  EXPECT_EQ(of({.coordinates = coordinates(3)}), "options.coordinates");
  EXPECT_EQ(of({.rounding = nearest_rounding(4)}), "options.rounding");
  EXPECT_EQ(of({.alpha = alpha(2)}), "options.alpha");
  EXPECT_EQ(argument_of([&] { resizer({{4, 4}, {2, 2}, 1, element_type(6)}); }), "type");
  EXPECT_EQ(argument_of([&] { resizer(g, {}, {run_on(4)}); }), "placement.processor");
  EXPECT_EQ(argument_of([&] { resizer(g).prepare(memory_kind(4)); }), "memory");
  auto format = formats::nv12({64, 48});
  auto of_format = [&](auto change) {
    auto f = format;
    change(f);
    return argument_of([&] { resizer(f, {32, 24}); });
  };
  EXPECT_EQ(of_format([](auto& f) { f.chroma_location = chroma_location(7); }), "src.chroma_location");
  EXPECT_EQ(of_format([](auto& f) { f.range = color_range(3); }), "src.range");
  EXPECT_EQ(of_format([](auto& f) { f.matrix = color_matrix(-1); }), "src.matrix");
  EXPECT_EQ(of_format([](auto& f) { f.fields = field_order(3); }), "src.fields");
  EXPECT_EQ(of_format([](auto& f) { f.alpha = alpha(5); }), "src.alpha");
  EXPECT_EQ(of_format([](auto& f) { f.width = INT_MAX; }), "src");
  image<u8> twice(128, 96, 3);
  EXPECT_EQ(argument_of([&] { upsample_conv_transpose(src_, twice, 2, edge(2)); }), "edge");
  const resize_geometry forward{{4, 4}, {8, 8}, 1, element_type::f32};
  EXPECT_EQ(argument_of([&] { bilinear_adjoint::of_upsampling(forward, edge(7)); }), "edge");
  EXPECT_EQ(argument_of([&] { bilinear_adjoint(forward, {.coordinates = coordinates(9)}); }), "options.coordinates");
}

TEST_F(Misuse, NumbersThatAreNoneAreRefused) {
  const double inf = std::numeric_limits<double>::infinity();
  const resize_geometry g{{64, 48}, {32, 24}, 3};
  auto of = [&](const resize_options& o) { return argument_of([&] { resizer(g, o); }); };
  for (const double x : {inf, -inf, double(NAN), 1e300, -1e300}) {
    EXPECT_EQ(of({.cubic_a = x}), "options.cubic_a");
    EXPECT_EQ(of({.scale_x = x}), "options.scale_x");
    EXPECT_EQ(of({.scale_y = x}), "options.scale_y");
    EXPECT_EQ(of({.region = rect{x, 0, 4, 4}}), "options.region");
    EXPECT_EQ(of({.region = rect{0, 0, 4, x}}), "options.region");
  }
}

TEST_F(Misuse, PlacementsAreChecked) {
  const resize_geometry g{{64, 48}, {32, 24}, 3};
  EXPECT_EQ(argument_of([&] { resizer(g, {}, {.device = -2}); }), "placement.device");
  EXPECT_EQ(argument_of([&] { resizer(g, {}, {.threads = -1}); }), "placement.threads");
  const std::string of_device = device_count() > 0 ? "placement.device" : "device";
  EXPECT_EQ(argument_of([&] { resizer(g, {}, {.device = 99}); }, errc::no_device), of_device);
  EXPECT_EQ(argument_of([&] { resizer(g, {}, {run_on::cuda, 99}); }, errc::no_device), of_device);
  EXPECT_EQ(argument_of([&] { resize_bilinear(src_, dst_, {}, {.device = 99}); }, errc::no_device), of_device);
  memory_resource half{[](void*, std::size_t, std::size_t, CUstream_st*) -> void* { return nullptr; }, nullptr};
  EXPECT_EQ(argument_of([&] { resizer(g, {}, {.host_memory = half}); }), "placement.host_memory");
}

TEST_F(Misuse, TablesWithoutSenseAreRefusedAndNotMade) {
  const resize_options lanczos{.filter = filter::lanczos3, .antialias = antialias::yes};
  EXPECT_EQ(argument_of([&] { resizer({{INT_MAX, INT_MAX}, {INT_MAX, INT_MAX}}, lanczos); }), "dst.width");
  EXPECT_EQ(argument_of([&] { resizer({{INT_MAX, 4}, {1000, 4}}, lanczos); }), "dst.width");
  EXPECT_EQ(argument_of([&] { resizer({{4, 4}, {4, INT_MAX}}); }), "dst.height");
  EXPECT_EQ(argument_of([&] { bilinear_adjoint({{4, 4}, {INT_MAX, 4}, 1, element_type::f32}); }), "forward");
  resizer r(lanczos);
  EXPECT_EQ(argument_of([&] {
              r.prepare(std::vector<resize_geometry>{{{INT_MAX, 4}, {1000, 4}}});
            }),
            "geometries[0].dst.width");
  EXPECT_NO_THROW(resizer({{20000, 4}, {500, 4}}, lanczos));
}

/// An allocator that has nothing.
void* nothing(void*, std::size_t, std::size_t, CUstream_st*) { return nullptr; }
void ignore(void*, void*, std::size_t, std::size_t, CUstream_st*) {}

TEST_F(Misuse, MemoryThatCannotBeHadIsOneErrorWithOneMessage) {
  const memory_resource empty{nothing, ignore};
  EXPECT_EQ(rejection(
                [&] {
                  resizer({{64, 48}, {32, 24}, 4}, {.alpha = alpha::straight}, {run_on::cpu, -1, 0, {}, empty});
                },
                errc::out_of_memory),
            "resizer: memory: there is not enough");
  EXPECT_EQ(rejection(
                [&] {
                  transposed_convolution({4, 4}, kernel_, {}, {}, {.host_memory = empty});
                },
                errc::out_of_memory),
            "transposed_convolution: memory: there is not enough");
#ifndef __SANITIZE_ADDRESS__  // which ends the program instead
  EXPECT_EQ(rejection([] { image<u8>(INT_MAX, INT_MAX / 16); }, errc::out_of_memory),
            "image: memory: there is not enough");
#endif
}

}  // namespace
}  // namespace fluxel::test
