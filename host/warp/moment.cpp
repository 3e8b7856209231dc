// SPDX-License-Identifier: Apache-2.0
#include "host/warp/moment.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/resize/frame_planes.hpp"
#include "host/warp/warp.hpp"

namespace fluxel::host {

namespace {

using kernels::status;

placement placed_on(backend b, placement where) {
  where.processor = b == backend::cuda ? run_on::cuda : run_on::cpu;
  return where;
}

template <class T>
image_view<T> view_of(const kernels::image& im, memory_kind memory) {
  return {static_cast<T*>(im.data), im.width, im.height, im.channels, im.pitch, 1, 0, 1, 0, memory};
}

/// f(view_of<T>) with the pixel type of a frame.
template <class F>
auto with_frame_type(element_type type, F&& f) {
  switch (type) {
    case element_type::u8:
      return f(u8{});
    case element_type::u16:
      return f(u16{});
    default:
      return f(f32{});
  }
}

flow_image frame_of(const kernels::image& im, element_type type, memory_kind memory) {
  return with_frame_type(type, [&]<class T>(T) { return flow_image(view_of<const T>(im, memory)); });
}

/// What moves far between two frames is searched for, and brightness counts more than where vectors are wanted: it is
/// what a wrong one shows.
horn_schunck_options flow_options_of(const interpolation_plan& plan) {
  horn_schunck_options o = horn_schunck_preset(plan.options.quality);
  o.search.radius = std::max(1, std::min(512, std::max(plan.flow.width, plan.flow.height) / 8));
  o.data_term.brightness = 1;
  o.median.radius = 2;  // what is small and moves far stays
  return o;
}

flow_steps::image_pyramid grey_frame(const interpolation_plan& plan, backend b, const placement& where) {
  return flow_steps::image_pyramid(plan.geometry, {.presmoothing = 0, .max_levels = 1}, placed_on(b, where));
}

size reduced_size(const frame_format& f, int longest) {
  const int side = std::max(f.width, f.height);
  if (side <= longest) return {f.width, f.height};
  const double scale = double(longest) / side;
  const auto scaled = [scale](int n) { return std::max(1, static_cast<int>(std::lround(n * scale))); };
  return {scaled(f.width), scaled(f.height)};
}

}  // namespace

interpolation_plan make_plan(const call_site& site, const frame_format& format, const interpolation_options& o) {
  check_formats(site, format, {format.width, format.height}, {});
  if (o.longest_side < 16 || o.longest_side > 524288)
    reject(site, "options.longest_side", "is " + std::to_string(o.longest_side) + "; must be 16 to 524288");
  if (!(o.cut_difference >= 0 && o.cut_difference <= 255))
    reject(site, "options.cut_difference", "is " + std::to_string(o.cut_difference) + "; must be 0 to 255");
  interpolation_plan plan{format, o, reduced_size(format, o.longest_side), {}};
  plan.geometry = {.width = plan.flow.width,
                   .height = plan.flow.height,
                   .channels = format.planes[0].channels,
                   .type = format.type(),
                   .bit_depth = format.high_bits ? 16 : std::max(8, format.bit_depth)};
  return plan;
}

frame_interpolation::frame_interpolation(const interpolation_plan& plan, backend b, const placement& where,
                                         object_memory& memory)
    : plan_(plan),
      memory_(b == backend::cuda ? memory_kind::device : memory_kind::host),
      block_(b, memory),
      mean_({plan.flow, {1, 1}, 1, element_type::u8}, {.filter = filter::area}, placed_on(b, where)),
      flow_(horn_schunck(plan.geometry, flow_options_of(plan), placed_on(b, where))),
      grey_{grey_frame(plan, b, where), grey_frame(plan, b, where), grey_frame(plan, b, where)} {
  const frame_format& f = plan.format;
  if (size{f.width, f.height} != plan.flow)
    reduce_.emplace(resize_geometry{{f.width, f.height}, plan.flow, plan.geometry.channels, plan.geometry.type},
                    resize_options{.filter = filter::area}, placed_on(b, where));
  lay_out(nullptr);
  lay_out(static_cast<std::byte*>(block_.reserve(used_, "interpolator")));
}

/// The next rows of the block, which start at whole cache lines.
kernels::image frame_interpolation::take(std::byte* block, size s, int channels, element_type type) {
  constexpr std::ptrdiff_t line = 64;
  const std::ptrdiff_t row = std::ptrdiff_t{s.width} * channels * element_size(type);
  const std::ptrdiff_t pitch = (row + line - 1) / line * line;
  kernels::image im{.data = block == nullptr ? nullptr : block + used_,
                    .width = s.width,
                    .height = s.height,
                    .channels = channels,
                    .pitch = pitch,
                    .plane_stride = pitch * s.height,
                    .stride = pitch * s.height};
  used_ += static_cast<std::size_t>(pitch * s.height);
  return im;
}

/// Twice: without a block it counts.
void frame_interpolation::lay_out(std::byte* block) {
  used_ = 0;
  const frame_format& f = plan_.format;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    for (int p = 0; p < f.plane_count; ++p)
      frames_[i][p] = take(block, f.plane_size(p), f.planes[p].channels, f.type());
    if (reduce_) reduced_[i] = take(block, plan_.flow, plan_.geometry.channels, f.type());
    for (int direction = 0; direction < 2; ++direction) {
      pairs_[i].flows[direction] = take(block, plan_.flow, 2, element_type::f32);
      pairs_[i].agreement[direction] = take(block, plan_.flow, 1, element_type::u8);
      pairs_[i].mean_agreement[direction] = take(block, {1, 1}, 1, element_type::u8);
      pairs_[i].cut_score[direction] = take(block, {1, 1}, 1, element_type::f32);
    }
  }
  for (int i = 0; i < 2; ++i) {
    const std::size_t pixels =
        static_cast<std::size_t>(plan_.flow.width) * static_cast<std::size_t>(plan_.flow.height);
    winners_[i] = reinterpret_cast<kernels::splat_winner*>(block == nullptr ? nullptr : block + used_);
    used_ += (pixels * sizeof(kernels::splat_winner) + 63) / 64 * 64;
  }
  const size cells{kernels::cells_of(plan_.flow.width), kernels::cells_of(plan_.flow.height)};
  cells_ = {take(block, cells, 4, element_type::f32), take(block, cells, 1, element_type::u8),
            take(block, cells, 1, element_type::u8)};
}

