// SPDX-License-Identifier: Apache-2.0
#include "host/flow/pyramid.hpp"

#include <new>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::status;

namespace {

/// Luma weights of BT.601 in 1/2^14; they sum to 2^14.
constexpr std::int32_t luma_red = 4899, luma_green = 9617, luma_blue = 1868;

kernels::intensity_scale make_intensity(const flow_geometry& geometry) {
  const value_range& range = geometry.range;
  const bool cut = range.high > range.low, floats = geometry.type == element_type::f32;
  return {.type = geometry.type,
          .red = luma_red,
          .green = luma_green,
          .blue = luma_blue,
          .scale = static_cast<float>(255.0 * 16 / (cut ? range.high - range.low : geometry.white)),
          .bit_depth = geometry.bit_depth,
          .low = cut && !floats ? static_cast<std::int32_t>(range.low) : 0,
          .high = cut && !floats ? static_cast<std::int32_t>(range.high) : 0,
          .low_value = cut && floats ? static_cast<float>(range.low) : 0.0f};
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
      reduce_(sizes_.size()),
      axis_memory_(b, memory) {
  sigmas_[0] = options.presmoothing;
  std::vector<kernels::resize_recipe> recipes;
  for (std::size_t l = first_reduced(); l < sizes_.size(); ++l)
    recipes.push_back(plan::gaussian_recipe(sizes_[l == 0 ? 0 : l - 1], sizes_[l], sigmas_[l]));
  upload_axes(recipes, function);
  if (table_.flow.prepare_pyramid != nullptr) together_ = table_.flow.prepare_pyramid(recipes, memory.for_tables(b));
  if (together_ != nullptr) return;
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    auto& reduce = reduce_[sizes_.size() - recipes.size() + i];
    reduce = table_.resize.prepare(recipes[i], memory.for_tables(b));
    if (reduce == nullptr) throw std::bad_alloc();
  }
}

/// For normalise_level: first source pixels, then weights, of each axis of each reduction.
void pyramid_builder::upload_axes(std::span<const kernels::resize_recipe> recipes, const char* function) {
  std::vector<std::int32_t> numbers;
  std::vector<std::size_t> begins;
  auto append = [&](const kernels::filter_axis& axis) {
    begins.push_back(numbers.size());
    numbers.insert(numbers.end(), axis.first.begin(), axis.first.end());
    numbers.insert(numbers.end(), axis.integer.begin(), axis.integer.end());
  };
  for (const auto& r : recipes) {
    const auto& filters = std::get<kernels::filtered_recipe>(r.method);
    append(filters.x);
    append(filters.y);
  }
  if (numbers.empty()) return;
  const std::size_t bytes = numbers.size() * sizeof(std::int32_t);
  auto* const memory = static_cast<std::int32_t*>(axis_memory_.reserve(bytes, function));
  check(in_order([&] { return table_.memory.upload(memory, numbers.data(), bytes, nullptr); },
                 [&] { return table_.memory.synchronize(nullptr); }),
        function);
  auto placed = [&](const kernels::filter_axis& axis, std::size_t begin) {
    return kernels::known_axis{memory + begin, memory + begin + axis.first.size(), axis.taps};
  };
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    const auto& filters = std::get<kernels::filtered_recipe>(recipes[i].method);
    axes_.push_back({placed(filters.x, begins[2 * i]), placed(filters.y, begins[2 * i + 1])});
  }
}

frame_pyramid pyramid_builder::layout_pyramid(plane_layout& layout) const {
  frame_pyramid p;
  const std::size_t begin = layout.used();
  for (const size s : sizes_) p.grey.push_back(layout.take<u16>(s));
  p.grey_bytes = layout.used() - begin;
  for (const size s : sizes_) p.mask.push_back(layout.take<u8>(s));
  p.own_mask = smooths() ? layout.take<u8>(sizes_[0]) : p.mask[0];
  p.bytes = layout.used() - begin;
  return p;
}

void pyramid_builder::layout_planes(plane_layout& layout) {
  opened_.clear();
  for (int i = 0; i < (together_ == nullptr ? 1 : 2); ++i) opened_.push_back(layout.take<u16>(sizes_[0]));
  fill_.layout_planes(layout, sizes_.back(), 1);
}

pyramid_builder::grey_plane pyramid_builder::opened_plane(const pyramid_task& task, std::size_t place) const {
  return smooths() ? opened_[place] : task.to->grey[0];
}

/// Whether the reductions start from the frame itself.
bool pyramid_builder::reads_pixels(const pyramid_task& task) const {
  return together_ != nullptr && reads_range() && !task.to->masked && intensity_.type == element_type::u8 &&
         task.frame.channels == 1;
}

/// The whole range, or one that kernels::pyramid_frame can have.
bool pyramid_builder::reads_range() const {
  const std::int64_t range = std::int64_t{intensity_.high} - intensity_.low;
  return range == 0 || range >= 2;
}

