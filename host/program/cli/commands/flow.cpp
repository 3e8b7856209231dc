// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <utility>

#include "fluxel/flow_color.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/flow_method.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/result_files.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/flow_files/device_flow.hpp"
#include "host/program/flow_files/flow_color.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/checksum_list.hpp"

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
  std::optional<video::checksum_list> checksums;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

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
    video::plain(in, picture_);
    if (size{picture_.width, picture_.height} != size_)
      throw failure(fault::input, "the pictures change their size, which flow cannot follow");
    if (!solver_) {
      const auto start = std::chrono::steady_clock::now();
      begin();
      preparing_ = seconds_since(start);
    }
    flow_result result{.flow = flow_view()};
    if (!validity_.empty()) result.validity = {validity_.data(), flow_.width, flow_.height};
    const auto start = std::chrono::steady_clock::now();
    const bool solved = solver_->advance({.frame = frame_of(picture_), .start = start_}, result);
    if (solved && on_device_) on_device_->measure(lengths_);  // waits for the flow, whose time is then told
    solving_ += seconds_since(start);
    if (!solved) return false;
    if (first_ && std::exchange(pair_done_, true))
      throw failure(fault::input, arguments_.video.input +
                                      ": holds several pictures; for a video, name it alone: fluxel flow " +
                                      arguments_.video.input + " -o OUT");
    if (files_.validity) {
      const auto [path, name] = files_.validity->next();
      video::write_grey(validity_, flow_.width, flow_.height, path, name);
    }
    if (arguments_.mask_invalid) mask();
    if (files_.checksums) add_checksum();
    const auto solved_at = std::chrono::steady_clock::now();
    write(out);
    writing_ += seconds_since(solved_at);
    return true;
  }

  void finish() override {
    if (files_.checksums) files_.checksums->finish();
  }

  std::vector<video::step_time> times() const override {
    return {{"prepare", preparing_},
            {"solve", solving_},
            {files_.format == flow_format::color ? "draw" : "write", writing_}};
  }

  std::string processor() const override {
    return !solver_ ? "" : describe_processor(solver_->backend(), where_.device) + legend_;
  }

 private:
  /// Makes what lasts for all pictures. Two pictures may differ in color, not in depth: luma is then compared.
  void begin() {
    if (!first_) return make_solver();
    plain_picture& first = first_->picture;
    if (first.type != picture_.type || first.bit_depth != picture_.bit_depth)
      throw failure(fault::input, first_->name + " has " + std::to_string(first.bit_depth) + " bits per sample and " +
                                      arguments_.video.input + ' ' + std::to_string(picture_.bit_depth) +
                                      ": they have to have the same");
    if (first.channels < picture_.channels) first = video::as_color(first);
    if (picture_.channels < first.channels) picture_ = video::as_color(picture_);
    make_solver();
    solver_->advance({.frame = frame_of(first), .start = start_}, {.flow = flow_view()});
  }

  void make_solver() {
    solver_ = method_.make(video::geometry_of(picture_), where_);
    const bool drawn_alone =
        files_.format == flow_format::color && !files_.validity && !arguments_.mask_invalid && !files_.checksums;
    if (solver_->backend() == backend::cuda && drawn_alone) {
      on_device_.emplace(picture_, where_);
      return;
    }
    flow_ = flow_field(size_.width, size_.height);
    if (files_.validity || arguments_.mask_invalid) validity_.resize(flow_.pixels());
  }

  flow_image frame_of(const plain_picture& picture) {
    return on_device_ ? on_device_->upload(picture) : video::frame_of(picture);
  }
  image_view<f32> flow_view() { return on_device_ ? on_device_->flow() : flow_.view(); }

  void mask() {
    for (std::size_t i = 0; i < flow_.pixels(); ++i)
      if (validity_[i] != u8(flow_reason::valid)) flow_.uv[2 * i] = flow_.uv[2 * i + 1] = video::unknown_flow;
  }

  void add_checksum() {
    video::checksum_list& list = *files_.checksums;
    if (flows_ == 0) {
      list.describe("fluxel flow-md5 1");
      list.describe("size " + std::to_string(flow_.width) + 'x' + std::to_string(flow_.height));
      list.describe("content u, v as f32, pixel by pixel");
    }
    list.add(flow_.uv.data(), flow_.uv.size() * sizeof(float));
    list.end_frame(std::to_string(flows_++));
  }

  void write(const frame_view<void>& out) {
    if (files_.format == flow_format::color) return draw(out);
    const auto [path, name] = files_.flow->next();
    const auto write_as = files_.format == flow_format::flo   ? video::write_flo
                          : files_.format == flow_format::npy ? video::write_npy
                                                              : video::write_kitti;
    write_as(flow_, path, name);
  }

  void draw(const frame_view<void>& out) {
    // What is not kept on a device is in host memory, wherever it was solved.
    const placement on_cpu{.processor = run_on::cpu, .threads = where_.threads};
    if (!arguments_.max_flow && !on_device_) measure_flow_lengths(flow_.view(), {&lengths_, 1}, on_cpu);
    const double length = arguments_.max_flow ? *arguments_.max_flow
                          : first_            ? length_of_share(lengths_, 1)
                                              : running_length_.next(lengths_);
    char text[48];
    std::snprintf(text, sizeof text, ", full color at %.3g px", length);
    legend_ = text;
    constexpr double least = 1e-6, most = 1e9;  // px; when nothing moves, any length will do
    const double shown = std::clamp(length, least, most);
    const image_view<u8> colors{static_cast<u8*>(out.data[0]), size_.width, size_.height, 3,
                                std::ptrdiff_t(out.pitch[0])};
    on_device_ ? on_device_->draw(colors, shown) : draw_flow(flow_.view(), colors, {.full_length = shown}, on_cpu);
  }

  const flow_arguments& arguments_;
  const flow_method& method_;
  placement where_;
  std::optional<first_picture> first_;
  flow_files files_;
  flow_start start_;
  size size_;
  std::optional<dense_flow> solver_;
  plain_picture picture_;
  std::optional<video::device_flow> on_device_;  // where the flow stays, to be drawn alone
  flow_field flow_;                              // else
  std::vector<u8> validity_;
  flow_lengths lengths_;
  video::running_length running_length_;
  std::string legend_;
  double preparing_ = 0, solving_ = 0, writing_ = 0;  // seconds
  int flows_ = 0;
  bool pair_done_ = false;
};