/// A resize to the same size.
status frame_interpolation::copy(const kernels::image& from, const kernels::image& to,
                                 const run_context& context) const {
  const kernels::image_pair pair{from, to};
  return context.table().resize.nearest({&pair, 1}, element_size(plan_.format.type()), coordinates::half_pixel,
                                        nearest_rounding::half_up, context.launch);
}

status frame_interpolation::advance(const frame_planes_here& next, int frames, double duration,
                                    const run_context& context) {
  const auto turn = [](auto& of_frames) { std::rotate(of_frames.begin(), of_frames.begin() + 1, of_frames.end()); };
  turn(frames_);
  turn(reduced_);
  turn(grey_);
  turn(pairs_);
  if (frames == 0)
    for (frame_pair& pair : pairs_) pair.known = false;
  pairs_[2].known = frames > 0;
  pairs_[2].duration = duration;
  for (int p = 0; p < plan_.format.plane_count; ++p)
    if (const status s = copy(next[p], frames_[2][p], context); s != status::ok) return s;
  if (reduce_)
    with_frame_type(plan_.format.type(), [&]<class T>(T) {
      reduce_->run(view_of<const T>(frames_[2][0], memory_), view_of<T>(reduced_[2], memory_),
                   stream_ref(context.launch.stream));
    });
  return measure_motion(context);
}

/// Of the last pair, if there is one.
status frame_interpolation::measure_motion(const run_context& context) {
  const stream_ref stream(context.launch.stream);
  const auto measured = [&](int i) {
    return frame_of(reduce_ ? reduced_[i] : frames_[i][0], plan_.format.type(), memory_);
  };
  grey_[2].run(measured(2), {}, stream);
  if (!pairs_[2].known) return status::ok;
  const frame_pair& pair = pairs_[2];
  for (int i = 0; i < 2; ++i)
    flow_.run({.prev = measured(1 + i), .next = measured(2 - i)},
              {.flow = view_of<f32>(pair.flows[i], memory_), .cut_score = view_of<f32>(pair.cut_score[i], memory_)},
              stream);
  return measure_agreement(context);
}

namespace {

kernels::image image_of_view(const image_view<const u16>& v) {
  const auto u = v.unpacked();
  return {.data = const_cast<u16*>(u.data),
          .width = u.width,
          .height = u.height,
          .pitch = u.pitch,
          .plane_stride = u.plane_stride,
          .stride = u.stride};
}

}  // namespace

status frame_interpolation::measure_agreement(const run_context& context) {
  const frame_pair& pair = pairs_[2];
  for (int i = 0; i < 2; ++i) {
    const status s =
        context.table().warp.agreement(image_of_view(grey_[1 + i].grey(0)), image_of_view(grey_[2 - i].grey(0)),
                                       flow_of(pair.flows[i]), pair.agreement[i], context.launch);
    if (s != status::ok) return s;
    mean_.run(view_of<const u8>(pair.agreement[i], memory_), view_of<u8>(pair.mean_agreement[i], memory_),
              stream_ref(context.launch.stream));
  }
  return status::ok;
}

