// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_resizer.hpp"

#include <string>

#include "host/core/float_environment.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel::host {

using kernels::alpha_image;
using kernels::image;
using kernels::image_pair;

namespace {

int field_rows(int rows, int field) { return field < 0 ? rows : (rows + 1 - field) / 2; }

image field_of(image im, int field) {
  if (field < 0) return im;
  im.height = field_rows(im.height, field);
  im.data = static_cast<std::byte*>(im.data) + field * im.pitch;
  im.pitch *= 2;
  return im;
}

image_pair field_of(const image_pair& pair, int field) {
  return {field_of(pair.src, field), field_of(pair.dst, field)};
}

/// Makes what `plan` describes, unless it is there already.
template <class List, class Make>
auto* find_or_make(List& list, const plane_plan& plan, Make&& make) {
  for (auto& [known, made] : list)
    if (same_tables(known, plan)) return made.get();
  list.emplace_back(plan, make());
  return list.back().second.get();
}

void require(const call_site& site, bool holds, const char* argument, const char* problem) {
  if (!holds) reject(site, argument, problem);
}

}  // namespace

void check_format(const call_site& site, const frame_format& f, size dst) {
  auto check_size = [&](const char* name, size s) {
    if (s.width < 1 || s.height < 1)
      reject(site, name, "is empty (" + std::to_string(s.width) + "x" + std::to_string(s.height) + ")");
  };
  check_size("src", {f.width, f.height});
  check_size("dst", dst);
  require(site, f.plane_count >= 1 && f.plane_count <= 4, "src.plane_count", "must be 1 to 4");
  require(site, f.chroma_shift_x >= 0 && f.chroma_shift_x <= 3, "src.chroma_shift_x", "must be 0 to 3");
  require(site, f.chroma_shift_y >= 0 && f.chroma_shift_y <= 3, "src.chroma_shift_y", "must be 0 to 3");
  require(site, f.bit_depth >= 8 && f.bit_depth <= 16, "src.bit_depth", "must be 8 to 16");
  require(site, !f.high_bits || f.bit_depth > 8, "src.high_bits", "needs a bit depth above 8");
  require(site, f.chroma_location >= chroma_location::unspecified && f.chroma_location <= chroma_location::bottom,
          "src.chroma_location", "is not a location");
  require(site, f.fields >= field_order::progressive && f.fields <= field_order::bottom_first, "src.fields",
          "is not a field order");
  for (int p = 0; p < f.plane_count; ++p) {
    require(site, f.planes[p].channels >= 1 && f.planes[p].channels <= 4, "src.planes",
            "must have 1 to 4 channels each");
    if (f.fields == field_order::progressive) continue;
    frame_format to = f;
    to.height = dst.height;
    require(site, f.plane_size(p).height >= 2, "src.height", "is too small for two fields");
    require(site, to.plane_size(p).height >= 2, "dst.height", "is too small for two fields");
  }
  if (f.alpha == alpha::none) return;
  const auto& last = f.planes[f.plane_count - 1];
  require(site, !f.high_bits, "src.alpha", "cannot be weighted in formats with the significant bits on top");
  require(site, f.plane_count > 1 ? last.channels == 1 && !last.subsampled : last.channels == 2 || last.channels == 4,
          "src.alpha", "must be the last of 2 or 4 channels, or a last plane of full size");
}

frame_resizer::frame_resizer(const call_site& site, const frame_format& src, size dst, const resize_options& options,
                             backends on)
    : src_(src), dst_(src), options_(options), on_(on), function_(site.function) {
  if (options_.alpha == alpha::straight) src_.alpha = dst_.alpha = alpha::straight;
  check_format(site, src_, dst);
  dst_.width = dst.width;
  dst_.height = dst.height;
  if (!src_.floating) depth_ = {src_.bit_depth, src_.high_bits ? 16 - src_.bit_depth : 0};
  // Color beside an alpha plane is weighted here, packed pixels by plane_resize; the nearest pixel is just copied.
  options_.alpha = src_.plane_count == 1 ? src_.alpha : alpha::none;
  const bool beside = src_.alpha == alpha::straight && src_.plane_count > 1 && options_.filter != filter::nearest;
  const bool interlaced = src_.fields != field_order::progressive;
  for (int field = interlaced ? 0 : -1; field < (interlaced ? 2 : 0); ++field)
    for (int plane = 0; plane < src_.plane_count - (beside ? 1 : 0); ++plane) add_part(plane, field, beside);
}

