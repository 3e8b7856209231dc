#include "host/flow/dense_solver.hpp"

#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::execution;
using kernels::flow_frames;
using kernels::image;
using kernels::status;

namespace {

const image* mask_or_none(const image& mask) { return mask.data == nullptr ? nullptr : &mask; }

}  // namespace

dense_solver::dense_solver(backend b, const dense_settings& settings, std::unique_ptr<flow_step> step)
    : row_(row_of(b, settings.function)),
      settings_(settings),
      builder_(b, settings.function, settings.geometry, settings.pyramid),
      step_(std::move(step)),
      block_(b) {
  plane_carver count(settings.geometry.count);
  carve(count);
  auto* block = static_cast<std::byte*>(block_.reserve(count.used(), settings.function));
  plane_carver place(settings.geometry.count, block);
  carve(place);
  check(step_->upload(row_), settings.function);
}

void dense_solver::carve(plane_carver& carver) {
  const auto& sizes = builder_.sizes();
  first_at_ = carver.used();
  first_ = builder_.carve_pyramid(carver);
  second_at_ = carver.used();
  pyramid_bytes_ = second_at_ - first_at_;
  second_ = builder_.carve_pyramid(carver);
  builder_.carve(carver);
  levels_.clear();
  for (const size s : sizes) levels_.push_back({carver.take_flow(s), carver.take_flow(s)});
  warped_ = {carver.take<std::int16_t>(sizes[0]), carver.take<u8>(sizes[0])};
  start_ = carver.take_flow(sizes[0]);
  before_ = carver.take_flow(sizes[0]);
  if (settings_.validity.consistency > 0) back_ = carver.take_flow(sizes[0]);
  if (settings_.median_passes > 1) filtered_ = carver.take_flow(sizes[0]);
  smaller_ = carver.take<float>(sizes[0]);
  larger_ = carver.take<float>(sizes[0]);
  step_->carve(carver, sizes[0]);
}

flow_frames dense_solver::frames_at(const frame_pyramid& first, const frame_pyramid& second, std::size_t l) const {
  flow_frames f{first.grey[l], second.grey[l], {}, {}};
  if (first.masked) f.first_mask = first.mask[l];
  if (second.masked) f.second_mask = second.mask[l];
  return f;
}

status dense_solver::build(const frame_images& from, frame_pyramid& to, const execution& how) {
  return builder_.build(from.frame, mask_or_none(from.mask), to, how);
}

status dense_solver::solve(const frame_images& prev, const frame_images& next, const guess_images& guess,
                           const result_images& result, const execution& how) {
  restart();
  return in_order([&] { return build(prev, first_, how); }, [&] { return build(next, second_, how); },
                  [&] {
                    return guess.u.data == nullptr ? row_.flow.clear(start_, how)
                                                   : row_.flow.quantise(guess.u, guess.v, start_, how);
                  },
                  [&] { return solve_pyramids(result, how); });
}

status dense_solver::keep_second(const execution& how) {
  // A copy and no exchange of places: a captured graph must find the frame before where it was.
  auto* block = static_cast<std::byte*>(block_.data());
  first_.masked = second_.masked;
  return row_.memory.copy(block + first_at_, block + second_at_, pyramid_bytes_, how.stream);
}

status dense_solver::advance(const frame_images& next, flow_start start, const result_images& result,
                             bool& has_result, const execution& how) {
  has_result = std::exchange(has_previous_, false);  // unless all goes well
  const bool warm = start == flow_start::previous_flow;
  status done = status::ok;
  if (has_result)
    done = in_order(
        [&] { return keep_second(how); }, [&] { return build(next, second_, how); },
        [&] { return warm ? row_.flow.reduce_flow(levels_[0].flow, start_, how) : row_.flow.clear(start_, how); },
        [&] { return solve_pyramids(result, how); });
  else  // Leaves a flow, too, of 0: so a call captured as the second enqueues what every later one needs.
    done = in_order([&] { return build(next, second_, how); }, [&] { return row_.flow.clear(levels_[0].flow, how); });
  has_previous_ = done == status::ok;
  return done;
}

status dense_solver::solve_pyramids(const result_images& result, const execution& how) {
  const bool assessed = result.validity.data != nullptr;
  return in_order([&] { return assessed && back_.u.data != nullptr ? solve_back(how) : status::ok; },
                  [&] {
                    if (step_->at_once())
                      return in_order(
                          [&] { return solve_at_once(first_, second_, start_, result.u, result.v, how); },
                          [&] { return row_.flow.reduce_flow(levels_[0].flow, before_, how); },
                          [&] { return row_.flow.reduce_flow(levels_[0].flow, levels_[0].improved, how); });
                    return in_order([&] { return row_.flow.reduce_flow(start_, levels_.back().flow, how); },
                                    [&] { return solve_levels(first_, second_, assessed, how); },
                                    [&] { return row_.flow.finish(levels_[0].flow, result.u, result.v, how); });
                  },
                  [&] { return assess(result, how); });
}

