// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <optional>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/flow_method.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/result_files.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/flow_files/flow_color.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;
using video::flow_field;
using video::plain_picture;

std::string size_text(int width, int height) { return std::to_string(width) + 'x' + std::to_string(height); }

/// The first of two pictures, and its name.
struct first_picture {
  std::string name;
  plain_picture picture;
};

/// Where the results of a flow go besides the video.
struct flow_files {
  flow_format format = flow_format::color;
  std::optional<result_files> flow;
  std::optional<result_files> validity;
};

/// Measures the flow from each picture to the next, and writes it as the user asked.
class flow_transform : public video::frame_transform {
 public:
  flow_transform(const flow_arguments& a, const flow_method& method, const placement& where,
                 std::optional<first_picture> first, flow_files files)
      : arguments_(a),
        method_(method),
        where_(where),
        first_(std::move(first)),
        files_(std::move(files)),
        start_(read_flow_start(a.start_from)) {}

  video::picture_use use() const override { return video::picture_use::motion; }
  video::result_time time() const override { return video::result_time::previous; }

  video::picture_info plan(const video::picture_info& in) override {
    size_ = {in.format.width, in.format.height};
    if (first_ && size{first_->picture.width, first_->picture.height} != size_)
      throw failure(fault::input, first_->name + " is " + size_text(first_->picture.width, first_->picture.height) +
                                      " and " + arguments_.video.input + " is " +
                                      size_text(size_.width, size_.height) + ": they have to have the same size");
    video::picture_info out = in;
    out.format = rgb24(size_);
    return out;
  }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    plain_picture picture = video::plain(in);
    if (size{picture.width, picture.height} != size_)
      throw failure(fault::input, "the pictures change their size, which flow cannot follow");
    if (!solver_) begin(picture);
    flow_field flow(size_.width, size_.height);
    std::vector<u8> validity(files_.validity || arguments_.mask_invalid ? flow.pixels() : 0);
    flow_result result{.flow = flow.view()};
    if (!validity.empty()) result.validity = {validity.data(), flow.width, flow.height};
    if (!solver_->advance({.frame = video::frame_of(picture), .start = start_}, result)) return false;
    if (first_ && std::exchange(pair_done_, true))
      throw failure(fault::input, arguments_.video.input +
                                      ": holds several pictures; for a video, name it alone: fluxel flow " +
                                      arguments_.video.input + " -o OUT");
    if (files_.validity) {
      const auto [path, name] = files_.validity->next();
      video::write_grey(validity, flow.width, flow.height, path, name);
    }
    if (arguments_.mask_invalid) mask(flow, validity);
    write(flow, out);
    return true;
  }

  std::string processor() const override {
    return !solver_ ? "" : describe_processor(solver_->backend(), where_.device) + legend_;
  }

 private:
  /// Two pictures may differ in color, not in depth: luma is then compared.
  void begin(plain_picture& picture) {
    if (!first_) {
      solver_ = method_.make(video::geometry_of(picture), where_);
      return;
    }
    plain_picture& first = first_->picture;
    if (first.type != picture.type || first.bit_depth != picture.bit_depth)
      throw failure(fault::input, first_->name + " has " + std::to_string(first.bit_depth) + " bits per sample and " +
                                      arguments_.video.input + ' ' + std::to_string(picture.bit_depth) +
                                      ": they have to have the same");
    if (first.channels < picture.channels) first = video::as_color(first);
    if (picture.channels < first.channels) picture = video::as_color(picture);
    solver_ = method_.make(video::geometry_of(picture), where_);
    flow_field unused(size_.width, size_.height);
    solver_->advance({.frame = video::frame_of(first), .start = start_}, {.flow = unused.view()});
  }

  static void mask(flow_field& flow, const std::vector<u8>& validity) {
    for (std::size_t i = 0; i < flow.pixels(); ++i)
      if (validity[i] != u8(flow_reason::valid)) flow.uv[2 * i] = flow.uv[2 * i + 1] = video::unknown_flow;
  }

  void write(const flow_field& flow, const frame_view<void>& out) {
    if (files_.format == flow_format::color) return draw(flow, out);
    const auto [path, name] = files_.flow->next();
    files_.format == flow_format::flo ? video::write_flo(flow, path, name) : video::write_kitti(flow, path, name);
  }

  void draw(const flow_field& flow, const frame_view<void>& out) {
    const double radius = arguments_.max_flow ? *arguments_.max_flow
                          : first_            ? video::length_of_share(flow, 1)
                                              : radius_.next(flow);
    char text[48];
    std::snprintf(text, sizeof text, ", full color at %.3g px", radius);
    legend_ = text;
    constexpr double least = 1e-6;  // px; when nothing moves, any length will do
    video::draw_flow(flow, std::max(radius, least), static_cast<std::uint8_t*>(out.data[0]), out.pitch[0]);
  }

  const flow_arguments& arguments_;
  const flow_method& method_;
  placement where_;
  std::optional<first_picture> first_;
  flow_files files_;
  flow_start start_;
  size size_;
  std::optional<dense_flow> solver_;
  video::running_radius radius_;
  std::string legend_;
  bool pair_done_ = false;
};

