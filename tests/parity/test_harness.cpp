// SPDX-License-Identifier: Apache-2.0
// The harness with bugs planted in the called function: each must be found, and a clean call must not be.

#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>

#include "host/parity/suite/check.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity {
namespace {

using bug = void (*)(const call& k);

/// A padded copy of u8 or f32 pixels, correct on the scalar row; on others `planted` runs afterwards.
test_case copying_case(element kind, int element_bytes, bug planted) {
  random r(3);
  tensor t{.kind = kind, .element_bytes = element_bytes};
  t.view = {.width = 5, .height = 3, .channels = 1, .pitch = 9 * element_bytes};
  t.first = 8 * element_bytes;
  t.block_bytes = std::size_t(8 + 3 * 9 + 4) * element_bytes;
  tensor src = t;
  draw_pixels(r, src);
  test_case c;
  c.in = {src};
  c.out = {t};
  c.invoke = [=](const call& k) {
    for (int y = 0; y < 3; ++y)
      std::memcpy(static_cast<std::byte*>(k.out[0].data) + y * k.out[0].pitch,
                  static_cast<const std::byte*>(k.in[0].data) + y * k.in[0].pitch, 5 * element_bytes);
    if (&k.row != &kernels::scalar()) planted(k);
    return kernels::status::ok;
  };
  return c;
}

std::string problem_of(const test_case& c) {
  const truth expected = run_truth(c);
  EXPECT_EQ(expected.problem, "");
  return run_backend(c, expected, {.name = "cpu", .row = &kernels::cpu(), .cpu_target = ""}).problem;
}

u8* bytes(const kernels::image& im) { return static_cast<u8*>(im.data); }

TEST(ParityHarness, AcceptsEqualBytes) {
  EXPECT_EQ(problem_of(copying_case(element::u8, 1, [](const call&) {})), "");
  EXPECT_EQ(problem_of(copying_case(element::f32, 4, [](const call&) {})), "");
}

TEST(ParityHarness, NamesTheWrongPixel) {
  const auto problem = problem_of(copying_case(element::u8, 1, [](const call& k) { bytes(k.out[0])[9 + 2] ^= 1; }));
  EXPECT_NE(problem.find("output x 2 y 1 channel 0 plane 0"), std::string::npos) << problem;
}

TEST(ParityHarness, FindsWritesIntoPadding) {
  for (bug b :
       {bug{[](const call& k) { bytes(k.out[0])[5] ^= 1; }}, bug{[](const call& k) { bytes(k.out[0])[-1] ^= 1; }},
        bug{[](const call& k) { bytes(k.out[0])[2 * 9 + 5] ^= 1; }}}) {
    const auto problem = problem_of(copying_case(element::u8, 1, b));
    EXPECT_NE(problem.find("output padding"), std::string::npos) << problem;
  }
}

TEST(ParityHarness, FindsAChangedSource) {
  const auto problem = problem_of(copying_case(element::u8, 1, [](const call& k) { bytes(k.in[0])[0] ^= 1; }));
  EXPECT_NE(problem.find("source changed"), std::string::npos) << problem;
}

TEST(ParityHarness, FindsReadsOfPaddingAndOfUnwrittenOutputs) {
  auto c = copying_case(element::u8, 1, [](const call&) {});
  c.invoke = [](const call& k) {
    for (int y = 0; y < 3; ++y) std::memcpy(bytes(k.out[0]) + y * 9, bytes(k.in[0]) + y * 9 + 1, 5);
    return kernels::status::ok;
  };
  EXPECT_NE(problem_of(c), "");
  c.invoke = [](const call& k) {
    for (int y = 0; y < 3; ++y) std::memcpy(bytes(k.out[0]) + y * 9, bytes(k.in[0]) + y * 9, y == 1 ? 4 : 5);
    return kernels::status::ok;
  };
  EXPECT_NE(problem_of(c), "");
}

TEST(ParityHarness, NanPayloadsAreAlikeButTheirPlacesAreNot) {
  const bug payload = [](const call& k) {
    std::uint32_t v[2];
    std::memcpy(v, k.out[0].data, sizeof v);
    v[0] = (v[0] & 0x7fffffff) > 0x7f800000 ? v[0] ^ 0x80000001 : v[0];
    std::memcpy(k.out[0].data, v, sizeof v);
  };
  auto c = copying_case(element::f32, 4, payload);
  const std::uint32_t nan = 0x7fc00002;
  std::memcpy(c.in[0].pixels.data(), &nan, sizeof nan);
  EXPECT_EQ(problem_of(c), "");
  c = copying_case(element::f32, 4, [](const call& k) {
    const std::uint32_t wrong = 0x7fc00000;
    std::memcpy(bytes(k.out[0]) + 4, &wrong, sizeof wrong);
  });
  EXPECT_NE(problem_of(c), "");
}

TEST(ParityHarness, TellsMinusZeroFromZero) {
  auto c = copying_case(element::f32, 4, [](const call& k) { bytes(k.out[0])[3] ^= 0x80; });
  std::memset(c.in[0].pixels.data(), 0, 4);
  EXPECT_NE(problem_of(c), "");
}

TEST(ParityHarness, SeesAChangedFloatEnvironment) {
  const auto c = copying_case(element::u8, 1, [](const call&) { std::fesetround(FE_TONEAREST); });
  const truth expected = run_truth(c);
  const backend b{.name = "cpu", .row = &kernels::cpu(), .cpu_target = "", .hostile = 1};
  EXPECT_NE(run_backend(c, expected, b).problem.find("environment"), std::string::npos);
}

TEST(ParityHarness, LayoutsKeepPixelsApartAndInsideTheBlock) {
  random r(7);
  for (int i = 0; i < 500; ++i) {
    const int width = r.between(1, 9), height = r.between(1, 5), planes = r.between(1, 3), count = r.between(1, 3);
    const tensor t = make_tensor(r, element::raw, 2, {width, height, 2, planes, count});
    std::vector<std::byte> packed(t.packed_bytes()), block(t.block_bytes), back(packed.size());
    for (std::size_t k = 0; k < packed.size(); ++k) packed[k] = std::byte(k * 7 + k / 256);
    scatter(t, packed, block);
    gather(t, block, back);
    ASSERT_EQ(packed, back) << describe(t);
  }
}

}  // namespace
}  // namespace fluxel::parity