/// The flow from the second frame to the first, to back_.
status dense_solver::solve_back(const execution& how) {
  if (step_->at_once())
    return in_order([&] { return row_.flow.clear(back_, how); },
                    [&] { return solve_at_once(second_, first_, back_, image_of(smaller_), image_of(larger_), how); },
                    [&] { return row_.flow.reduce_flow(levels_[0].flow, back_, how); });
  return in_order([&] { return row_.flow.clear(levels_.back().flow, how); },
                  [&] { return solve_levels(second_, first_, false, how); },
                  [&] { return row_.flow.reduce_flow(levels_[0].flow, back_, how); });
}

/// The result is also rounded into the finest level's flow.
status dense_solver::solve_at_once(const frame_pyramid& first, const frame_pyramid& second,
                                   const kernels::flow_planes& start, const image& u, const image& v,
                                   const execution& how) {
  return in_order([&] { return step_->solve(row_, frames_at(first, second, 0), start, u, v, how); },
                  [&] { return row_.flow.quantise(u, v, levels_[0].flow, how); });
}

status dense_solver::solve_levels(const frame_pyramid& first, const frame_pyramid& second, bool watch,
                                  const execution& how) {
  status result = status::ok;
  for (std::size_t l = levels_.size(); l-- > 0 && result == status::ok;)
    result =
        in_order([&] { return solve_level(frames_at(first, second, l), l, watch && l == 0, how); },
                 [&] { return l == 0 ? status::ok : row_.flow.enlarge(levels_[l].flow, levels_[l - 1].flow, how); });
  return result;
}

/// The result is in the level's `flow`, before its median in `improved`; `watch` keeps the flow before the last step
/// in before_.
status dense_solver::solve_level(const flow_frames& frames, std::size_t level, bool watch, const execution& how) {
  const kernels::flow_planes &flow = levels_[level].flow, &improved = levels_[level].improved;
  const size s = builder_.sizes()[level];
  const kernels::warped_frame warped{cropped(warped_.grey, s), cropped(warped_.reason, s)};
  status result = step_->begin_level(row_, frames, how);
  for (int k = 0; k < settings_.warps && result == status::ok; ++k)
    result = in_order(
        [&] { return row_.flow.warp(frames, flow, warped, how); },
        [&] { return step_->improve(row_, frames, warped, flow, improved, how); },
        [&] { return watch && k + 1 == settings_.warps ? row_.flow.reduce_flow(flow, before_, how) : status::ok; },
        [&] { return filter(improved, flow, how); });
  return result;
}

/// The medians of `from`, which keeps its values.
status dense_solver::filter(const kernels::flow_planes& from, const kernels::flow_planes& to, const execution& how) {
  if (settings_.median_radius == 0) return row_.flow.reduce_flow(from, to, how);
  const auto between = cropped(filtered_, {to.u.width, to.u.height});
  status result = status::ok;
  for (int left = settings_.median_passes; left > 0 && result == status::ok; --left) {
    const auto& in = left == settings_.median_passes ? from : left % 2 == 0 ? to : between;
    result = row_.flow.median(in, left % 2 == 0 ? between : to, settings_.median_radius, how);
  }
  return result;
}

status dense_solver::assess(const result_images& result, const execution& how) {
  if (result.validity.data == nullptr && result.confidence.data == nullptr) return status::ok;
  const flow_frames frames = frames_at(first_, second_, 0);
  status done = row_.flow.structure(frames.first, settings_.structure_radius, smaller_, larger_, how);
  if (done == status::ok && result.confidence.data != nullptr)
    done = row_.flow.copy_out(smaller_, result.confidence, how);
  if (done != status::ok || result.validity.data == nullptr) return done;
  const auto& flow = levels_[0].flow;
  const kernels::flow_assessment a{
      .flow = flow,
      .warped_reason = warped_.reason,
      .masked = first_.masked || second_.masked,
      .smaller = smaller_,
      .larger = larger_,
      .before = before_,
      .relaxed = levels_[0].improved,
      .back = back_,
      .flat = static_cast<float>(settings_.validity.flat),
      .aperture = static_cast<float>(settings_.validity.aperture),
      .limit = settings_.limit,
      .largest_return_error = plan::squared_return_error(settings_.validity.consistency)};
  return in_order([&] { return row_.flow.warp(frames, flow, warped_, how); },
                  [&] { return row_.flow.assess(a, result.validity, how); });
}

}  // namespace fluxel::host
