// SPDX-License-Identifier: Apache-2.0
#include "host/resize/resize_engine.hpp"

#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/core/float_environment.hpp"

namespace fluxel::host {

using kernels::alpha_image;
using kernels::image;

namespace {

kernels::resize_recipe recipe_of(const plane_plan& p) {
  const default_float_environment scope;
  return plan::make_recipe(p.x, p.y, p.geometry, p.options, p.depth);
}

element_type product_type(element_type type) {
  return type == element_type::u8 ? element_type::u16 : element_type::f32;
}

plane_plan product_plan(plane_plan p) {
  p.geometry.type = product_type(p.geometry.type);
  p.depth = {};
  return p;
}

std::ptrdiff_t product_pitch(const plane_plan& p, int width) {
  return std::ptrdiff_t{width} * p.geometry.channels * element_size(product_type(p.geometry.type));
}

image product_image(const plane_plan& p, size s, void* data) {
  const auto pitch = product_pitch(p, s.width);
  return {data, s.width, s.height, p.geometry.channels, pitch, 1, pitch * s.height, 1, pitch * s.height};
}

/// The image `n`, plane `p` of a view whose last channel is alpha.
alpha_image interleaved(const image& im, int n, int p, int element_bytes, int max_value) {
  auto* first = static_cast<std::byte*>(im.data) + n * im.stride + p * im.plane_stride;
  const int colors = im.channels - 1;
  return {.color = first,
          .alpha = first + std::ptrdiff_t{colors} * element_bytes,
          .width = im.width,
          .height = im.height,
          .colors = colors,
          .color_step = im.channels,
          .alpha_step = im.channels,
          .color_pitch = im.pitch,
          .alpha_pitch = im.pitch,
          .max_value = max_value};
}

}  // namespace

int max_value_of(element_type type, const plan::pixel_depth& depth) {
  if (depth.bits != 0) return (1 << depth.bits) - 1;
  return type == element_type::u8 ? 255 : 65535;
}

plane_plan make_plane_plan(const resize_geometry& g, const resize_options& options) {
  const default_float_environment scope;
  return {g,
          options,
          plan::make_axis(g.src.width, g.dst.width, options, true),
          plan::make_axis(g.src.height, g.dst.height, options, false),
          {}};
}

premultiplied_resize::premultiplied_resize(const plane_plan& plan, backends on, const char* function)
    : plan_(plan), resize_(recipe_of(product_plan(plan)), on, function) {
  auto make = [&](backend b) {
    products made{device_buffer(b), device_buffer(b)};
    const auto& g = plan.geometry;
    made.src.reserve(product_pitch(plan, g.src.width) * g.src.height, function);
    made.dst.reserve(product_pitch(plan, g.dst.width) * g.dst.height, function);
    return made;
  };
  if (on.cpu) cpu_.emplace(make(backend::cpu));
  if (on.cuda) cuda_.emplace(make(backend::cuda));
}

void premultiplied_resize::run(const alpha_image& src, const alpha_image& dst, const run_context& context) const {
  const std::lock_guard lock(turn_);
  const auto& memory = context.backend == backend::cuda ? *cuda_ : *cpu_;
  const auto& alpha = table_for(context.backend, context.function).alpha;
  const auto& g = plan_.geometry;
  const kernels::image_pair pair{product_image(plan_, g.src, memory.src.data()),
                                 product_image(plan_, g.dst, memory.dst.data())};
  check(alpha.premultiply(src, pair.src, g.type, context.launch), context.function);
  resize_.run({&pair, 1}, context);
  check(alpha.divide(pair.dst, dst, g.type, context.launch), context.function);
}

resize_engine::resize_engine(const plane_plan& p, backends on, const char* function)
    : element_bytes_(element_size(p.geometry.type)), max_value_(max_value_of(p.geometry.type, p.depth)) {
  // The nearest pixel is copied with its alpha: there is nothing to weigh.
  if (p.options.alpha == alpha::straight && p.options.filter != filter::nearest)
    weighted_ = std::make_unique<premultiplied_resize>(p, on, function);
  else
    plain_ = std::make_unique<backend_resizes>(recipe_of(p), on, function);
}

void resize_engine::run(std::span<const kernels::image_pair> pairs, const run_context& context) const {
  if (plain_) return plain_->run(pairs, context);
  for (const auto& pair : pairs)
    for (int n = 0; n < pair.dst.count; ++n)
      for (int p = 0; p < pair.dst.planes; ++p)
        weighted_->run(interleaved(pair.src, n, p, element_bytes_, max_value_),
                       interleaved(pair.dst, n, p, element_bytes_, max_value_), context);
}

}  // namespace fluxel::host
