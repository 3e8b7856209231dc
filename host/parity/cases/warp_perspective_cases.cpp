// SPDX-License-Identifier: Apache-2.0
// Warps by matrices: near the identity, turned and scaled, with a horizon in view, and of any numbers.

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity::warp_perspective_cases {

namespace {

double within(random& r, double reach) { return reach * (2 * r.unit() - 1); }

kernels::perspective_matrix draw_matrix(random& r, const size& src) {
  kernels::perspective_matrix m{256, 0, 0, 0, 256, 0, 0, 0, 1, false};
  const double turn = r.pick({0.02, 0.02, 3.0}) * 256, away = r.pick({0.5, 8.0, 5000.0}) * 256;
  m.a += within(r, turn), m.b = within(r, turn), m.c = within(r, away);
  m.d = within(r, turn), m.e += within(r, turn), m.f = within(r, away);
  if (r.one_in(6)) m.a = m.e = 256, m.b = m.d = 0, m.c = r.between(-9, 9) * 256, m.f = r.between(-9, 9) * 128;
  m.divides = r.one_in(2);
  if (m.divides) m.g = within(r, 2.0 / src.width), m.h = within(r, 2.0 / src.height), m.i = r.pick({1.0, 1.0, 0.0});
  if (r.one_in(20)) m.a = 1e300, m.b = -1e300, m.c = 1e308, m.d = 5e-324;  // beyond every number
  return m;
}

/// What is kept of an output has to be the same everywhere.
kernels::status fill_with_zeros(const call& k, const kernels::image& im, int element_bytes) {
  const std::size_t bytes = std::size_t(im.width) * im.channels * element_bytes;
  const std::vector<std::byte> zeros(bytes * im.height);
  for (int n = 0; n < im.count; ++n)
    for (int p = 0; p < im.planes; ++p) {
      auto* first = static_cast<std::byte*>(im.data) + n * im.stride + p * im.plane_stride;
      if (im.pitch < 0) first += (im.height - 1) * im.pitch;
      const auto pitch = im.pitch < 0 ? -im.pitch : im.pitch;
      const auto s =
          k.row.memory.upload_rows({first, pitch}, {const_cast<std::byte*>(zeros.data()), std::ptrdiff_t(bytes)},
                                   bytes, im.height, k.launch.stream);
      if (s != kernels::status::ok) return s;
    }
  return k.row.memory.synchronize(k.launch.stream);
}

}  // namespace

static test_case make_perspective_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = r.one_in(3) ? element_type::u8 : draw_type(r);
  const int channels = r.one_in(2) ? 1 : draw_channels(r), planes = r.pick({1, 1, 3}), count = r.pick({1, 1, 2});
  const limits small{limit.max_side, std::min(limit.max_elements, 20000) / (planes * count)};
  const size src = draw_size(r, small, channels), dst = r.one_in(2) ? src : draw_size(r, small, channels);
  const int bits = type == element_type::u16 ? r.pick({10, 12, 16}) : 16;
  c.in = {make_tensor(r, type, {src.width, src.height, channels, planes, count})};
  draw_pixels(r, c.in[0], bits);
  c.out = {make_tensor(r, type, {dst.width, dst.height, channels, planes, count})};
  const kernels::perspective_matrix matrix = draw_matrix(r, src);
  const bool bicubic = r.one_in(2), keep = r.one_in(2);
  c.description = std::string(bicubic ? "bicubic " : "bilinear ") + (matrix.divides ? "homography " : "affine ") +
                  describe(c.in[0]) + " to " + std::to_string(dst.width) + 'x' + std::to_string(dst.height);
  c.invoke = [=](const call& k) {
    if (keep)
      if (const auto s = fill_with_zeros(k, k.out[0], element_size(type)); s != kernels::status::ok) return s;
    const kernels::perspective_job job{k.in[0], k.out[0], matrix, keep, bicubic, (1 << bits) - 1};
    return k.row.warp_perspective.warp(job, type, k.launch);
  };
  return c;
}

static const registered_operations cases{{
    {"warp_perspective", "warp_perspective", make_perspective_case,
     [](const kernels::backend_table& row) { return row.warp_perspective.warp != nullptr; }},
}};

}  // namespace fluxel::parity::warp_perspective_cases
