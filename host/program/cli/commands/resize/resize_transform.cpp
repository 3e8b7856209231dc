// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/resize/resize_transform.hpp"

#include <algorithm>
#include <cmath>

#include "fluxel/owned_frame.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

bool same_input(const frame_format& a, const frame_format& b) {
  return a.width == b.width && a.height == b.height && a.fields == b.fields && a.chroma_location == b.chroma_location;
}

/// The whole pixels that a part touches along one side, with whole chroma samples.
struct span {
  int first, length;
  span(double from, double length_exact, int step, int limit)
      : first(int(from) / step * step),
        length(std::min(limit, (int(std::ceil(from + length_exact)) + step - 1) / step * step) - first) {}
};

frame_view<const void> part_of(const frame_view<const void>& frame, int left, int top, size part) {
  if (part == size{frame.format.width, frame.format.height}) return frame;
  frame_view<void> same{frame.format, {}, frame.pitch, frame.memory};
  for (std::size_t p = 0; p < same.data.size(); ++p) same.data[p] = const_cast<void*>(frame.data[p]);
  return sub_frame(same, left, top, part);
}

}  // namespace

void resize_transform::use_linear_light(std::optional<transfer_function> transfer) {
  linear_light_ = true;
  transfer_ = transfer;
}

video::picture_info resize_transform::plan(const video::picture_info& in) {
  planned_for_ = in;
  layout_ = make_layout(in, request_);
  // Samples of floats are light already.
  if (linear_light_ && !in.format.floating) options_.linear_light = transfer_.value_or(in.transfer);
  if (options_.linear_light != transfer_function::none && in.format.matrix == color_matrix::other)
    throw video::failure(video::fault::input,
                         "--linear-light: needs pictures of RGB, or of YUV by BT.601, BT.709 or BT.2020");
  video::picture_info out = in;
  out.format.width = layout_.picture.width;
  out.format.height = layout_.picture.height;
  out.sample_aspect = layout_.sample_aspect;
  if (!runs_on_cuda(where_)) return out;
  ring_.emplace(where_.device, "resize",
                [this](const auto& from, const auto& to) { return job_on_device(from, to); });
  where_.processor = run_on::by_memory;  // frames are on the device when a resizer sees them
  where_.device = ring_->device();
  return out;
}

frame_view<void> resize_transform::without_bars(const frame_view<void>& out) const {
  if (!has_bars()) return out;
  if (bar_color_.empty()) fill_black(out);
  return sub_frame(out, layout_.left, layout_.top, layout_.resized);
}

bool resize_transform::process(const frame_view<const void>& in, const frame_view<void>& out) {
  const entry& e = entry_for(in.format);
  e.resize.run(part_of(in, e.left, e.top, e.part), without_bars(out));
  return true;
}

video::device_job resize_transform::job_on_device(const frame_view<const void>& in, const frame_view<void>& out) {
  const entry& e = entry_for(in.format);
  return {part_of(in, e.left, e.top, e.part), without_bars(out),
          [&e](const auto& from, const auto& to, stream_ref stream) { e.resize.run(from, to, stream); }};
}

std::vector<video::step_time> resize_transform::times() const {
  return ring_ ? ring_->times() : std::vector<video::step_time>{};
}

std::string resize_transform::background() const { return has_bars() ? bar_color_ : std::string(); }

std::string resize_transform::processor() const {
  if (ring_) return describe_processor(backend::cuda, where_.device);
  return entries_.empty() ? "" : describe_processor(entries_.back().resize.backend(), where_.device);
}

const resize_transform::entry& resize_transform::entry_for(const frame_format& in) {
  for (const entry& e : entries_)
    if (same_input(e.input, in)) return e;
  entries_.push_back(make_entry(in));
  return entries_.back();
}

resize_transform::entry resize_transform::make_entry(const frame_format& in) const {
  video::picture_info info = planned_for_;
  info.format = in;
  const layout l = make_layout(info, request_);
  const rect used = l.crop.value_or(rect{0, 0, double(in.width), double(in.height)});
  const int step_y = (1 << in.chroma_shift_y) * (in.fields == field_order::progressive ? 1 : 2);
  const span x(used.x, used.width, 1 << in.chroma_shift_x, in.width), y(used.y, used.height, step_y, in.height);
  frame_format format = in;
  format.width = x.length, format.height = y.length;
  resize_options options = options_;
  options.alpha = in.alpha;
  if (options.linear_light != transfer_function::none && format.matrix == color_matrix::unspecified)
    format.matrix = in.height >= 720 || in.width >= 1280 ? color_matrix::bt709 : color_matrix::bt601;
  const rect region{l.region.x - x.first, l.region.y - y.first, l.region.width, l.region.height};
  if (region != rect{0, 0, double(format.width), double(format.height)}) options.region = region;
  return {in, x.first, y.first, {x.length, y.length}, resizer(format, layout_.resized, options, where_)};
}

}  // namespace fluxel::cli
