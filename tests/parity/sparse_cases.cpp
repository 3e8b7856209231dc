// Sparse flow: the structure tensor.

#include <algorithm>

#include "tests/parity/operations.hpp"
#include "tests/parity/tensor.hpp"

namespace fluxel::parity {

namespace {

template <class T>
kernels::plane<T> plane_of(const kernels::image& im) {
  constexpr auto bytes = static_cast<std::ptrdiff_t>(sizeof(T));
  return {static_cast<T*>(im.data), im.width, im.height, im.pitch / bytes, im.count, im.stride / bytes};
}

}  // namespace

test_case make_structure_case(random& r, const limits& limit) {
  test_case c;
  const limits small{limit.max_side, std::min(limit.max_elements, 6000)};
  const size s = draw_size(r, small, 1);
  const int radius = r.pick({0, 1, 2, 3, 7, 15});
  const int count = r.pick({1, 1, 3});
  const bool both = !r.one_in(3);
  c.in.push_back(make_tensor(r, element_type::u16, {s.width, s.height, 1, 1, count}));
  draw_pixels(r, c.in.back(), 12);
  for (int i = 0; i < (both ? 2 : 1); ++i)
    c.out.push_back(make_tensor(r, element_type::f32, {s.width, s.height, 1, 1, count}));
  c.description = "radius " + std::to_string(radius) + (both ? " both " : " smaller ") + describe(c.in[0]);
  c.invoke = [=](const call& k) {
    return k.row.flow.structure(plane_of<const u16>(k.in[0]), radius, plane_of<float>(k.out[0]),
                                both ? plane_of<float>(k.out[1]) : kernels::plane<float>{}, k.how);
  };
  return c;
}

bool has_structure(const kernels::row& row) { return row.flow.structure != nullptr; }

}  // namespace fluxel::parity
