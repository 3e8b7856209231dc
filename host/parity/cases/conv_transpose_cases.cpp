// SPDX-License-Identifier: Apache-2.0
// conv_transpose: the general call over strides, dilations, paddings, groups and layouts; the upsampling.

#include <algorithm>
#include <cstdio>

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"
#include "host/plan/conv_transpose.hpp"

namespace fluxel::parity::conv_transpose_cases {

namespace {

using kernels::conv_axis;

struct side {
  conv_axis axis;
  int src = 1;
  int dst = 1;
};

conv_axis draw_conv_axis(random& r) {
  conv_axis a;
  a.stride = r.one_in(30) ? 32 : r.pick({1, 2, 2, 2, 3, 4, 4, 5, 8});
  const int factor_kernel = 2 * a.stride - a.stride % 2;
  a.kernel = r.pick({1, 2, 3, 4, 5, 7, factor_kernel, factor_kernel});
  a.dilation = r.pick({1, 1, 1, 1, 2, 3, 40});
  return a;
}

/// Sides and padding that give a result of between 1 and `max_side` pixels.
side draw_side_of(random& r, const conv_axis& axis, int max_side) {
  side s{axis};
  const int reach = s.axis.dilation * (s.axis.kernel - 1) + 1;
  const int most = std::max(1, (max_side - reach) / s.axis.stride);
  s.src = std::min(most, draw_side(r, most));
  const int full = (s.src - 1) * s.axis.stride + reach;
  s.axis.pad = r.pick({0, 0, s.axis.stride / 2, r.below(full)});
  const int cut = r.pick({0, s.axis.pad, r.below(full)});
  const int extra = r.one_in(3) ? r.below(s.axis.stride) : 0;
  s.dst = std::max(1, full - s.axis.pad - cut + extra);
  return s;
}

struct axes {
  conv_axis x, y;
};
/// Any two, or strides and kernels as networks have them, which kernels treat apart.
axes draw_axes(random& r) {
  if (r.one_in(3)) {
    const int stride = r.pick({2, 2, 4, 4, 16, 32});
    const conv_axis a{(stride > 8 ? r.between(1, 2) : 2) * stride, stride, 1, 0};
    return {a, a};
  }
  const conv_axis x = draw_conv_axis(r);
  return {x, draw_conv_axis(r)};
}

struct channel_counts {
  int in, out, groups;
};
channel_counts draw_channel_counts(random& r) {
  const int groups = r.pick({1, 1, 1, 2, 3, 4, 16, 17});
  const int in = r.one_in(2) ? 1 : r.between(1, 5);
  const int out = r.one_in(2) ? 1 : r.between(1, 9);
  return {groups * in, groups * out, groups};
}

std::string describe(const side& x, const side& y, const channel_counts& c, element_type type) {
  char text[300];
  std::snprintf(text, sizeof text, "type %d channels %d -> %d groups %d x: k%d s%d d%d p%d  y: k%d s%d d%d p%d",
                int(type), c.in, c.out, c.groups, x.axis.kernel, x.axis.stride, x.axis.dilation, x.axis.pad,
                y.axis.kernel, y.axis.stride, y.axis.dilation, y.axis.pad);
  return text;
}

tensor make_packed(random& r, element_type type, int elements) {
  tensor t = make_tensor(r, type, {elements, 1, 1, 1, 1});
  draw_pixels(r, t);
  return t;
}

void add_input(test_case& c, tensor t) {
  c.description += "\n    " + describe(t);
  c.in.push_back(std::move(t));
}

}  // namespace

static test_case make_conv_transpose_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = r.pick({element_type::f32, element_type::f16, element_type::bf16});
  const channel_counts channels = draw_channel_counts(r);
  const int most_out = std::max(1, limit.max_elements / channels.out);
  const axes drawn = draw_axes(r);
  const side x = draw_side_of(r, drawn.x, std::min(180, most_out));
  const side y = draw_side_of(r, drawn.y, std::max(1, std::min(60, most_out / std::max(x.dst, x.src))));
  const bool interleaved = r.one_in(2);
  const bool biased = r.one_in(2);
  const int count = r.pick({1, 1, 2});
  auto shape_of = [&](int width, int height, int n) {
    return interleaved ? shape{width, height, n, 1, count} : shape{width, height, 1, n, count};
  };
  c.description = describe(x, y, channels, type);
  tensor src = make_tensor(r, type, shape_of(x.src, y.src, channels.in));
  draw_pixels(r, src);
  add_input(c, std::move(src));
  add_input(c, make_packed(r, type, channels.in * (channels.out / channels.groups) * x.axis.kernel * y.axis.kernel));
  if (biased) add_input(c, make_packed(r, type, channels.out));
  c.out.push_back(make_tensor(r, type, shape_of(x.dst, y.dst, channels.out)));
  c.description += "\n -> " + describe(c.out[0]);
  c.invoke = [=](const call& k) {
    const kernels::conv_transpose_call call{k.in[0], k.out[0], k.in[1].data, biased ? k.in[2].data : nullptr,
                                            type,    x.axis,   y.axis,       channels.groups};
    return k.row.conv_transpose.general(call, k.launch);
  };
  return c;
}

