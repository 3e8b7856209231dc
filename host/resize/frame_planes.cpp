// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_planes.hpp"

#include <string>
#include <utility>

#include "host/core/float_environment.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel::host {

namespace {

constexpr int most_frame_side = 1 << 30;  ///< chroma sizes are rounded up in int

void check_enums(const call_site& site, const frame_format& f) {
  require(is_one_of(f.chroma_location, chroma_location::bottom), site, "src.chroma_location", "is not a location");
  require(is_one_of(f.range, color_range::full), site, "src.range", "is not a color range");
  require(is_one_of(f.matrix, color_matrix::other), site, "src.matrix", "is not a color matrix");
  require(is_one_of(f.alpha, alpha::straight), site, "src.alpha", "is not one of none and straight");
  require(is_one_of(f.fields, field_order::bottom_first), site, "src.fields", "is not a field order");
}

void check_planes(const call_site& site, const frame_format& f, size dst) {
  for (int p = 0; p < f.plane_count; ++p) {
    require(f.planes[p].channels >= 1 && f.planes[p].channels <= 4, site, "src.planes",
            "must have 1 to 4 channels each");
    if (f.fields == field_order::progressive) continue;
    frame_format to = f;
    to.height = dst.height;
    require(f.plane_size(p).height >= 2, site, "src.height", "is too small for two fields");
    require(to.plane_size(p).height >= 2, site, "dst.height", "is too small for two fields");
  }
}

void check_format(const call_site& site, const frame_format& f, size dst) {
  auto check_size = [&](const char* name, size s) {
    if (s.width < 1 || s.height < 1)
      reject(site, name, "is empty (" + std::to_string(s.width) + "x" + std::to_string(s.height) + ")");
    require(s.width <= most_frame_side && s.height <= most_frame_side, site, name, "has a side above 2^30");
  };
  check_size("src", {f.width, f.height});
  check_size("dst", dst);
  require(f.plane_count >= 1 && f.plane_count <= 4, site, "src.plane_count", "must be 1 to 4");
  require(f.chroma_shift_x >= 0 && f.chroma_shift_x <= 3, site, "src.chroma_shift_x", "must be 0 to 3");
  require(f.chroma_shift_y >= 0 && f.chroma_shift_y <= 3, site, "src.chroma_shift_y", "must be 0 to 3");
  require(f.bit_depth >= 8 && f.bit_depth <= 16, site, "src.bit_depth", "must be 8 to 16");
  require(!f.high_bits || f.bit_depth > 8, site, "src.high_bits", "needs a bit depth above 8");
  check_enums(site, f);
  check_planes(site, f, dst);
  if (f.alpha == alpha::none) return;
  const auto& last = f.planes[f.plane_count - 1];
  require(!f.high_bits, site, "src.alpha", "cannot be weighted in formats with the significant bits on top");
  require(f.plane_count > 1 ? last.channels == 1 && !last.subsampled : last.channels == 2 || last.channels == 4, site,
          "src.alpha", "must be the last of 2 or 4 channels, or a last plane of full size");
}

}  // namespace

frame_formats check_formats(const call_site& site, const frame_format& src, size dst, const resize_options& options) {
  frame_formats both{src, src};
  if (options.alpha == alpha::straight) both.src.alpha = both.dst.alpha = alpha::straight;
  check_format(site, both.src, dst);
  both.dst.width = dst.width;
  both.dst.height = dst.height;
  return both;
}

plan::pixel_depth depth_of(const frame_format& format) {
  if (format.floating) return {};
  return {format.bit_depth, format.high_bits ? 16 - format.bit_depth : 0};
}

namespace {

/// The axes of one plane or field, and the luma positions of its samples.
struct part_axes {
  plan::axis x, y;
  plan::sample_grid grid_x, grid_y;
};

class part_maker {
 public:
  part_maker(const call_site& site, const frame_formats& formats, const resize_options& options)
      : site_(site), src_(formats.src), dst_(formats.dst), options_(options) {
    // Color beside an alpha plane is weighted by its part, packed pixels by resize_engine; the nearest pixel is just
    // copied.
    options_.alpha = src_.plane_count == 1 ? src_.alpha : alpha::none;
  }

  frame_part make(int plane, int field, bool weighted) const {
    const auto axes = axes_of(plane, field);
    frame_part part{.plane = plane, .field = field, .weighted = weighted};
    part.plan = plan_of(axes.x, axes.y, src_.planes[plane].channels, options_);
    check_geometry(site_, part.plan.geometry, options_);
    check_tables(site_, part.plan);
    if (!weighted) return part;
    if (src_.planes[plane].subsampled) part.alpha = alpha_plan(axes, part.plan.geometry.src, field);
    ++part.plan.geometry.channels;
    return part;
  }

 private:
  plane_plan plan_of(const plan::axis& x, const plan::axis& y, int channels, const resize_options& options) const {
    return {.geometry = {{x.src_size, y.src_size}, {x.dst_size, y.dst_size}, channels, src_.type()},
            .options = options,
            .x = x,
            .y = y,
            .depth = depth_of(src_)};
  }

  part_axes axes_of(int plane, int field) const {
    const bool sub = src_.planes[plane].subsampled;
    auto one = [&](bool horizontal) {
      const int shift = !sub ? 0 : horizontal ? src_.chroma_shift_x : src_.chroma_shift_y;
      auto grid = shift == 0 ? plan::sample_grid{} : plan::chroma_grid(src_.chroma_location, shift, horizontal);
      const auto luma = plan::make_axis(horizontal ? src_.width : src_.height, horizontal ? dst_.width : dst_.height,
                                        options_, horizontal);
      const size from = src_.plane_size(plane);
      const size to = dst_.plane_size(plane);
      if (horizontal) return std::pair(plan::plane_axis(luma, grid, from.width, to.width), grid);
      if (field >= 0) grid = plan::field_grid(grid, field);
      return std::pair(plan::plane_axis(luma, grid, field_rows(from.height, field), field_rows(to.height, field)),
                       grid);
    };
    const auto [x, grid_x] = one(true);
    const auto [y, grid_y] = one(false);
    return {x, y, grid_x, grid_y};
  }

  plane_plan alpha_plan(const part_axes& axes, size samples, int field) const {
    // Rows of the alpha plane's own field, seen from the samples of this one.
    auto grid_y = axes.grid_y;
    if (field >= 0) grid_y = {grid_y.step / 2, (grid_y.offset - field) / 2};
    return plan_of(plan::sampling_axis(axes.grid_x, src_.width, samples.width),
                   plan::sampling_axis(grid_y, field_rows(src_.height, field), samples.height), 1, {});
  }

  call_site site_;
  frame_format src_, dst_;
  resize_options options_;
};

}  // namespace

std::vector<frame_part> make_frame_parts(const call_site& site, const frame_formats& formats,
                                         const resize_options& options) {
  const default_float_environment environment;
  const frame_format& f = formats.src;
  const part_maker maker(site, formats, options);
  const bool beside = f.alpha == alpha::straight && f.plane_count > 1 && options.filter != filter::nearest;
  const bool interlaced = f.fields != field_order::progressive;
  std::vector<frame_part> parts;
  for (int field = interlaced ? 0 : -1; field < (interlaced ? 2 : 0); ++field)
    for (int plane = 0; plane < f.plane_count - (beside ? 1 : 0); ++plane)
      parts.push_back(maker.make(plane, field, beside));
  return parts;
}

}  // namespace fluxel::host
