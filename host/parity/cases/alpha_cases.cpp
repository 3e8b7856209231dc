// SPDX-License-Identifier: Apache-2.0
// Straight alpha around a resize: products with alpha, and the division by it.

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity::alpha_cases {

namespace {

/// Color and alpha together in one tensor, or alpha in a plane of its own.
struct alpha_layout {
  element_type type;
  size extent;
  int colors;
  bool together;
};

alpha_layout draw_layout(random& r, const limits& limit) {
  const element_type type = draw_type(r);
  const size extent = draw_size(r, limit, 4);
  const int colors = r.pick({1, 3});
  return {type, extent, colors, r.one_in(2)};
}

std::vector<tensor> make_pixels(random& r, const alpha_layout& l) {
  const auto [w, h] = l.extent;
  if (l.together) return {make_tensor(r, l.type, {w, h, l.colors + 1})};
  std::vector<tensor> two;
  two.push_back(make_tensor(r, l.type, {w, h, l.colors}));
  two.push_back(make_tensor(r, l.type, {w, h, 1}));
  return two;
}

tensor make_product(random& r, const alpha_layout& l) {
  return make_tensor(r, element_type::f32, {l.extent.width, l.extent.height, l.colors + 1});
}

kernels::alpha_image as_alpha_image(const alpha_layout& l, std::span<const kernels::image> parts) {
  const auto& color = parts[0];
  kernels::alpha_image a{.color = color.data, .width = color.width, .height = color.height, .colors = l.colors};
  a.color_step = color.channels;
  a.color_pitch = color.pitch;
  if (l.together) {
    a.alpha = static_cast<std::byte*>(color.data) + l.colors * element_size(l.type);
    a.alpha_step = a.color_step;
    a.alpha_pitch = color.pitch;
  } else if (parts.size() > 1) {
    a.alpha = parts[1].data;
    a.alpha_pitch = parts[1].pitch;
  }
  a.max_value = l.type == element_type::u8 ? 255 : 65535;
  return a;
}

void describe_all(test_case& c) {
  for (const auto& t : c.in) c.description += "\n    " + describe(t);
  for (const auto& t : c.out) c.description += "\n -> " + describe(t);
}

}  // namespace

static test_case make_premultiply_case(random& r, const limits& limit) {
  test_case c;
  const auto l = draw_layout(r, limit);
  c.in = make_pixels(r, l);
  for (auto& t : c.in) draw_pixels(r, t);
  c.out = {make_product(r, l)};
  describe_all(c);
  c.invoke = [=](const call& k) {
    return k.row.alpha.premultiply(as_alpha_image(l, k.in), k.out[0], l.type, k.launch);
  };
  return c;
}

static test_case make_divide_case(random& r, const limits& limit) {
  test_case c;
  const auto l = draw_layout(r, limit);
  c.in = {make_product(r, l)};
  draw_pixels(r, c.in[0]);
  c.out = make_pixels(r, l);
  if (!l.together && r.one_in(3)) c.out.pop_back();  // alpha is not wanted
  describe_all(c);
  c.invoke = [=](const call& k) { return k.row.alpha.divide(k.in[0], as_alpha_image(l, k.out), l.type, k.launch); };
  return c;
}

static bool has_alpha(const kernels::backend_table& row) {
  return row.alpha.premultiply != nullptr && row.alpha.divide != nullptr;
}

static const registered_operations cases{{
    {"alpha.premultiply", "straight_alpha", make_premultiply_case, has_alpha},
    {"alpha.divide", "straight_alpha", make_divide_case, has_alpha},
}};

}  // namespace fluxel::parity::alpha_cases
