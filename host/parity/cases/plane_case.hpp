// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity {

/// A case of single planes of one size.
struct plane_case {
  random& r;
  size s;
  test_case c;

  void input(element kind, int bytes, int bits = 0) {
    c.in.push_back(make_tensor(r, kind, bytes, {s.width, s.height}));
    draw_pixels(r, c.in.back(), bits);
  }
  void output(element kind, int bytes) { c.out.push_back(make_tensor(r, kind, bytes, {s.width, s.height})); }
};

inline plane_case start_plane_case(random& r, const limits& limit, const char* name) {
  const limits small{std::min(limit.max_side, 300), std::min(limit.max_elements, 5000)};
  plane_case p{r, draw_size(r, small, 1), {}};
  p.c.description = std::string(name) + " " + std::to_string(p.s.width) + "x" + std::to_string(p.s.height);
  return p;
}

template <class T>
kernels::plane<T> plane_of(const kernels::image& im) {
  return {static_cast<T*>(im.data), im.width, im.height, im.pitch / static_cast<std::ptrdiff_t>(sizeof(T))};
}

}  // namespace fluxel::parity
