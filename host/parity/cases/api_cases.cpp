// SPDX-License-Identifier: Apache-2.0
// The same through the public calls: what host/ adds must not change a byte either. On the scalar row, the truth, the
// kernels are called directly.

#include "fluxel/resize.hpp"
#include "host/parity/cases/resize_batch.hpp"
#include "host/parity/suite/case.hpp"
#include "host/parity/suite/elements.hpp"
#include "host/plan/recipe.hpp"

namespace fluxel::parity::api_cases {

namespace {

memory_kind memory_of(const kernels::backend_table& row) {
  return &row == kernels::cuda() ? memory_kind::device : memory_kind::host;
}

template <class T>
image_view<T> view_of(const kernels::image& im, memory_kind memory) {
  return {static_cast<T*>(im.data), im.width, im.height, im.channels, im.pitch, im.planes,
          im.plane_stride,          im.count, im.stride, memory};
}

/// f(src view, dst view) for each pair of a call.
template <class T, class F>
void for_each_pair(const call& k, F&& f) {
  const memory_kind memory = memory_of(k.row);
  for (std::size_t i = 0; i < k.in.size(); ++i)
    f(image_view<const T>(view_of<T>(k.in[i], memory)), view_of<T>(k.out[i], memory));
}

/// As with_element, for elements that are only copied.
template <class F>
void with_bytes(int bytes, F&& f) {
  switch (bytes) {
    case 1:
      return f(std::uint8_t{});
    case 2:
      return f(std::uint16_t{});
    case 4:
      return f(std::uint32_t{});
    default:
      return f(std::uint64_t{});
  }
}

}  // namespace

static test_case make_api_bilinear_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const coordinates rule = draw_coordinates(r);
  c.description = "coordinates " + std::to_string(int(rule));
  add_ragged(r, limit, c, [&](const shape& s) { return make_tensor(r, type, s); });
  c.invoke = [=](const call& k) {
    if (&k.row == &kernels::scalar()) return k.row.resize.linear(pairs_of(k), type, rule, k.launch);
    with_element(type, [&]<class T>(T) {
      for_each_pair<T>(k, [&](image_view<const T> src, image_view<T> dst) {
        resize_bilinear(src, dst, {.coordinates = rule}, {.threads = k.launch.threads}, stream_ref(k.launch.stream));
      });
    });
    return kernels::status::ok;
  };
  return c;
}

static test_case make_api_nearest_case(random& r, const limits& limit) {
  test_case c;
  const int bytes = r.pick({1, 2, 4, 8});
  const coordinates rule = draw_coordinates(r);
  const nearest_rounding rounding = draw_rounding(r);
  c.description = "coordinates " + std::to_string(int(rule)) + " rounding " + std::to_string(int(rounding));
  add_ragged(r, limit, c, [&](const shape& s) { return make_tensor(r, element::raw, bytes, s); });
  c.invoke = [=](const call& k) {
    if (&k.row == &kernels::scalar()) return k.row.resize.nearest(pairs_of(k), bytes, rule, rounding, k.launch);
    with_bytes(bytes, [&]<class T>(T) {
      for_each_pair<T>(k, [&](image_view<const T> src, image_view<T> dst) {
        resize_nearest(src, dst, {.coordinates = rule, .rounding = rounding}, {.threads = k.launch.threads},
                       stream_ref(k.launch.stream));
      });
    });
    return kernels::status::ok;
  };
  return c;
}

static test_case make_api_resize_case(random& r, const limits& limit) {
  test_case c;
  const batch b = draw_batch(r);
  const limits each = share(limit, b);
  const size from = draw_size(r, each, b.channels);
  const size to = draw_destination(r, each, from, b.channels);
  const element_type type = draw_type(r);
  const resize_options options = draw_resize_options(r, from);
  c.description = describe(options);
  tensor src = make_tensor(r, type, {from.width, from.height, b.channels, b.planes, b.count});
  tensor dst = make_tensor(r, type, {to.width, to.height, b.channels, b.planes, b.count});
  add_pair(r, c, std::move(src), std::move(dst));
  const resize_geometry geometry{from, to, b.channels, type};
  c.invoke = [=](const call& k) {
    if (&k.row == &kernels::scalar())
      return k.row.resize.prepare(plan::make_recipe(geometry, options))->run(pairs_of(k), k.launch);
    with_element(type, [&]<class T>(T) {
      for_each_pair<T>(k, [&](image_view<const T> src, image_view<T> dst) {
        resize(src, dst, options, {.threads = k.launch.threads}, stream_ref(k.launch.stream));
      });
    });
    return kernels::status::ok;
  };
  return c;
}

static bool has_linear(const kernels::backend_table& row) { return row.resize.linear != nullptr; }
static bool has_nearest(const kernels::backend_table& row) { return row.resize.nearest != nullptr; }
static bool has_recipes(const kernels::backend_table& row) { return row.resize.prepare_in != nullptr; }

static const registered_operations cases{{
    {"api.resize_bilinear", "resize_bilinear", make_api_bilinear_case, has_linear},
    {"api.resize_nearest", "resize_nearest", make_api_nearest_case, has_nearest},
    {"api.resize", "resize", make_api_resize_case, has_recipes},
}};

}  // namespace fluxel::parity::api_cases
