// SPDX-License-Identifier: Apache-2.0
#include "host/resize/resize_engine.hpp"

#include <string>

#include "host/core/float_environment.hpp"
#include "host/plan/filter.hpp"
#include "host/resize/light_resize.hpp"

namespace fluxel::host {

using kernels::alpha_image;
using kernels::image;

namespace {

constexpr std::int64_t most_entries = std::int64_t{1} << 26;

kernels::resize_recipe recipe_of(const plane_plan& p) {
  const default_float_environment scope;
  return plan::make_recipe(p.x, p.y, p.geometry, p.options, p.depth);
}

/// Products of color and alpha are f32, which holds those of u8 exactly and what a filter adds to them.
plane_plan product_plan(plane_plan p) {
  p.geometry.type = element_type::f32;
  p.depth = {};
  return p;
}

std::ptrdiff_t product_pitch(const plane_plan& p, int width) {
  return std::ptrdiff_t{width} * p.geometry.channels * element_size(element_type::f32);
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

void check_tables(const call_site& site, const plane_plan& p) {
  for (const plan::axis* a : {&p.x, &p.y}) {
    const std::int64_t entries = plan::table_entries(*a, p.options);
    if (entries > most_entries)
      reject(site, a == &p.x ? "dst.width" : "dst.height",
             "is " + std::to_string(a->dst_size) + " from " + std::to_string(a->src_size) +
                 ", which needs tables of " + std::to_string(entries) + " entries; at most 2^26 are made");
  }
}

plane_plan make_plane_plan(const call_site& site, const resize_geometry& g, const resize_options& options) {
  const default_float_environment scope;
  const plane_plan made{g,
                        options,
                        plan::make_axis(g.src.width, g.dst.width, options, true),
                        plan::make_axis(g.src.height, g.dst.height, options, false),
                        {}};
  check_tables(site, made);
  return made;
}

std::unique_ptr<kernels::prepared_resize> prepare_recipe(backend b, const kernels::resize_recipe& recipe,
                                                         const resolved_placement& where) {
  auto ready = table_for(b, where.function()).resize.prepare(recipe, where.memory().for_tables(b));
  if (ready == nullptr) throw_out_of_memory(where.function());
  return ready;
}

premultiplied_resize::premultiplied_resize(const plane_plan& plan, backend b, const resolved_placement& where)
    : plan_(plan),
      resize_(prepare_recipe(b, recipe_of(product_plan(plan)), where)),
      src_(b, where.memory()),
      dst_(b, where.memory()) {
  const auto& g = plan.geometry;
  src_.reserve(product_pitch(plan, g.src.width) * g.src.height, where.function());
  dst_.reserve(product_pitch(plan, g.dst.width) * g.dst.height, where.function());
}

kernels::status premultiplied_resize::run(const alpha_image& src, const alpha_image& dst,
                                          const run_context& context) const {
  const std::lock_guard lock(turn_);
  const auto& alpha = context.table().alpha;
  const auto& g = plan_.geometry;
  const kernels::image_pair pair{product_image(plan_, g.src, src_.data()), product_image(plan_, g.dst, dst_.data())};
  auto done = alpha.premultiply(src, pair.src, g.type, context.launch);
  if (done == kernels::status::ok) done = resize_->run({&pair, 1}, context.launch);
  if (done == kernels::status::ok) done = alpha.divide(pair.dst, dst, g.type, context.launch);
  return done;
}

resize_engine::resize_engine(const plane_plan& p, backend b, const resolved_placement& where)
    : element_bytes_(element_size(p.geometry.type)), max_value_(max_value_of(p.geometry.type, p.depth)) {
  // The nearest pixel is copied with its alpha: there is nothing to weigh, and no light to average.
  if (p.options.linear_light != transfer_function::none && p.options.filter != filter::nearest)
    light_ = std::make_unique<light_resize>(p, plan::rgb_matrices(max_value_), b, where);
  else if (p.options.alpha == alpha::straight && p.options.filter != filter::nearest)
    weighted_ = std::make_unique<premultiplied_resize>(p, b, where);
  else
    plain_ = prepare_recipe(b, recipe_of(p), where);
}

resize_engine::resize_engine(resize_engine&&) noexcept = default;
resize_engine::~resize_engine() = default;

kernels::status resize_engine::run(std::span<const kernels::image_pair> pairs, const run_context& context) const {
  if (plain_) return plain_->run(pairs, context.launch);
  if (light_) {
    for (const auto& pair : pairs)
      if (const auto done = light_->run(pair, context); done != kernels::status::ok) return done;
    return kernels::status::ok;
  }
  for (const auto& pair : pairs)
    for (int n = 0; n < pair.dst.count; ++n)
      for (int p = 0; p < pair.dst.planes; ++p) {
        const auto done = weighted_->run(interleaved(pair.src, n, p, element_bytes_, max_value_),
                                         interleaved(pair.dst, n, p, element_bytes_, max_value_), context);
        if (done != kernels::status::ok) return done;
      }
  return kernels::status::ok;
}

}  // namespace fluxel::host
