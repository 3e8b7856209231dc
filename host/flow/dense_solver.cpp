// SPDX-License-Identifier: Apache-2.0
#include "host/flow/dense_solver.hpp"

#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/plan/validity.hpp"

namespace fluxel::host {

using kernels::flow_frames;
using kernels::image;
using kernels::launch_options;
using kernels::status;

dense_solver::dense_solver(backend b, const dense_settings& settings, object_memory& memory)
    : table_(table_for(b, settings.function)),
      settings_(settings),
      builder_(b, settings.function, settings.geometry, settings.pyramid, memory),
      small_levels_(builder_.sizes()),
      search_(settings.search, builder_.sizes()),
      method_(settings.make_method(b)),
      weighted_median_(settings.weighted_median, settings.geometry),
      rule_(plan::make_validity_rule(settings.validity, settings.pyramid.presmoothing)),
      block_(b, memory) {
  reserve_planes(block_, settings.geometry.count, settings.function,
                 [this](plane_layout& layout) { layout_planes(layout); });
  check(method_->upload(table_), settings.function);
  coarse_from_ = first_coarse_level();
  coarse_.reserve(levels_.size());
}

void dense_solver::layout_planes(plane_layout& layout) {
  const auto& sizes = builder_.sizes();
  prev_ = builder_.layout_pyramid(layout);
  next_ = builder_.layout_pyramid(layout);
  builder_.layout_planes(layout);
  levels_.clear();
  for (const size s : sizes) levels_.push_back({layout.take_flow(s), layout.take_flow(s)});
  weighted_median_.layout_planes(layout, builder_);
  warped_ = {layout.take<std::int16_t>(sizes[0]), layout.take<u8>(sizes[0])};
  start_ = layout.take_flow(sizes[0]);
  if (settings_.validity.consistency > 0) back_ = layout.take_flow(sizes[0]);
  if (settings_.median.passes > 1) filtered_ = layout.take_flow(sizes[0]);
  smaller_ = layout.take<float>(sizes[0]);
  larger_ = layout.take<float>(sizes[0]);
  const std::size_t gains = sizeof(std::int64_t) * static_cast<std::size_t>(settings_.geometry.count);
  start_gain_ = static_cast<std::int64_t*>(layout.take_bytes(gains));
  small_levels_.layout_planes(layout, settings_.geometry.count);
  search_.layout_planes(layout);
  if (settings_.least_eigenvalue > 0) least_ = layout.take<float>(sizes[0]);
  const auto pairs = static_cast<std::size_t>(settings_.geometry.count);
  histograms_ = static_cast<kernels::pair_histograms*>(layout.take_bytes(pairs * sizeof(kernels::pair_histograms)));
  limits_ = static_cast<kernels::pair_limits*>(layout.take_bytes(pairs * sizeof(kernels::pair_limits)));
  method_->layout_planes(layout, sizes[0]);
}

flow_frames dense_solver::frames_at(const frame_pyramid& prev, const frame_pyramid& next, std::size_t l) const {
  flow_frames f{prev.grey[l], next.grey[l], {}, {}};
  if (prev.masked) f.prev_mask = prev.mask[l];
  if (next.masked) f.next_mask = next.mask[l];
  return f;
}

status dense_solver::solve(const frame_images& prev, const frame_images& next, const guess_images& guess,
                           const result_images& result, const launch_options& launch) {
  restart();
  const pyramid_task frames[] = {{prev.frame, prev.mask, &prev_}, {next.frame, next.mask, &next_}};
  return in_order(
      [&] { return builder_.build(frames, launch); },
      [&] { return weighted_median_.build(builder_, frames[0], weighted_median_filter::which::prev, launch); },
      [&] {
        if (back_.u.data == nullptr) return status::ok;
        return weighted_median_.build(builder_, frames[1], weighted_median_filter::which::next, launch);
      },
      [&] { return guess.u.data == nullptr ? status::ok : table_.flow.load_flow(guess.u, guess.v, start_, launch); },
      [&] { return solve_pyramids(guess.u.data == nullptr ? beginning::zero : beginning::start, result, launch); });
}

status dense_solver::advance(const frame_images& next, flow_start start, const result_images& result,
                             bool& has_result, const launch_options& launch) {
  has_result = std::exchange(has_previous_, false);  // unless all goes well
  const auto with = start == flow_start::previous_flow ? beginning::better_of_both : beginning::zero;
  const pyramid_task added{next.frame, next.mask, &next_};
  status done = status::ok;
  if (has_result)
    done = in_order([&] { return builder_.advance(added, prev_, launch); },
                    [&] { return weighted_median_.advance(builder_, added, launch); },
                    [&] {
                      return with == beginning::zero ? status::ok
                                                     : table_.flow.downscale_flow(levels_[0].flow, start_, launch);
                    },
                    [&] { return solve_pyramids(with, result, launch); });
  else  // Leaves a flow of 0, so that a captured second call enqueues what every later call needs.
    done =
        in_order([&] { return builder_.build(added, launch); },
                 [&] { return weighted_median_.build(builder_, added, weighted_median_filter::which::next, launch); },
                 [&] { return table_.flow.clear(levels_[0].flow, launch); });
  has_previous_ = done == status::ok;
  return done;
}

/// What the first level, or a method without levels, begins with: 0, start_, or whichever of them makes the frames of
/// that level more alike. On a finer level start_ would win against motion that only coarser ones can find.
status dense_solver::begin(beginning with, std::size_t level, const kernels::flow_planes& flow,
                           const launch_options& launch) {
  if (with == beginning::zero) return table_.flow.clear(flow, launch);
  const flow_frames frames = frames_at(prev_, next_, level);
  const auto warped = warped_at(level);
  return in_order(
      [&] { return method_->at_once() ? status::ok : table_.flow.downscale_flow(start_, flow, launch); },
      [&] { return with == beginning::start ? status::ok : table_.flow.warp(frames, flow, warped, launch); },
      [&] {
        return with == beginning::start ? status::ok
                                        : table_.flow.choose_start(frames, warped, start_gain_, flow, launch);
      });
}

status dense_solver::solve_pyramids(beginning with, const result_images& result, const launch_options& launch) {
  return in_order(
      [&] { return result.validity.data != nullptr && back_.u.data != nullptr ? solve_back(launch) : status::ok; },
      [&] {
        if (method_->at_once())
          return in_order([&] { return begin(with, 0, start_, launch); },
                          [&] { return solve_at_once(prev_, next_, start_, result.u, result.v, launch); });
        return in_order([&] { return solve_levels(prev_, next_, with, launch); },
                        [&] { return store(result, launch); });
      },
      [&] { return describe(result, launch); });
}

/// The backward flow, from the next frame to the previous one, to back_.
status dense_solver::solve_back(const launch_options& launch) {
  if (method_->at_once())
    return in_order([&] { return table_.flow.clear(back_, launch); },
                    [&] { return solve_at_once(next_, prev_, back_, image_of(smaller_), image_of(larger_), launch); },
                    [&] { return table_.flow.downscale_flow(levels_[0].flow, back_, launch); });
  return in_order([&] { return solve_levels(next_, prev_, beginning::zero, launch); },
                  [&] { return table_.flow.downscale_flow(levels_[0].flow, back_, launch); });
}

/// The result is also rounded into the finest level's flow.
status dense_solver::solve_at_once(const frame_pyramid& prev, const frame_pyramid& next,
                                   const kernels::flow_planes& start, const image& u, const image& v,
                                   const launch_options& launch) {
  return in_order([&] { return method_->solve(table_, frames_at(prev, next, 0), start, u, v, launch); },
                  [&] { return table_.flow.load_flow(u, v, levels_[0].flow, launch); });
}

status dense_solver::solve_levels(const frame_pyramid& prev, const frame_pyramid& next, beginning with,
                                  const launch_options& launch) {
  const bool at_once = coarse_from_ < levels_.size() && !prev.masked && !next.masked;
  status result = at_once ? solve_coarse_levels(prev, next, with, launch)
                          : begin(with, levels_.size() - 1, levels_.back().flow, launch);
  for (std::size_t l = at_once ? coarse_from_ : levels_.size(); l-- > 0 && result == status::ok;) {
    const level_task task{.frames = frames_at(prev, next, l),
                          .level = l,
                          .flow = levels_[l].flow,
                          .back = &prev == &next_,
                          .from_coarser = l + 1 != levels_.size()};
    result = in_order(
        [&] { return small_levels_.end_at(l) ? solve_without_small_levels(task, with, launch) : status::ok; },
        [&] { return solve_level(task, launch); },
        [&] {
          if (!small_levels_.end_at(l)) return status::ok;
          return small_levels_.choose(table_, task.frames, task.flow, warped_at(l), launch);
        },
        [&] { return search_level(task, launch); });
  }
  return result;
}

status dense_solver::solve_without_small_levels(const level_task& task, beginning with,
                                                const launch_options& launch) {
  level_task alone = task;
  alone.flow = small_levels_.flow_without();
  alone.from_coarser = false;
  return in_order([&] { return begin(with, task.level, alone.flow, launch); },
                  [&] { return solve_level(alone, launch); });
}

/// Offers matches, or the flow of the coarser level, beside what has been solved for.
status dense_solver::search_level(const level_task& task, const launch_options& launch) {
  const std::size_t level = task.level;
  if (search_.at(level)) return search_.run(table_, task.frames, task.flow, warped_at(level), launch);
  if (!search_.keeps(level)) return status::ok;
  return search_.keep(table_, task.frames, levels_[level + 1].flow, task.flow, launch);
}

kernels::warped_frame dense_solver::warped_at(std::size_t level) const {
  const size s = builder_.sizes()[level];
  return {cropped(warped_.grey, s), cropped(warped_.reason, s)};
}

/// The result is in the task's `flow`.
status dense_solver::solve_level(const level_task& task, const launch_options& launch) {
  status result = status::ok;
  for (int k = 0; k < settings_.warping.warps && result == status::ok; ++k)
    result = warp_once(task, k == 0, k + 1 == settings_.warping.warps, launch);
  return result;
}

status dense_solver::warp_once(const level_task& task, bool first, bool last, const launch_options& launch) {
  const std::size_t level = task.level;
  const auto& updated = levels_[level].updated;
  const auto coarse = first && task.from_coarser ? levels_[level + 1].flow : kernels::flow_planes{};
  const warp_step step{task.frames, first, coarse, warped_at(level), task.flow, updated, task.fine};
  return in_order([&] { return method_->step(table_, step, launch); },
                  [&] {
                    return weighted_median_.follows(level, last)
                               ? filter_weighted(task, launch)
                               : filter(updated, task.flow, settings_.median.passes, launch);
                  });
}

/// Of fine flow the finest level has one more warp, after which the level's flow becomes the result rounded to 1/64
/// px.
status dense_solver::store(const result_images& result, const launch_options& launch) {
  const auto& flow = levels_[0].flow;
  if (!settings_.fine) return table_.flow.store_flow(flow, result.u, result.v, launch);
  const level_task task{.frames = frames_at(prev_, next_, 0),
                        .level = 0,
                        .flow = flow,
                        .back = false,
                        .from_coarser = false,
                        .fine = true};
  return in_order([&] { return warp_once(task, false, true, launch); },
                  [&] { return table_.flow.store_fine_flow(flow, result.u, result.v, launch); },
                  [&] { return table_.flow.round_fine_flow(flow, flow, launch); });
}

/// A median, and then the weighted one, from the level's `updated` to the task's `flow`.
status dense_solver::filter_weighted(const level_task& task, const launch_options& launch) {
  const auto once = weighted_median_.input(builder_.sizes()[task.level]);
  const auto warped = warped_at(task.level);
  const auto& by = task.fine ? task.flow : once;
  return in_order(
      [&] { return filter(levels_[task.level].updated, once, 1, launch); },
      [&] { return task.fine ? table_.flow.round_fine_flow(once, by, launch) : status::ok; },
      [&] { return table_.flow.warp(task.frames, by, warped, launch); },
      [&] {
        return weighted_median_.run(table_, {task.frames.prev, by, warped, task.level, task.back}, task.flow, launch);
      });
}

/// Median filters from `from`, which keeps its values, to `to`.
status dense_solver::filter(const kernels::flow_planes& from, const kernels::flow_planes& to, int passes,
                            const launch_options& launch) {
  if (settings_.median.radius == 0) return table_.flow.downscale_flow(from, to, launch);
  const auto between = cropped(filtered_, {to.u.width, to.u.height});
  // Results alternate between the two planes, and the last one is `to`.
  const auto place = [&](int left) -> const kernels::flow_planes& { return left % 2 == 0 ? to : between; };
  const kernels::flow_planes* in = &from;
  int left = passes;
  status result = status::ok;
  if (left > 1 && table_.flow.median_twice != nullptr) {
    left -= 2;
    result = table_.flow.median_twice(from, place(left + 1), place(left), settings_.median.radius, launch);
    in = &place(left);
  }
  while (left > 0 && result == status::ok) {
    const auto& out = place(--left);
    result = table_.flow.median(*in, out, settings_.median.radius, launch);
    in = &out;
  }
  return result;
}

/// What is wanted besides the flow.
status dense_solver::describe(const result_images& result, const launch_options& launch) {
  const flow_frames frames = frames_at(prev_, next_, 0);
  const bool confidence = result.confidence.data != nullptr, validity = result.validity.data != nullptr;
  return in_order(
      [&] {
        if (!confidence) return status::ok;
        return in_order(
            [&] { return table_.flow.structure(frames.prev, settings_.structure_radius, smaller_, {}, launch); },
            [&] { return table_.flow.copy_out(smaller_, result.confidence, launch); });
      },
      [&] { return validity || result.cut_score.data != nullptr ? measure(frames, result, launch) : status::ok; },
      [&] { return validity ? assess(frames, result, launch) : status::ok; });
}

/// The limits of the pairs; leaves the next frame warped by the result.
status dense_solver::measure(const flow_frames& frames, const result_images& result, const launch_options& launch) {
  const kernels::pair_measurement m{.frames = frames,
                                    .warped = warped_,
                                    .rule = rule_,
                                    .for_pixels = result.validity.data != nullptr,
                                    .histograms = histograms_,
                                    .limits = limits_,
                                    .score = result.cut_score};
  return in_order([&] { return table_.flow.warp(frames, levels_[0].flow, warped_, launch); },
                  [&] { return table_.flow.measure_pair(m, launch); });
}

status dense_solver::assess(const flow_frames& frames, const result_images& result, const launch_options& launch) {
  const bool exact = method_->at_once();
  const kernels::flow_assessment a{
      .flow = levels_[0].flow,
      .exact_u = exact ? result.u : image{},
      .exact_v = exact ? result.v : image{},
      .prev = frames.prev,
      .warped = warped_,
      .prev_mask = prev_.masked ? kernels::plane<const u8>(prev_.own_mask) : kernels::plane<const u8>{},
      .smaller = smaller_,
      .larger = larger_,
      .least = least_,
      .least_eigenvalue = static_cast<float>(settings_.least_eigenvalue),
      .back = back_,
      .rule = rule_,
      .limits = limits_};
  return in_order(
      [&] { return table_.flow.structure(frames.prev, kernels::assess_radius, smaller_, larger_, launch); },
      [&] {
        if (least_.data == nullptr) return status::ok;
        return table_.flow.structure(frames.prev, settings_.structure_radius, least_, {}, launch);
      },
      [&] { return table_.flow.assess(a, result.validity, launch); });
}

}  // namespace fluxel::host
