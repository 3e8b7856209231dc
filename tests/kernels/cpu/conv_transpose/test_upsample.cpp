// SPDX-License-Identifier: Apache-2.0
// Results so large that they are written past the caches.

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/contract/backend.hpp"
#include "tests/support/random.hpp"

namespace fluxel::test {
namespace {

template <class T>
kernels::image described(image<T>& im) {
  const auto v = im.view();
  return {v.data, v.width, v.height, v.channels, v.pitch, v.planes, v.plane_stride, v.count, v.stride};
}

template <class T>
void expect_scalar_bytes(int width, int height, int channels, int factor) {
  auto src = random_image<T>(width, height, channels);
  image<T> want(width * factor, height * factor, channels), got = want;
  ASSERT_GE(want.size() * sizeof(T), 24'000'000u);
  const auto type = element_traits<T>::type;
  ASSERT_EQ(kernels::scalar().conv_transpose.upsample_zero({described(src), described(want)}, type, factor, {}),
            kernels::status::ok);
  for (int threads : {1, 2, 0}) {
    std::memset(got.data(), 1, got.size() * sizeof(T));
    ASSERT_EQ(kernels::cpu().conv_transpose.upsample_zero({described(src), described(got)}, type, factor,
                                                          {.threads = threads}),
              kernels::status::ok);
    EXPECT_EQ(std::memcmp(got.data(), want.data(), got.size() * sizeof(T)), 0) << "threads " << threads;
  }
}

TEST(UpsampleZero, LargeResultsHaveTheScalarBytes) {
  expect_scalar_bytes<u8>(1701, 1250, 3, 2);
  expect_scalar_bytes<f16>(677, 701, 3, 3);
  expect_scalar_bytes<f32>(1301, 1201, 1, 2);
}

}  // namespace
}  // namespace fluxel::test
