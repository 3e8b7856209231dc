// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_light.hpp"

#include "host/core/float_environment.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel::host {

using kernels::image;
using kernels::image_pair;
using kernels::light_samples;

namespace {

bool is_yuv(const frame_format& f) {
  return f.matrix != color_matrix::rgb && f.plane_count > 1 &&
         (f.planes[1].subsampled || f.plane_count >= 3 || f.planes[1].channels == 2);
}

image rows_of_field(image im, int field) {
  if (field < 0) return im;
  im.height = field_rows(im.height, field);
  im.data = static_cast<std::byte*>(im.data) + field * im.pitch;
  im.pitch *= 2;
  return im;
}

/// Where chroma samples sit among the luma rows or columns of a frame or field.
plan::sample_grid grid_of(const frame_format& f, bool horizontal, int field) {
  const int shift = horizontal ? f.chroma_shift_x : f.chroma_shift_y;
  auto grid = shift == 0 ? plan::sample_grid{} : plan::chroma_grid(f.chroma_location, shift, horizontal);
  if (horizontal || field < 0) return grid;
  grid = plan::field_grid(grid, field);
  return {grid.step / 2, (grid.offset - field) / 2};
}

/// The axis that gives samples of a grid the positions of luma samples: k = (i - offset) / step.
plan::axis enlarging_axis(const plan::sample_grid& grid, int samples, int luma) {
  const double scale = 1 / grid.step;
  return {.src_size = samples,
          .dst_size = luma,
          .rule = coordinates::half_pixel,
          .explicit_mapping = plan::axis::mapping{scale, 0.5 - 0.5 * scale - grid.offset * scale}};
}

size field_size(size s, int field) { return {s.width, field_rows(s.height, field)}; }

plane_plan plan_of(const frame_format& f, const plan::axis& x, const plan::axis& y, int channels,
                   const resize_options& options) {
  return {.geometry = {{x.src_size, y.src_size}, {x.dst_size, y.dst_size}, channels, f.type()},
          .options = options,
          .x = x,
          .y = y,
          .depth = depth_of(f)};
}

int subsampled_plane(const frame_format& f) {
  for (int p = 0; p < f.plane_count; ++p)
    if (f.planes[p].subsampled) return p;
  return -1;
}

}  // namespace

bool needs_frame_light(const frame_format& f, const resize_options& o) {
  if (o.linear_light == transfer_function::none || o.filter == filter::nearest) return false;
  return is_yuv(f) || (f.alpha == alpha::straight && f.plane_count > 1);
}

std::vector<light_part> make_light_parts(const call_site& site, const frame_formats& formats,
                                         const resize_options& options) {
  const frame_format &from = formats.src, &to = formats.dst;
  require(!is_yuv(from) || from.matrix != color_matrix::other, site, "src.matrix",
          "is none that linear light can be computed from");
  const default_float_environment environment;
  resize_options chroma_options{.antialias = antialias::yes};
  const bool interlaced = from.fields != field_order::progressive;
  const int sub = subsampled_plane(from);
  std::vector<light_part> parts;
  for (int field = interlaced ? 0 : -1; field < (interlaced ? 2 : 0); ++field) {
    const size src = field_size({from.width, from.height}, field), dst = field_size({to.width, to.height}, field);
    const auto x = plan::make_axis(from.width, to.width, options, true);
    auto y = plan::make_axis(from.height, to.height, options, false);
    if (field >= 0) y = plan::plane_axis(y, plan::field_grid({}, field), src.height, dst.height);
    int channels = 0;
    for (int p = 0; p < from.plane_count; ++p) channels += from.planes[p].channels;
    light_part part{.field = field, .plan = plan_of(from, x, y, channels, options)};
    part.plan.options.alpha = from.alpha;
    const int colors = channels - (from.alpha == alpha::straight ? 1 : 0);
    require(colors == 1 || colors == 3, site, "src.planes", "must be of grey, RGB or YUV for linear light");
    check_geometry(site, part.plan.geometry, part.plan.options);
    check_tables(site, part.plan);
    if (sub >= 0) {
      part.subsampled = true;
      const auto grid_x = grid_of(from, true, field), grid_y = grid_of(from, false, field);
      const size chroma = field_size(from.plane_size(sub), field), chroma_dst = field_size(to.plane_size(sub), field);
      const int n = from.planes[sub].channels;
      part.enlarge = plan_of(from, enlarging_axis(grid_x, chroma.width, src.width),
                             enlarging_axis(grid_y, chroma.height, src.height), n, {});
      part.reduce = plan_of(from, plan::sampling_axis(grid_x, dst.width, chroma_dst.width),
                            plan::sampling_axis(grid_y, dst.height, chroma_dst.height), n, chroma_options);
    }
    parts.push_back(part);
  }
  return parts;
}