kernels::pair_likeness frame_interpolation::likeness(const frame_pair& pair) const {
  if (plan_.options.cut_difference == 255) return {};
  return {static_cast<const u8*>(pair.mean_agreement[0].data), static_cast<const u8*>(pair.mean_agreement[1].data),
          static_cast<const float*>(pair.cut_score[0].data), static_cast<const float*>(pair.cut_score[1].data)};
}

/// What a pair tells about the paths in the one beside it.
kernels::pair_beside frame_interpolation::beside(std::size_t pair, std::size_t other) const {
  if (other >= pairs_.size() || !pairs_[other].known) return {};
  const frame_pair& p = pairs_[other];
  constexpr double most = 4;  // durations that differ by more tell nothing about each other
  const double ratio = pairs_[pair].duration / p.duration;
  if (!(ratio <= most && ratio >= 1 / most)) return {};
  return {.flow = flow_of(p.flows[other < pair ? 1 : 0]),
          .ratio = static_cast<int>(std::lround(256 * ratio)),
          .likeness = likeness(p)};
}

namespace {

kernels::cut_rule cut_rule_of(const interpolation_options& o) {
  const auto agreement = [](double difference) { return static_cast<int>(std::lround(2 * (255 - difference))); };
  return {.least_agreement = agreement(o.cut_difference),
          .least_agreement_by_score = agreement(o.cut_difference / 4)};
}

}  // namespace

status frame_interpolation::find_motion(std::size_t pair, int moment, const run_context& context) {
  const kernels::warp_functions& table = context.table().warp;
  const frame_pair& p = pairs_[pair];
  for (int i = 0; i < 2; ++i) {
    const auto share = static_cast<float>(i == 0 ? moment : 256 - moment);
    const kernels::splat_claims claims{flow_of(p.flows[i]), p.agreement[i], share, share, winners_[i]};
    if (const status s = table.claim(claims, context.launch); s != status::ok) return s;
  }
  return table.between({.prev = image_of_view(grey_[pair - 1].grey(0)),
                        .next = image_of_view(grey_[pair].grey(0)),
                        .forward = flow_of(p.flows[0]),
                        .back = flow_of(p.flows[1]),
                        .from_prev = winners_[0],
                        .from_next = winners_[1],
                        .moment = moment,
                        .likeness = likeness(p),
                        .cut = cut_rule_of(plan_.options),
                        .before = beside(pair, pair - 1),
                        .after = beside(pair, pair + 1),
                        .cells = cells_},
                       context.launch);
}

status frame_interpolation::show_plane(int p, std::size_t pair, const kernels::image& dst,
                                       const run_context& context) const {
  const frame_format& f = plan_.format;
  const float across = static_cast<float>(dst.width) / static_cast<float>(plan_.flow.width);
  const float down = static_cast<float>(dst.height) / static_cast<float>(plan_.flow.height);
  return context.table().warp.overlap({.prev = frames_[pair - 1][p],
                                       .next = frames_[pair][p],
                                       .cells = cells_,
                                       .flow_width = plan_.flow.width,
                                       .flow_height = plan_.flow.height,
                                       .per_pixel_x = 256 * across,
                                       .per_pixel_y = 256 * down,
                                       .dst = dst,
                                       .largest = f.high_bits ? 65535 : (1 << f.bit_depth) - 1,
                                       .low_zero_bits = f.high_bits ? 16 - f.bit_depth : 0},
                                      f.type(), context.launch);
}

status frame_interpolation::show(int moment, const frame_planes_here& dst, const run_context& context) {
  const std::size_t pair = moment < 0 ? 1 : 2;
  if (moment < 0) moment += 256;
  const bool whole = moment == 0 || moment == 256;
  if (!whole)
    if (const status s = find_motion(pair, moment, context); s != status::ok) return s;
  for (int p = 0; p < plan_.format.plane_count; ++p) {
    const status done = whole ? copy(frames_[moment == 0 ? pair - 1 : pair][p], dst[p], context)
                              : show_plane(p, pair, dst[p], context);
    if (done != status::ok) return done;
  }
  return status::ok;
}

std::size_t frame_interpolation::workspace_size() const {
  std::size_t sum = mean_.workspace_size() + flow_.workspace_size() + (reduce_ ? reduce_->workspace_size() : 0);
  for (const auto& grey : grey_) sum += grey.workspace_size();
  return sum;
}

}  // namespace fluxel::host
