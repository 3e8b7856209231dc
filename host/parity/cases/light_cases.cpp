// SPDX-License-Identifier: Apache-2.0
// Linear light: samples to light, and light to samples.

#include "host/parity/suite/case.hpp"
#include "host/parity/suite/tensor.hpp"
#include "host/plan/light.hpp"

namespace fluxel::parity::light_cases {

namespace {

/// How the samples lie: packed, or each component in a plane of its own.
struct light_layout {
  element_type type;
  size extent;
  int colors;
  bool alpha;
  bool packed;
  int bits;
  int low_zero_bits;
  transfer_function transfer;
  plan::light_matrices matrices;

  int channels() const { return colors + (alpha ? 1 : 0); }
};

light_layout draw_layout(random& r, const limits& limit) {
  light_layout l{.type = r.pick({element_type::u8, element_type::u16}),
                 .extent = draw_size(r, limit, 4),
                 .colors = r.pick({1, 3, 3}),
                 .alpha = r.one_in(3),
                 .packed = r.one_in(2),
                 .bits = 8,
                 .low_zero_bits = 0,
                 .transfer = static_cast<transfer_function>(r.between(1, 6)),
                 .matrices = {}};
  if (l.type == element_type::u16) {
    l.bits = r.pick({10, 12, 16});
    if (r.one_in(2)) l.low_zero_bits = 16 - l.bits;
  }
  const double most = (1 << l.bits) - 1;
  if (l.colors == 1 || r.one_in(2)) {
    l.matrices = plan::rgb_matrices(most);
    return l;
  }
  // Draws stand in statements of their own: compilers evaluate a call's arguments in different orders.
  const auto range = r.pick({color_range::limited, color_range::full});
  const auto matrix = r.pick({color_matrix::bt601, color_matrix::bt709, color_matrix::bt2020});
  l.matrices = plan::yuv_matrices(matrix, range, l.bits);
  return l;
}

std::vector<tensor> make_samples(random& r, const light_layout& l) {
  const auto [w, h] = l.extent;
  std::vector<tensor> all;
  if (l.packed) {
    all.push_back(make_tensor(r, l.type, {w, h, l.channels()}));
  } else {
    for (int k = 0; k < l.channels(); ++k) all.push_back(make_tensor(r, l.type, {w, h, 1}));
  }
  return all;
}

kernels::light_samples samples_of(const light_layout& l, std::span<const kernels::image> parts) {
  kernels::light_samples s{.width = l.extent.width,
                           .height = l.extent.height,
                           .colors = l.colors,
                           .alpha = l.alpha,
                           .type = l.type,
                           .max_value = (1 << l.bits) - 1,
                           .low_zero_bits = l.low_zero_bits};
  for (int k = 0; k < l.channels(); ++k) {
    const auto& im = parts[l.packed ? 0 : k];
    s.data[k] = static_cast<std::byte*>(im.data) + (l.packed ? k * element_size(l.type) : 0);
    s.pitch[k] = im.pitch;
    s.step[k] = im.channels;
  }
  return s;
}

/// run(call) with the curve in the row's memory.
template <class Run>
kernels::status with_curve(const call& k, const std::vector<float>& curve, kernels::light_call call, Run&& run) {
  const std::size_t bytes = curve.size() * sizeof(float);
  auto* const there = static_cast<float*>(k.row.memory.allocate(bytes));
  if (there == nullptr) return kernels::status::out_of_memory;
  auto status = k.row.memory.upload(there, curve.data(), bytes, k.launch.stream);
  call.curve = {there, there + curve.size() / 2};
  if (status == kernels::status::ok) status = run(call);
  if (status == kernels::status::ok) status = k.row.memory.synchronize(k.launch.stream);
  k.row.memory.release(there);
  return status;
}

kernels::light_call call_of(const light_layout& l, std::span<const kernels::image> samples,
                            const kernels::image& light, const plan::light_matrix& matrix) {
  kernels::light_call c{.samples = samples_of(l, samples), .light = light};
  for (int r = 0; r < 3; ++r)
    for (int i = 0; i < 4; ++i) c.matrix[r][i] = matrix[r][i];
  return c;
}

std::string describe(const light_layout& l) {
  return "transfer " + std::to_string(int(l.transfer)) + " colors " + std::to_string(l.colors) + " alpha " +
         std::to_string(l.alpha) + " bits " + std::to_string(l.bits) + "+" + std::to_string(l.low_zero_bits);
}

}  // namespace

static test_case make_decode_light_case(random& r, const limits& limit) {
  test_case c;
  const auto l = draw_layout(r, limit);
  c.in = make_samples(r, l);
  for (auto& t : c.in) draw_pixels(r, t, l.type == element_type::u16 ? l.bits : 0, l.low_zero_bits);
  c.out = {make_tensor(r, element_type::f32, {l.extent.width, l.extent.height, l.channels()})};
  c.description = describe(l);
  const auto curve = plan::decoding_curve(l.transfer);
  c.invoke = [=](const call& k) {
    return with_curve(k, curve, call_of(l, k.in, k.out[0], l.matrices.decode),
                      [&](const kernels::light_call& call) { return k.row.light.decode(call, k.launch); });
  };
  return c;
}

static test_case make_encode_light_case(random& r, const limits& limit) {
  test_case c;
  const auto l = draw_layout(r, limit);
  c.in = {make_tensor(r, element_type::f32, {l.extent.width, l.extent.height, l.channels()})};
  draw_pixels(r, c.in[0]);
  c.out = make_samples(r, l);
  c.description = describe(l);
  const auto curve = plan::encoding_curve(l.transfer);
  c.invoke = [=](const call& k) {
    return with_curve(k, curve, call_of(l, k.out, k.in[0], l.matrices.encode),
                      [&](const kernels::light_call& call) { return k.row.light.encode(call, k.launch); });
  };
  return c;
}

static bool has_light(const kernels::backend_table& row) {
  return row.light.decode != nullptr && row.light.encode != nullptr;
}

static const registered_operations cases{{
    {"light.decode", "linear_light", make_decode_light_case, has_light},
    {"light.encode", "linear_light", make_encode_light_case, has_light},
}};

}  // namespace fluxel::parity::light_cases
