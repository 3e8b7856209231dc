// SPDX-License-Identifier: Apache-2.0
#include "host/resize/light_resize.hpp"

#include <algorithm>

#include "host/core/float_environment.hpp"
#include "kernels/contract/light.hpp"

namespace fluxel::host {

using kernels::image;
using kernels::light_samples;

namespace {

std::size_t light_bytes(const resize_geometry& g, size s) {
  return std::size_t(s.width) * s.height * g.channels * sizeof(float);
}

image light_image(int channels, size s, float* data) {
  const auto pitch = static_cast<std::ptrdiff_t>(std::size_t(s.width) * channels * sizeof(float));
  return {data, s.width, s.height, channels, pitch, 1, pitch * s.height, 1, pitch * s.height};
}

}  // namespace

plane_plan light_resize::light_plan(plane_plan p) {
  p.geometry.type = element_type::f32;
  p.depth = {};
  p.options.linear_light = transfer_function::none;
  return p;
}

light_resize::light_resize(const plane_plan& plan, const plan::light_matrices& matrices, backend b,
                           const resolved_placement& where)
    : plan_(plan),
      matrices_(matrices),
      resize_(light_plan(plan), b, where),
      curves_(b, where.memory()),
      src_(b, where.memory()),
      dst_(b, where.memory()) {
  const default_float_environment scope;
  auto curves = plan::decoding_curve(plan.options.linear_light);
  const auto encoding = plan::encoding_curve(plan.options.linear_light);
  curves.insert(curves.end(), encoding.begin(), encoding.end());
  const auto& memory = table_for(b, where.function()).memory;
  const std::size_t bytes = curves.size() * sizeof(float);
  check(memory.upload(curves_.reserve(bytes, where.function()), curves.data(), bytes, nullptr), where.function());
  check(memory.synchronize(nullptr), where.function());
  src_.reserve(light_bytes(plan.geometry, plan.geometry.src), where.function());
  dst_.reserve(light_bytes(plan.geometry, plan.geometry.dst), where.function());
}

kernels::light_call light_resize::call_of(const light_samples& samples, float* light, const float* curve,
                                          const plan::light_matrix& matrix) const {
  const int pieces = plan::curve_size / 2;
  kernels::light_call call{.samples = samples,
                           .light = light_image(samples.channels(), {samples.width, samples.height}, light),
                           .curve = {curve, curve + pieces}};
  for (int r = 0; r < 3; ++r) std::copy(matrix[r].begin(), matrix[r].end(), call.matrix[r]);
  return call;
}

kernels::status light_resize::run(const light_samples& src, const light_samples& dst,
                                  const run_context& context) const {
  const std::lock_guard lock(turn_);
  const auto& light = context.table().light;
  const auto& g = plan_.geometry;
  auto* const from = static_cast<float*>(src_.data());
  auto* const to = static_cast<float*>(dst_.data());
  const auto* const curves = static_cast<const float*>(curves_.data());
  const kernels::image_pair pair{light_image(g.channels, g.src, from), light_image(g.channels, g.dst, to)};
  auto done = light.decode(call_of(src, from, curves, matrices_.decode), context.launch);
  if (done == kernels::status::ok) done = resize_.run({&pair, 1}, context);
  if (done == kernels::status::ok)
    done = light.encode(call_of(dst, to, curves + plan::curve_size, matrices_.encode), context.launch);
  return done;
}

/// Without alpha every channel is a color of its own, so that a row is one of a grey image, only longer.
light_samples light_resize::packed(const image& im, int n, int p) const {
  const bool alpha = plan_.options.alpha == alpha::straight;
  const int bytes = element_size(plan_.geometry.type), colors = alpha ? im.channels - 1 : 1;
  light_samples s{.width = alpha ? im.width : im.width * im.channels,
                  .height = im.height,
                  .colors = colors,
                  .alpha = alpha,
                  .type = plan_.geometry.type,
                  .max_value = max_value_of(plan_.geometry.type, plan_.depth),
                  .low_zero_bits = plan_.depth.low_zero_bits};
  auto* first = static_cast<std::byte*>(im.data) + n * im.stride + p * im.plane_stride;
  for (int k = 0; k < s.channels(); ++k) {
    s.data[k] = first + k * bytes;
    s.pitch[k] = im.pitch;
    s.step[k] = s.channels();
  }
  return s;
}

kernels::status light_resize::run(const kernels::image_pair& pair, const run_context& context) const {
  for (int n = 0; n < pair.dst.count; ++n)
    for (int p = 0; p < pair.dst.planes; ++p)
      if (const auto done = run(packed(pair.src, n, p), packed(pair.dst, n, p), context); done != kernels::status::ok)
        return done;
  return kernels::status::ok;
}

}  // namespace fluxel::host
