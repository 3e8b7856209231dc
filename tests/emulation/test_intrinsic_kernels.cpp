// SPDX-License-Identifier: Apache-2.0
// Kernels over the device's intrinsics give what the same formulas give on the host. Linked with translated PTX, this
// checks the translator; without it, that kernels and host agree.

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>
#include <vector>

#include "intrinsic_kernels.hpp"
#include "intrinsic_results.cuh"

using namespace emulation_test;

namespace {

constexpr int n = 4000;

TEST(intrinsic_kernels, integers_agree) {
  std::mt19937_64 random(11);
  const std::uint32_t hard[] = {0, 1, ~0u, 0x80000000u, 0x7fffffffu, 0x00010000u, 0xff, 0x8000, 0x7f80ff01u};
  auto word = [&] { return random() % 4 == 0 ? hard[random() % 9] : static_cast<std::uint32_t>(random()); };
  std::vector<words> in(n);
  for (auto& w : in)
    w = {word(), word(), word(), std::uint64_t{word()} << 32 | word(), std::uint64_t{word()} << 32 | word()};
  std::vector<std::uint64_t> out(n * integer_result_count), expected(out.size());
  ASSERT_EQ(run_integers(in.data(), out.data(), n), 0);
  for (int i = 0; i < n; ++i) host_integer_results(in[i], &expected[i * integer_result_count]);
  for (std::size_t i = 0; i < out.size(); ++i)
    ASSERT_EQ(out[i], expected[i]) << "result " << i % integer_result_count << std::hex << " of "
                                   << in[i / integer_result_count].a << " " << in[i / integer_result_count].b << " "
                                   << in[i / integer_result_count].c;
}

TEST(intrinsic_kernels, floats_agree) {
  std::mt19937_64 random(12);
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const float hard[] = {0.0f, -0.0f, infinity, -infinity, nan, 1.0f, 0.5f, 2.5f, 1e-40f, 3e9f, -3e9f, 1e20f};
  auto number = [&]() -> float {
    if (random() % 4 == 0) return hard[random() % 12];
    if (random() % 2 == 0) return static_cast<float>(static_cast<int>(random() % 20001) - 10000) / 64;
    return std::bit_cast<float>(static_cast<std::uint32_t>(random()));
  };
  std::vector<numbers> in(n);
  for (auto& v : in) v = {number(), number(), number(), double{number()} * 1.00000001, double{number()}};
  std::vector<std::uint64_t> out(n * float_result_count), expected(out.size());
  ASSERT_EQ(run_floats(in.data(), out.data(), n), 0);
  for (int i = 0; i < n; ++i) host_float_results(in[i], &expected[i * float_result_count]);
  for (std::size_t i = 0; i < out.size(); ++i)
    ASSERT_EQ(out[i], expected[i]) << "result " << i % float_result_count << " of " << in[i / float_result_count].a
                                   << " " << in[i / float_result_count].b << " " << in[i / float_result_count].c
                                   << " " << in[i / float_result_count].wide_a << " "
                                   << in[i / float_result_count].wide_b;
}

TEST(intrinsic_kernels, memory_and_atomics) {
  std::mt19937 random(13);
  std::vector<std::uint32_t> in(4 * n + 4), out(in.size());
  for (auto& v : in) v = random();
  std::vector<unsigned char> bytes(n);
  std::uint32_t counts[4] = {0, ~0u, 0x80000000u, 0};
  std::uint32_t expected[4] = {0, ~0u, 0x80000000u, 0};
  const std::size_t skip = reinterpret_cast<std::uintptr_t>(in.data()) % 16 / 4;
  const std::size_t skip_out = reinterpret_cast<std::uintptr_t>(out.data()) % 16 / 4;
  const std::uint32_t* source = in.data() + (4 - skip) % 4;
  std::uint32_t* target = out.data() + (4 - skip_out) % 4;
  ASSERT_EQ(run_memory(source, target, counts, bytes.data(), n), 0);
  const std::uint32_t salt[] = {1, 20, 300, 4000};
  for (int i = 0; i < n; ++i) {
    const std::uint32_t* v = source + 4 * i;
    ASSERT_EQ(target[4 * i], v[0] + salt[i & 3]);
    ASSERT_EQ(target[4 * i + 3], v[3]);
    ASSERT_EQ(bytes[i], static_cast<unsigned char>(v[0] + (v[0] >> 24)));
    expected[0] += v[1] & 15;
    expected[1] = std::min(expected[1], v[2]);
    expected[2] = static_cast<std::uint32_t>(std::max(static_cast<int>(expected[2]), static_cast<int>(v[2])));
    expected[3] |= v[3] & 0x0f0f0f0f;
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(counts[i], expected[i]);
}

}  // namespace