static test_case make_upsample_zero_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const int factor = r.pick({1, 2, 2, 2, 3, 4, 4, 5, 6, 7, 8, 16, 33});
  const int channels = draw_channels(r);
  const int planes = r.between(1, 3);
  const int count = r.between(1, 2);
  const int area = factor * factor * planes * count;
  const size s =
      draw_size(r, {std::max(1, limit.max_side / factor), std::max(channels, limit.max_elements / area)}, channels);
  c.description = "factor " + std::to_string(factor);
  tensor src = make_tensor(r, type, {s.width, s.height, channels, planes, count});
  draw_pixels(r, src);
  add_input(c, std::move(src));
  c.out.push_back(make_tensor(r, type, {s.width * factor, s.height * factor, channels, planes, count}));
  c.description += "\n -> " + describe(c.out[0]);
  c.invoke = [=](const call& k) {
    return k.row.conv_transpose.upsample_zero({k.in[0], k.out[0]}, type, factor, k.launch);
  };
  return c;
}

static test_case make_adjoint_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = r.pick({element_type::f32, element_type::f16, element_type::bf16});
  const int channels = draw_channels(r);
  const int planes = r.between(1, 2);
  const int factor = r.pick({0, 1, 2, 3, 4, 8});  // 0: a resize
  const limits each{limit.max_side / std::max(1, factor),
                    std::max(channels, limit.max_elements / planes / std::max(1, factor * factor))};
  const size src = draw_size(r, each, channels);
  const size dst = factor == 0 ? draw_size(r, each, channels) : size{src.width * factor, src.height * factor};
  const coordinates rule = r.pick({coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
  const resize_geometry forward{src, dst, channels, type};
  const auto recipe = factor == 0 ? plan::adjoint_recipe(forward, rule) : plan::adjoint_recipe_of_zero_edge(forward);
  c.description = factor == 0 ? "of resize_bilinear" : "of upsampling by " + std::to_string(factor);
  tensor gradient = make_tensor(r, type, {dst.width, dst.height, channels, planes, 1});
  draw_pixels(r, gradient);
  add_input(c, std::move(gradient));
  c.out.push_back(make_tensor(r, type, {src.width, src.height, channels, planes, 1}));
  c.description += "\n -> " + describe(c.out[0]);
  c.invoke = [=](const call& k) {
    const auto prepared = k.row.resize.prepare(recipe);
    if (prepared == nullptr) return kernels::status::out_of_memory;
    const kernels::image_pair pair{k.in[0], k.out[0]};
    const auto s = prepared->run({&pair, 1}, k.launch);
    if (s != kernels::status::ok) return s;
    return k.row.memory.synchronize(k.launch.stream);  // the tables are released next
  };
  return c;
}

static bool has_recipes(const kernels::backend_table& row) { return row.resize.prepare_in != nullptr; }
static bool has_conv_transpose(const kernels::backend_table& row) { return row.conv_transpose.general != nullptr; }
static bool has_upsample_zero(const kernels::backend_table& row) {
  return row.conv_transpose.upsample_zero != nullptr;
}

static const registered_operations cases{{
    {"bilinear_adjoint", "bilinear_adjoint", make_adjoint_case, has_recipes},
    {"conv_transpose.general", "conv_transpose", make_conv_transpose_case, has_conv_transpose},
    {"conv_transpose.upsample_zero", "upsample_conv_transpose", make_upsample_zero_case, has_upsample_zero},
}};

}  // namespace fluxel::parity::conv_transpose_cases
