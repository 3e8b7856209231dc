// SPDX-License-Identifier: Apache-2.0
// What a call asks of the CUDA runtime besides its launch. Needs the emulated runtime, which counts.
// CTest: a rule of its own

#include <gtest/gtest.h>

#include <vector>

#include "emulation/call_count.hpp"
#include "fluxel/conv_transpose.hpp"
#include "fluxel/resize.hpp"
#include "fluxel/resize_pointers.hpp"
#include "tests/kernels/cuda/runtime/count_launches.hpp"

namespace {

using namespace fluxel;

/// Captured: the launch itself is one node, and nothing is run.
template <class Call>
void expect_only_a_launch(const char* what, const Call& call) {
  std::size_t calls = 0;
  const auto launches = test::count_launches([&](stream_ref stream) {
    const auto before = emulation::runtime_calls();
    call(stream);
    calls = emulation::runtime_calls() - before;
  });
  EXPECT_EQ(launches, 1u) << what;
  EXPECT_EQ(calls, 0u) << what;
}

TEST(RuntimeCalls, OneCallFunctionsOnlyLaunch) {
  warm_up(0);
  std::vector<u8> from(96 * 54 * 3), to(64 * 36 * 3);
  for (const size dst : {size{64, 36}, {48, 27}, {70, 40}})
    expect_only_a_launch("resize_bilinear", [&](stream_ref stream) {
      resize_bilinear<u8>(from.data(), {96, 54}, 0, to.data(), dst, 0, 3, {}, stream);
    });
  expect_only_a_launch("resize_nearest", [&](stream_ref stream) {
    resize_nearest<u8>(from.data(), {96, 54}, 0, to.data(), {64, 36}, 0, 3, {}, stream);
  });
}

TEST(RuntimeCalls, AreCounted) {
  const auto before = emulation::runtime_calls();
  int device = 0;
  EXPECT_EQ(cudaGetDevice(&device), cudaSuccess);
  EXPECT_EQ(emulation::runtime_calls(), before + 1);
}

}  // namespace
