// SPDX-License-Identifier: Apache-2.0
// Image comparison: sums of squares, and similarity in both kinds of windows.

#include <algorithm>

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"
#include "host/plan/similarity.hpp"

namespace fluxel::parity::metrics_cases {

namespace {

constexpr int words_of_sums = sizeof(comparison_sums) / 8;

comparison_options draw_options(random& r, element_type type) {
  comparison_options o{
      .similarity = r.pick({similarity::gaussian, similarity::gaussian, similarity::blocks, similarity::none})};
  if (type == element_type::u16 && r.one_in(2)) {
    o.bit_depth = r.pick({8, 10, 12, 16});
    if (r.one_in(2)) o.low_zero_bits = 16 - o.bit_depth;
  }
  if (type != element_type::u8 && type != element_type::u16) o.white = r.pick({1.0, 0.75, 100.0, 65504.0});
  return o;
}

/// Pixels near those of the reference, or others.
void draw_judged(random& r, tensor& judged, const tensor& reference, const comparison_options& o) {
  draw_pixels(r, judged, o.bit_depth, o.low_zero_bits);
  if (r.one_in(2)) return;
  const std::size_t element = static_cast<std::size_t>(judged.element_bytes);
  const std::size_t changed = r.pick({0, 3, 100});
  auto pixels = reference.pixels;
  for (std::size_t i = 0; i < changed; ++i) {
    const std::size_t at = static_cast<std::size_t>(r.below(static_cast<int>(pixels.size() / element))) * element;
    std::copy_n(judged.pixels.begin() + static_cast<std::ptrdiff_t>(at), element,
                pixels.begin() + static_cast<std::ptrdiff_t>(at));
  }
  judged.pixels = pixels;
}

}  // namespace

static test_case make_comparison_case(random& r, const limits& limit) {
  test_case c;
  const element_type type = draw_type(r);
  const comparison_options o = draw_options(r, type);
  const int channels = draw_channels(r), planes = r.pick({1, 1, 3}), count = r.pick({1, 1, 2});
  const limits small{std::min(limit.max_side, 1025), std::min(limit.max_elements, 4000) / (planes * count)};
  const size s = draw_size(r, small, channels);
  const shape pixels{s.width, s.height, channels, planes, count};
  c.in = {make_tensor(r, type, pixels), make_tensor(r, type, pixels)};
  draw_pixels(r, c.in[1], o.bit_depth, o.low_zero_bits);
  draw_judged(r, c.in[0], c.in[1], o);
  c.out = {make_tensor(r, element::raw, 8, {channels * planes * count * words_of_sums})};
  c.description = "similarity " + std::to_string(int(o.similarity)) + " bits " + std::to_string(o.bit_depth) + "+" +
                  std::to_string(o.low_zero_bits) + " white " + std::to_string(o.white) + " " + describe(c.in[0]);
  const auto rule = plan::make_similarity(type, o);
  c.invoke = [=](const call& k) {
    const kernels::comparison how{k.in[0],         k.in[1], type,
                                  o.low_zero_bits, rule,    static_cast<comparison_sums*>(k.out[0].data)};
    const std::size_t bytes = k.row.metrics.workspace(how);
    void* workspace = bytes == 0 ? nullptr : k.row.memory.allocate(bytes);
    if (bytes != 0 && workspace == nullptr) return kernels::status::out_of_memory;
    auto status = k.row.metrics.compare(how, workspace, k.launch);
    if (status == kernels::status::ok) status = k.row.memory.synchronize(k.launch.stream);
    if (workspace != nullptr) k.row.memory.release(workspace);
    return status;
  };
  return c;
}

static bool has_metrics(const kernels::backend_table& row) { return row.metrics.compare != nullptr; }

static const registered_operations cases{{
    {"image_comparison", "image_comparison", make_comparison_case, has_metrics},
}};

}  // namespace fluxel::parity::metrics_cases