frame_resizer::axes frame_resizer::axes_of(int plane, int field) const {
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
  const default_float_environment scope;
  const auto [x, grid_x] = one(true);
  const auto [y, grid_y] = one(false);
  return {x, y, grid_x, grid_y};
}

void frame_resizer::add_part(int plane, int field, bool beside_alpha) {
  const auto on_axes = axes_of(plane, field);
  plane_plan p{.geometry = {{on_axes.x.src_size, on_axes.y.src_size},
                            {on_axes.x.dst_size, on_axes.y.dst_size},
                            src_.planes[plane].channels,
                            src_.type()},
               .options = options_,
               .x = on_axes.x,
               .y = on_axes.y,
               .depth = depth_};
  check_geometry({function_}, p.geometry, options_);
  part made{.plane = plane, .field = field};
  if (!beside_alpha) {
    made.plain = find_or_make(plain_, p, [&] { return std::make_unique<resize_engine>(p, on_, function_); });
  } else {
    if (src_.planes[plane].subsampled) made.alpha = alpha_for(on_axes, p, field);
    ++p.geometry.channels;
    made.weighted =
        find_or_make(weighted_, p, [&] { return std::make_unique<premultiplied_resize>(p, on_, function_); });
  }
  parts_.push_back(made);
}

const frame_resizer::sampled_alpha* frame_resizer::alpha_for(const axes& on_axes, const plane_plan& color,
                                                             int field) {
  const size samples = color.geometry.src;
  // Rows of the alpha plane's own field, seen from the samples of this one.
  auto grid_y = on_axes.grid_y;
  if (field >= 0) grid_y = {grid_y.step / 2, (grid_y.offset - field) / 2};
  const size full{src_.width, field_rows(src_.height, field)};
  plane_plan p{.geometry = {full, samples, 1, src_.type()}, .options = {}, .depth = depth_};
  const default_float_environment scope;
  p.x = plan::sampling_axis(on_axes.grid_x, full.width, samples.width);
  p.y = plan::sampling_axis(grid_y, full.height, samples.height);
  return find_or_make(alpha_, p, [&] {
    auto made = std::make_unique<sampled_alpha>(sampled_alpha{
        resize_engine(p, on_, function_), samples, device_buffer(backend::cpu), device_buffer(backend::cuda)});
    const auto bytes = std::size_t(samples.width) * samples.height * element_size(src_.type());
    if (on_.cpu) made->cpu.reserve(bytes, function_);
    if (on_.cuda) made->cuda.reserve(bytes, function_);
    return made;
  });
}

void frame_resizer::run(const plane_pairs& planes, const run_context& context) const {
  std::array<image_pair, 4> together;
  for (std::size_t i = 0; i < parts_.size();) {
    const auto& first = parts_[i];
    if (first.weighted != nullptr) {
      run_weighted(first, planes, context);
      ++i;
      continue;
    }
    std::size_t n = 0;
    for (; i < parts_.size() && parts_[i].plain == first.plain && n < together.size(); ++i)
      together[n++] = field_of(planes[parts_[i].plane], parts_[i].field);
    first.plain->run({together.data(), n}, context);
  }
}

void frame_resizer::run_weighted(const part& p, const plane_pairs& planes, const run_context& context) const {
  const std::lock_guard lock(turn_);
  const auto color = field_of(planes[p.plane], p.field);
  auto alpha = field_of(planes[src_.plane_count - 1], p.field);
  if (p.alpha != nullptr) {
    const auto [width, height] = p.alpha->samples;
    const auto pitch = std::ptrdiff_t{width} * element_size(src_.type());
    void* data = (context.backend == backend::cuda ? p.alpha->cuda : p.alpha->cpu).data();
    const image samples{data, width, height, 1, pitch, 1, pitch * height, 1, pitch * height};
    const image_pair sampling{alpha.src, samples};
    p.alpha->resize.run({&sampling, 1}, context);
    alpha.src = samples;
  }
  auto operand = [&](const image& c, const image& a, bool with_alpha) {
    return alpha_image{.color = c.data,
                       .alpha = with_alpha ? a.data : nullptr,
                       .width = c.width,
                       .height = c.height,
                       .colors = c.channels,
                       .color_step = c.channels,
                       .alpha_step = 1,
                       .color_pitch = c.pitch,
                       .alpha_pitch = a.pitch,
                       .max_value = max_value_of(src_.type(), depth_)};
  };
  // The first plane has the size of the alpha plane, and brings it along.
  p.weighted->run(operand(color.src, alpha.src, true), operand(color.dst, alpha.dst, p.plane == 0), context);
}

}  // namespace fluxel::host