flow_format format_of(const flow_arguments& a) {
  const bool flo = has_ending(a.video.output, ".flo"), npy = has_ending(a.video.output, ".npy");
  const flow_format format = !a.format.empty() ? read_flow_format(a.format)
                             : flo             ? flow_format::flo
                             : npy             ? flow_format::npy
                                               : flow_format::color;
  if (format == flow_format::kitti && a.video.output != "-" && !has_ending(a.video.output, ".png"))
    throw failure(fault::usage, "--format kitti writes PNG files: end the output's name in .png");
  if (format == flow_format::color && (flo || npy))
    throw failure(fault::usage, std::string("--format color writes pictures and videos: ") + (flo ? ".flo" : ".npy") +
                                    " holds none");
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
  if (!a.video.frame_md5.empty()) refuse_same_outputs("--frame-md5", a.video.frame_md5, a.video.output);
  output_options_of(a.video);
  for (const std::string& input : a.inputs) {
    refuse_same_files({input}, a.video.output);
    if (!a.validity.empty()) refuse_same_files({input}, a.validity);
    if (!a.video.frame_md5.empty()) refuse_same_files({input}, a.video.frame_md5);
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
  flow_files results{format_of(a), {}, {}, {}};
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
                         results.format == flow_format::flo   ? "flow%04d.flo"
                         : results.format == flow_format::npy ? "flow%04d.npy"
                                                              : "flow%04d.png");
  if (!a.validity.empty())
    results.validity.emplace(a.validity, files.add(a.validity, rule_of(a.video)), out.start_number,
                             "validity%04d.png");
  if (!a.video.frame_md5.empty()) results.checksums.emplace(files.add(a.video.frame_md5, rule_of(a.video)).path());
  flow_transform transform(a, method, where, std::move(first), std::move(results));
  run_job(a.video, out, transform, files);
  return 0;
}

}  // namespace fluxel::cli
