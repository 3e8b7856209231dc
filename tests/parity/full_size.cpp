// SPDX-License-Identifier: Apache-2.0
// One image of more than 2^31 elements through every row of the CPU: linear and nearest resize of u8, 46341 x 46341,
// against the scalar row. Needs 7 GB and minutes; part of tests/full.

#include <cstdio>
#include <cstring>
#include <vector>

#include "host/parity/suite/random.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::parity {
namespace {

constexpr int side = 46341;  // side * side = 2^31 + 4633

kernels::image image_of(std::vector<unsigned char>& pixels, int width, int height) {
  return {.data = pixels.data(),
          .width = width,
          .height = height,
          .pitch = width,
          .plane_stride = std::ptrdiff_t{width} * height,
          .stride = std::ptrdiff_t{width} * height};
}

using resize_call = kernels::status (*)(const kernels::backend_table& row, const kernels::image_pair& pair);

bool same(const char* name, int from, int to, resize_call call) {
  std::vector<unsigned char> src(std::size_t(from) * from), expected(std::size_t(to) * to), got(expected.size(), 1);
  random r(5);
  for (auto& p : src) p = static_cast<unsigned char>(r.next() >> 56);
  const auto in = image_of(src, from, from);
  if (call(kernels::scalar(), {in, image_of(expected, to, to)}) != kernels::status::ok ||
      call(kernels::cpu(), {in, image_of(got, to, to)}) != kernels::status::ok) {
    std::printf("%s: the call failed\n", name);
    return false;
  }
  const bool equal = std::memcmp(expected.data(), got.data(), got.size()) == 0;
  std::printf("%s %d^2 -> %d^2: %zu bytes %s\n", name, from, to, got.size(), equal ? "equal" : "DIFFER");
  return equal;
}

int run() {
  const resize_call linear = [](const kernels::backend_table& row, const kernels::image_pair& pair) {
    return row.resize.linear({&pair, 1}, element_type::u8, coordinates::half_pixel, {});
  };
  const resize_call nearest = [](const kernels::backend_table& row, const kernels::image_pair& pair) {
    return row.resize.nearest({&pair, 1}, 1, coordinates::half_pixel, nearest_rounding::half_up, {});
  };
  const bool reduced = same("linear", side, 4099, linear);
  const bool enlarged = same("linear", 4099, side, linear);
  const bool copied = same("nearest", 4099, side, nearest);
  return reduced && enlarged && copied ? 0 : 1;
}

}  // namespace
}  // namespace fluxel::parity

int main() { return fluxel::parity::run(); }