status pyramid_builder::build(std::span<const pyramid_task> tasks, const kernels::launch_options& launch) const {
  for (const pyramid_task& t : tasks)
    t.to->masked = t.mask.data != nullptr || intensity_.type == element_type::f32;  // any float may be NaN
  if (together_ != nullptr) return reduce(tasks, launch);
  status result = status::ok;
  for (std::size_t i = 0; i < tasks.size() && result == status::ok; ++i) {
    const grey_plane opened = opened_plane(tasks[i], 0);
    result = in_order([&] { return open(tasks[i], opened, launch); },
                      [&] { return reduce_in_turn(tasks[i], opened, launch); },
                      [&] { return settle_masks(tasks[i], opened, launch); });
  }
  return result;
}

status pyramid_builder::advance(pyramid_task task, frame_pyramid& prev, const kernels::launch_options& launch) const {
  // Copied, not swapped: a captured graph reads the previous frame at a fixed address.
  frame_pyramid& next = *task.to;
  const bool with_masks = prev.masked = next.masked;
  next.masked = task.mask.data != nullptr || intensity_.type == element_type::f32;
  if (together_ != nullptr && !with_masks && (smooths() || reads_pixels(task))) {
    task.kept_at = prev.grey[0].data - next.grey[0].data;
    return build(task, launch);
  }
  return in_order(
      [&] {
        return table_.memory.copy(prev.grey[0].data, next.grey[0].data, with_masks ? next.bytes : next.grey_bytes,
                                  launch.stream);
      },
      [&] { return build(task, launch); });
}

status pyramid_builder::open(const pyramid_task& task, grey_plane to, const kernels::launch_options& launch) const {
  frame_pyramid& p = *task.to;
  const status done = table_.flow.intensity(task.frame, of_component(intensity_, task.component),
                                            task.mask.data == nullptr ? nullptr : &task.mask, to,
                                            p.masked ? p.own_mask : kernels::plane<u8>{}, launch);
  if (done == status::ok && p.masked && table_.flow.all_known != nullptr && table_.flow.all_known(p.own_mask))
    p.masked = false;
  return done;
}

status pyramid_builder::reduce_in_turn(const pyramid_task& task, grey_plane opened,
                                       const kernels::launch_options& launch) const {
  kernels::image from = image_of(opened);
  status result = status::ok;
  for (std::size_t l = first_reduced(); l < sizes_.size() && result == status::ok; ++l) {
    const kernels::image_pair pair{from, image_of(task.to->grey[l])};
    result = reduce_[l]->run({&pair, 1}, launch);
    from = pair.dst;
  }
  return result;
}

/// Of a frame whose levels have been reduced as if all its pixels were known.
status pyramid_builder::settle_masks(const pyramid_task& task, grey_plane opened,
                                     const kernels::launch_options& launch) const {
  const frame_pyramid& p = *task.to;
  if (!p.masked) return status::ok;
  kernels::known_level from{opened, p.own_mask};
  status result = status::ok;
  for (std::size_t l = first_reduced(); l < sizes_.size() && result == status::ok; ++l) {
    const kernels::known_level to{p.grey[l], p.mask[l]};
    result = table_.flow.normalise_level(from, to, axes_[l - first_reduced()], l + 1 == sizes_.size(), launch);
    from = to;
  }
  return result == status::ok ? fill_holes(p, launch) : result;
}

/// Coarse to fine.
status pyramid_builder::fill_holes(const frame_pyramid& p, const kernels::launch_options& launch) const {
  const auto& top = p.grey.back();
  const auto levels = fill_.of({top.width, top.height});
  const kernels::plane<std::int16_t> values{reinterpret_cast<std::int16_t*>(top.data),
                                            top.width,
                                            top.height,
                                            top.pitch,
                                            top.count,
                                            top.stride};  // grey is below 2^12
  status result = table_.flow.fill_unknown({values, {}}, p.mask.back(), levels.levels(), launch);
  for (std::size_t l = sizes_.size() - 1; l-- > 0 && result == status::ok;)
    result = table_.flow.fill_level_from({p.grey[l + 1], p.mask[l + 1]}, {p.grey[l], p.mask[l]}, launch);
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
    const grey_plane opened = opened_plane(tasks[i], i);
    frames[i] = {pixels ? tasks[i].frame : kernels::image{}, opened, tasks[i].to->grey};
    if (intensity_.high > intensity_.low) frames[i].black = intensity_.low, frames[i].white = intensity_.high;
    frames[i].kept_at = tasks[i].kept_at;
    if (!pixels) result = open(tasks[i], opened, launch);
  }
  if (result == status::ok) result = together_->run({frames, tasks.size()}, launch);
  for (std::size_t i = 0; i < tasks.size() && result == status::ok; ++i)
    result = settle_masks(tasks[i], opened_plane(tasks[i], i), launch);
  return result;
}

}  // namespace fluxel::host