frame_light::frame_light(const frame_format& src, const std::vector<light_part>& parts, backend b,
                         const resolved_placement& where)
    : format_(src) {
  const default_float_environment scope;
  const auto matrices = is_yuv(src) ? plan::yuv_matrices(src.matrix, src.range, src.bit_depth)
                                    : plan::rgb_matrices((1 << src.bit_depth) - 1);
  for (const light_part& p : parts) {
    part made{.made_for = p};
    made.resize = std::make_unique<light_resize>(p.plan, matrices, b, where);
    if (p.subsampled) {
      made.enlarge = std::make_unique<resize_engine>(p.enlarge, b, where);
      made.reduce = std::make_unique<resize_engine>(p.reduce, b, where);
      for (int k = 0; k < src.plane_count; ++k) {
        if (!src.planes[k].subsampled) continue;
        const auto bytes = [&](size s) {
          return std::size_t(s.width) * s.height * src.planes[k].channels * element_size(src.type());
        };
        auto& chroma = made.chroma.emplace_back(b, where.memory());
        chroma.src.reserve(bytes(p.plan.geometry.src), where.function());
        chroma.dst.reserve(bytes(p.plan.geometry.dst), where.function());
      }
    }
    parts_.push_back(std::move(made));
  }
}

kernels::status frame_light::run(const plane_pairs& planes, const run_context& context) const {
  const std::lock_guard lock(turn_);
  auto done = kernels::status::ok;
  for (const part& p : parts_)
    if (done == kernels::status::ok) done = run_part(p, planes, context);
  return done;
}

kernels::status frame_light::run_part(const part& p, const plane_pairs& planes, const run_context& context) const {
  const auto& g = p.made_for.plan.geometry;
  const int bytes = element_size(format_.type());
  const auto samples_of = [&](size s) {
    return light_samples{.width = s.width,
                         .height = s.height,
                         .colors = g.channels - (format_.alpha == alpha::straight ? 1 : 0),
                         .alpha = format_.alpha == alpha::straight,
                         .type = format_.type(),
                         .max_value = (1 << format_.bit_depth) - 1,
                         .low_zero_bits = format_.high_bits ? 16 - format_.bit_depth : 0};
  };
  const auto full = [&](void* data, size s, int channels) {
    const auto pitch = std::ptrdiff_t{s.width} * channels * bytes;
    return image{data, s.width, s.height, channels, pitch, 1, pitch * s.height, 1, pitch * s.height};
  };
  auto src = samples_of(g.src), dst = samples_of(g.dst);
  std::array<image_pair, 4> reductions;
  std::size_t reduced = 0;
  const auto add = [&](light_samples& to, int first, const image& im) {
    for (int c = 0; c < im.channels; ++c) {
      to.data[first + c] = static_cast<std::byte*>(im.data) + c * bytes;
      to.pitch[first + c] = im.pitch;
      to.step[first + c] = im.channels;
    }
  };
  int component = 0, chroma = 0;
  for (int k = 0; k < format_.plane_count; ++k) {
    image_pair plane{rows_of_field(planes[k].src, p.made_for.field), rows_of_field(planes[k].dst, p.made_for.field)};
    if (format_.planes[k].subsampled) {
      const auto& memory = p.chroma[chroma++];
      const int n = format_.planes[k].channels;
      const image_pair enlarged{plane.src, full(memory.src.data(), g.src, n)};
      if (const auto done = p.enlarge->run({&enlarged, 1}, context); done != kernels::status::ok) return done;
      const image unreduced = full(memory.dst.data(), g.dst, n);
      reductions[reduced++] = {unreduced, plane.dst};
      plane = {enlarged.dst, unreduced};
    }
    add(src, component, plane.src);
    add(dst, component, plane.dst);
    component += format_.planes[k].channels;
  }
  if (const auto done = p.resize->run(src, dst, context); done != kernels::status::ok) return done;
  return reduced == 0 ? kernels::status::ok : p.reduce->run({reductions.data(), reduced}, context);
}

}  // namespace fluxel::host
