// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <tuple>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "fluxel/resizer.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/geometry.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

bool same_input(const frame_format& a, const frame_format& b) {
  return a.width == b.width && a.height == b.height && a.fields == b.fields && a.chroma_location == b.chroma_location;
}

/// Resizes every frame. A resizer is kept for each size and field order that comes.
class resize_transform : public video::frame_transform {
 public:
  resize_transform(const size_request& request, const resize_options& options, const placement& where)
      : request_(request), options_(options), where_(where) {}

  /// Averages light. @param transfer  how samples stand for it; nothing: as the file says.
  void use_linear_light(std::optional<transfer_function> transfer) {
    linear_light_ = true;
    transfer_ = transfer;
  }

  video::picture_info plan(const video::picture_info& in) override {
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
    quarter_turns_ = in.quarter_turns;
    return out;
  }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    const bool bars = layout_.resized != layout_.picture;
    if (bars) fill_black(out);
    const frame_view<void> inner = bars ? sub_frame(out, layout_.left, layout_.top, layout_.resized) : out;
    resizer_for(in.format).run(in, inner);
    return true;
  }

  std::string processor() const override {
    return entries_.empty() ? "" : describe_processor(entries_.back().resize.backend(), where_.device);
  }

 private:
  struct entry {
    frame_format input;
    resizer resize;
  };

  const resizer& resizer_for(const frame_format& in) {
    for (const entry& e : entries_)
      if (same_input(e.input, in)) return e.resize;
    resize_options options = options_;
    options.alpha = in.alpha;
    frame_format format = in;
    if (options.linear_light != transfer_function::none && format.matrix == color_matrix::unspecified)
      format.matrix = in.height >= 720 || in.width >= 1280 ? color_matrix::bt709 : color_matrix::bt601;
    if (request_.fit == fit::cover) options.region = region_of(in);
    entries_.push_back({in, resizer(format, layout_.resized, options, where_)});
    return entries_.back().resize;
  }

  rect region_of(const frame_format& in) const {
    video::picture_info info{.format = in, .quarter_turns = quarter_turns_};
    return make_layout(info, request_).region.value();
  }

  bool linear_light_ = false;
  std::optional<transfer_function> transfer_;  ///< nothing: as the file says
  size_request request_;
  resize_options options_;
  placement where_;
  layout layout_;
  int quarter_turns_ = 0;
  std::vector<entry> entries_;
};

fit read_fit(const std::string& text) {
  if (text.empty() || text == "stretch") return fit::stretch;
  if (text == "contain") return fit::contain;
  if (text == "cover") return fit::cover;
  if (text == "pad") return fit::pad;
  throw video::failure(video::fault::usage, "--fit " + text + ": choose stretch, contain, cover or pad");
}

size_request request_of(const resize_arguments& a) {
  if (a.size.empty() == a.scale.empty())
    throw video::failure(video::fault::usage, "say how large: --size 1280x720, --size 1280x-2 or --scale 0.5");
  if (!a.scale.empty() && !a.fit.empty())
    throw video::failure(video::fault::usage, "--fit goes with --size, not with --scale");
  size_request request;
  request.fit = read_fit(a.fit);
  if (a.size.empty())
    request.scale = read_factor(a.scale);
  else
    request.displayed = read_size(a.size);
  return request;
}

resize_options options_of(const resize_arguments& a) {
  resize_options o;
  o.filter = read_filter(a.filter);
  o.coordinates = read_coordinates(a.coordinates);
  o.antialias = a.antialias && o.filter != filter::nearest ? antialias::yes : antialias::no;
  if (!a.cubic_bc.empty()) {
    if (o.filter != filter::mitchell)
      throw video::failure(video::fault::usage, "--cubic-bc goes with --filter mitchell");
    std::tie(o.cubic_b, o.cubic_c) = read_cubic_bc(a.cubic_bc);
  }
  if (!a.cubic_a) return o;
  if (o.filter != filter::bicubic) throw video::failure(video::fault::usage, "--cubic-a goes with --filter bicubic");
  if (!(*a.cubic_a >= -2 && *a.cubic_a <= 0))
    throw video::failure(video::fault::usage, "--cubic-a: choose a number from -2 to 0");
  o.cubic_a = *a.cubic_a;
  return o;
}

}  // namespace

int resize(const resize_arguments& a) {
  const size_request request = request_of(a);
  const resize_options options = options_of(a);
  if (request.fit == fit::cover && options.coordinates == coordinates::align_corners)
    throw video::failure(video::fault::usage, "--fit cover does not go with --coordinates align_corners");
  check_video(a.video);
  const device_choice device = read_device(a.device.device);
  resize_transform transform(request, options, {device.where, device.index, a.device.threads});
  if (!a.linear_light.empty()) transform.use_linear_light(read_transfer(a.linear_light));
  return run_video(a.video, transform);
}

}  // namespace fluxel::cli
