// SPDX-License-Identifier: Apache-2.0
// Block matching on the CUDA backend of a library whose device memory is the host's (emulation, replay), against the
// scalar backend, at sizes around the kernel's tiles, and radii around what a row of displacements has places for.

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace {

using namespace fluxel;
using kernels::plane;

class CudaMatchBlocks : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels::cuda_devices().devices.empty()) GTEST_SKIP() << "NOT RUN: " << kernels::cuda_devices().reason;
  }
};

/// Rows without padding, `columns` for each pixel.
template <class T>
plane<T> plane_over(std::vector<T>& memory, size s, int count, int columns = 1) {
  memory.resize(std::size_t(s.width) * s.height * count * columns);
  const std::ptrdiff_t pitch = std::ptrdiff_t{s.width} * columns;
  return {memory.data(), s.width * columns, s.height, pitch, count, pitch * s.height};
}

struct matches {
  std::vector<std::int16_t> u, v, back_u, back_v;
  bool operator==(const matches&) const = default;
};

/// `levels`: few of them make ties, which the order of displacements decides.
void expect_equal_matches(size s, int count, int radius, int levels) {
  std::mt19937 random(s.width * 1000 + s.height + radius);
  std::vector<u8> prev, next;
  const auto from = plane_over(prev, s, count), to = plane_over(next, s, count);
  for (auto* frame : {&prev, &next})
    for (auto& p : *frame) p = static_cast<u8>(random() % levels * (255 / (levels - 1)));
  auto run = [&](const kernels::backend_table& table) {
    matches m;
    std::vector<std::uint64_t> keys;
    EXPECT_EQ(
        table.flow.match_blocks(from, to, radius, plane_over(keys, s, count, 2),
                                {plane_over(m.u, s, count), plane_over(m.v, s, count)},
                                {plane_over(m.back_u, s, count), plane_over(m.back_v, s, count)}, {.threads = 1}),
        kernels::status::ok);
    return m;
  };
  EXPECT_TRUE(run(kernels::scalar()) == run(*kernels::cuda()))
      << s.width << "x" << s.height << " x" << count << ", radius " << radius << ", levels " << levels;
}

TEST_F(CudaMatchBlocks, EqualsTheScalarBackendAroundTileSizes) {
  for (auto s : {size{1, 1}, size{7, 9}, size{8, 8}, size{9, 33}, size{16, 5}, size{31, 17}, size{32, 32},
                 size{33, 31}, size{65, 34}, size{96, 7}, size{97, 16}, size{128, 15}, size{130, 19}})
    for (int radius : {1, 6}) expect_equal_matches(s, 1, radius, radius == 1 ? 256 : 2);
  expect_equal_matches({70, 45}, 3, 5, 256);
}

TEST_F(CudaMatchBlocks, EqualsTheScalarBackendAtEveryRadius) {
  for (int radius : {0, 31, 32, 33, 63, 64}) expect_equal_matches({40, 9}, 1, radius, 256);
  expect_equal_matches({140, 3}, 1, 127, 256);
  expect_equal_matches({9, 60}, 2, 64, 2);
}

}  // namespace
