// SPDX-License-Identifier: Apache-2.0
// Flow in colors, and the lengths of its vectors: any floats, and vectors of some pixels.

#include <algorithm>
#include <cstring>
#include <string>

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"
#include "kernels/contract/flow_color.hpp"

namespace fluxel::parity::flow_color_cases {

namespace {

/// Interleaved components, or two planes.
tensor draw_vectors(random& r, const limits& limit) {
  const limits small{limit.max_side, std::min(limit.max_elements, 20000)};
  const bool planar = r.one_in(2);
  const int count = r.pick({1, 1, 2});
  const size s = draw_size(r, {small.max_side, small.max_elements / count}, 2);
  tensor t = make_tensor(r, element_type::f32, {s.width, s.height, planar ? 1 : 2, planar ? 2 : 1, count});
  draw_pixels(r, t);
  if (r.one_in(3)) return t;          // any floats
  const int whole = r.pick({1, 64});  // pixels, or their usual fractions
  for (std::size_t i = 0; i < t.pixels.size(); i += sizeof(float)) {
    const float v = static_cast<float>(r.between(-3000, 3000)) / static_cast<float>(whole);
    if (!r.one_in(50)) std::memcpy(t.pixels.data() + i, &v, sizeof v);
  }
  return t;
}

}  // namespace

static test_case make_draw_flow_case(random& r, const limits& limit) {
  test_case c;
  c.in = {draw_vectors(r, limit)};
  const kernels::image& flow = c.in[0].view;
  c.out = {make_tensor(r, element_type::u8, {flow.width, flow.height, 3, 1, flow.count})};
  const float inverse = r.pick({1.0f, 1 / 20.0f, 1 / 700.0f, 1e6f, 1e-9f});
  c.description = "1/" + std::to_string(1 / inverse) + " " + describe(c.in[0]);
  c.invoke = [inverse](const call& k) {
    return k.row.flow_color.draw(components(k.in[0]), inverse, k.out[0], k.launch);
  };
  return c;
}

static test_case make_flow_lengths_case(random& r, const limits& limit) {
  test_case c;
  c.in = {draw_vectors(r, limit)};
  c.out = {make_tensor(r, element::raw, 4, {static_cast<int>(sizeof(flow_lengths) / 4) * c.in[0].view.count})};
  c.description = "lengths " + describe(c.in[0]);
  c.invoke = [](const call& k) {
    return k.row.flow_color.measure(components(k.in[0]), static_cast<flow_lengths*>(k.out[0].data), k.launch);
  };
  return c;
}

static bool has_flow_color(const kernels::backend_table& row) { return row.flow_color.draw != nullptr; }

static const registered_operations cases{{
    {"flow_color.draw", "flow_color", make_draw_flow_case, has_flow_color},
    {"flow_color.lengths", "flow_color", make_flow_lengths_case, has_flow_color},
}};

}  // namespace fluxel::parity::flow_color_cases
