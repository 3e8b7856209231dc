// SPDX-License-Identifier: Apache-2.0
#include "host/flow/pyramid.hpp"

#include <new>

#include "host/core/device.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::status;

namespace {

/// Luma weights of BT.601 in 1/2^14; they sum to 2^14.
constexpr std::int32_t luma_red = 4899, luma_green = 9617, luma_blue = 1868;

kernels::intensity_scale make_intensity(const flow_geometry& geometry) {
  return {.type = geometry.type,
          .red = luma_red,
          .green = luma_green,
          .blue = luma_blue,
          .scale = static_cast<float>(255.0 * 16 / geometry.white),
          .bit_depth = geometry.bit_depth};
}

/// A color is a luma that weighs it alone.
kernels::intensity_scale of_component(kernels::intensity_scale scale, frame_component component) {
  constexpr std::int32_t one = luma_red + luma_green + luma_blue;
  if (component == frame_component::luma) return scale;
  scale.red = component == frame_component::red ? one : 0;
  scale.green = component == frame_component::green ? one : 0;
  scale.blue = component == frame_component::blue ? one : 0;
  return scale;
}

}  // namespace

std::vector<size> pyramid_level_sizes(const flow_geometry& g, const flow_pyramid_options& o) {
  return plan::pyramid_sizes({g.width, g.height}, o.factor, o.coarsest_side, o.max_levels);
}

pyramid_builder::pyramid_builder(backend b, const char* function, const flow_geometry& geometry,
                                 const flow_pyramid_options& options, object_memory& memory)
    : table_(table_for(b, function)),
      intensity_(make_intensity(geometry)),
      sizes_(pyramid_level_sizes(geometry, options)),
      sigmas_(sizes_.size(), plan::pyramid_sigma(options.factor)),
      reduce_(sizes_.size()) {
  sigmas_[0] = options.presmoothing;
  std::vector<kernels::resize_recipe> recipes;
  for (std::size_t l = smooths() ? 0 : 1; l < sizes_.size(); ++l)
    recipes.push_back(plan::gaussian_recipe(sizes_[l == 0 ? 0 : l - 1], sizes_[l], sigmas_[l]));
  if (table_.flow.prepare_pyramid != nullptr) together_ = table_.flow.prepare_pyramid(recipes, memory.for_tables(b));
  if (together_ != nullptr) return;
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    auto& reduce = reduce_[sizes_.size() - recipes.size() + i];
    reduce = table_.resize.prepare(recipes[i], memory.for_tables(b));
    if (reduce == nullptr) throw std::bad_alloc();
  }
}

frame_pyramid pyramid_builder::layout_pyramid(plane_layout& layout) const {
  frame_pyramid p;
  const std::size_t begin = layout.used();
  for (const size s : sizes_) p.grey.push_back(layout.take<u16>(s));
  p.grey_bytes = layout.used() - begin;
  for (const size s : sizes_) p.mask.push_back(layout.take<u8>(s));
  return p;
}

void pyramid_builder::layout_planes(plane_layout& layout) {
  opened_.clear();
  for (int i = 0; i < (together_ == nullptr ? 1 : 2); ++i)
    opened_.push_back({layout.take<u16>(sizes_[0]), layout.take<u8>(sizes_[0])});
}

pyramid_builder::opened pyramid_builder::planes_of(const pyramid_task& task, std::size_t place) const {
  return smooths() ? opened_[place] : opened{task.to->grey[0], task.to->mask[0]};
}

/// Whether the reductions start from the frame itself.
bool pyramid_builder::reads_pixels(const pyramid_task& task) const {
  return together_ != nullptr && !task.to->masked && intensity_.type == element_type::u8 && task.frame.channels == 1;
}

status pyramid_builder::build(std::span<const pyramid_task> tasks, const kernels::launch_options& launch) const {
  for (const pyramid_task& t : tasks)
    t.to->masked = t.mask.data != nullptr || intensity_.type == element_type::f32;  // any float may be NaN
  if (together_ != nullptr) return reduce(tasks, launch);
  status result = status::ok;
  for (std::size_t i = 0; i < tasks.size() && result == status::ok; ++i) {
    const opened planes = planes_of(tasks[i], 0);
    result = in_order([&] { return open(tasks[i], planes, launch); },
                      [&] { return reduce_in_turn(tasks[i], planes, launch); },
                      [&] { return reduce_masks(tasks[i], planes, launch); });
  }
  return result;
}

status pyramid_builder::open(const pyramid_task& task, const opened& planes,
                             const kernels::launch_options& launch) const {
  return table_.flow.intensity(task.frame, of_component(intensity_, task.component),
                               task.mask.data == nullptr ? nullptr : &task.mask, planes.grey,
                               task.to->masked ? planes.mask : kernels::plane<u8>{}, launch);
}

status pyramid_builder::reduce_in_turn(const pyramid_task& task, const opened& planes,
                                       const kernels::launch_options& launch) const {
  kernels::image from = image_of(planes.grey);
  status result = status::ok;
  for (std::size_t l = smooths() ? 0 : 1; l < sizes_.size() && result == status::ok; ++l) {
    const kernels::image_pair pair{from, image_of(task.to->grey[l])};
    result = reduce_[l]->run({&pair, 1}, launch);
    from = pair.dst;
  }
  return result;
}

status pyramid_builder::reduce_masks(const pyramid_task& task, const opened& planes,
                                     const kernels::launch_options& launch) const {
  if (!task.to->masked) return status::ok;
  auto from = planes.mask;
  status result = status::ok;
  for (std::size_t l = smooths() ? 0 : 1; l < sizes_.size() && result == status::ok; ++l) {
    const auto& to = task.to->mask[l];
    result = table_.flow.reduce_mask(from, to, plan::gaussian_reach({from.width, from.height}, sizes_[l], sigmas_[l]),
                                     launch);
    from = to;
  }
  return result;
}

/// Both frames in the same launches, unless only one of them is read as it is.
status pyramid_builder::reduce(std::span<const pyramid_task> tasks, const kernels::launch_options& launch) const {
  if (tasks.size() == 2 && reads_pixels(tasks[0]) != reads_pixels(tasks[1]))
    return in_order([&] { return reduce_alike(tasks.first(1), launch); },
                    [&] { return reduce_alike(tasks.last(1), launch); });
  return reduce_alike(tasks, launch);
}

status pyramid_builder::reduce_alike(std::span<const pyramid_task> tasks,
                                     const kernels::launch_options& launch) const {
  const bool pixels = reads_pixels(tasks[0]);
  kernels::pyramid_frame frames[2];
  status result = status::ok;
  for (std::size_t i = 0; i < tasks.size() && result == status::ok; ++i) {
    const opened planes = planes_of(tasks[i], i);
    frames[i] = {pixels ? tasks[i].frame : kernels::image{}, planes.grey, tasks[i].to->grey};
    if (!pixels)
      result = in_order([&] { return open(tasks[i], planes, launch); },
                        [&] { return reduce_masks(tasks[i], planes, launch); });
  }
  return result == status::ok ? together_->run({frames, tasks.size()}, launch) : result;
}

}  // namespace fluxel::host