flow_format format_of(const flow_arguments& a) {
  const flow_format format = a.format.empty()
                                 ? (has_ending(a.video.output, ".flo") ? flow_format::flo : flow_format::color)
                                 : read_flow_format(a.format);
  if (format == flow_format::kitti && a.video.output != "-" && !has_ending(a.video.output, ".png"))
    throw failure(fault::usage, "--format kitti writes PNG files: end the output's name in .png");
  if (format == flow_format::color && has_ending(a.video.output, ".flo"))
    throw failure(fault::usage, "--format color writes pictures and videos: .flo holds none");
  return format;
}

/// Everything that can be known before a file is opened.
void check_arguments(const flow_arguments& a) {
  if (a.inputs.empty() || a.inputs.size() > 2)
    throw failure(fault::usage, "name two pictures or one video: fluxel flow A.png B.png -o OUT");
  if (a.max_flow && !(*a.max_flow > 0)) throw failure(fault::usage, "--max-flow: choose a length above 0, in pixels");
  if (a.video.output.empty())
    throw failure(fault::usage, "name an output: -o flow.flo, -o flow%04d.flo, -o flow.png or -o flow.mp4");
  read_flow_start(a.start_from);
  if (!a.validity.empty() && !has_ending(a.validity, ".png"))
    throw failure(fault::usage, "--validity writes PNG files: end its name in .png");
  if (!a.validity.empty()) refuse_same_outputs("--validity", a.validity, a.video.output);
  output_options_of(a.video);
  for (const std::string& input : a.inputs) {
    refuse_same_files({input}, a.video.output);
    if (!a.validity.empty()) refuse_same_files({input}, a.validity);
    video::check_input({.name = input, .start_number = a.video.start_number});
  }
}

}  // namespace

int flow(const flow_arguments& arguments) {
  flow_arguments a = arguments;
  const flow_method method(a);
  if (a.print_config) {
    std::cout << "method = " << a.method << "\nmode = " << a.mode << '\n' << method.describe() << std::flush;
    if (!std::cout) throw failure(fault::output, "cannot write to standard output");
    return 0;
  }
  if (!a.inputs.empty()) a.video.input = a.inputs.back();
  check_arguments(a);
  flow_files results{format_of(a), {}, {}};
  const placement where = placement_of(a.device);
  std::optional<first_picture> first;
  if (a.inputs.size() == 2) first = {a.inputs[0], video::read_picture(a.inputs[0])};

  output_files files;
  video::output_options out = output_options_of(a.video);
  const output_file& file = files.add(a.video.output, rule_of(a.video));
  out.path = file.path();
  out.kind = results.format == flow_format::color ? file.kind() : video::output_kind::nothing;
  if (results.format != flow_format::color)
    results.flow.emplace(a.video.output, file, out.start_number,
                         results.format == flow_format::flo ? "flow%04d.flo" : "flow%04d.png");
  if (!a.validity.empty())
    results.validity.emplace(a.validity, files.add(a.validity, rule_of(a.video)), out.start_number,
                             "validity%04d.png");
  flow_transform transform(a, method, where, std::move(first), std::move(results));
  run_job(a.video, out, transform, files);
  return 0;
}

}  // namespace fluxel::cli
