// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/flow_transform.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "fluxel/flow_color.hpp"
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

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

flow_transform::flow_transform(const flow_arguments& a, const flow_method& method, const placement& where,
                               std::optional<named_picture> first, flow_files files)
    : arguments_(a),
      method_(method),
      where_(where),
      first_(std::move(first)),
      files_(std::move(files)),
      start_(read_flow_start(a.start_from)) {}

video::picture_info flow_transform::plan(const video::picture_info& in) {
  size_ = {in.format.width, in.format.height};
  if (first_ && size{first_->picture.width, first_->picture.height} != size_)
    throw failure(fault::input, first_->name + " is " + size_text(first_->picture.width, first_->picture.height) +
                                    " and " + arguments_.video.input + " is " + size_text(size_.width, size_.height) +
                                    ": they have to have the same size");
  video::picture_info out = in;
  out.format = rgb24(size_);
  return out;
}

bool flow_transform::process(const frame_view<const void>& in, const frame_view<void>& out) {
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

void flow_transform::finish() {
  if (files_.checksums) files_.checksums->finish();
}

std::vector<video::step_time> flow_transform::times() const {
  return {{"prepare", preparing_},
          {"solve", solving_},
          {files_.format == flow_format::color ? "draw" : "write", writing_}};
}

std::string flow_transform::processor() const {
  return !solver_ ? "" : describe_processor(solver_->backend(), where_.device) + legend_;
}

/// Makes what lasts for all pictures. Two pictures may differ in color, not in depth: luma is then compared.
void flow_transform::begin() {
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

void flow_transform::make_solver() {
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

flow_image flow_transform::frame_of(const plain_picture& picture) {
  return on_device_ ? on_device_->upload(picture) : video::frame_of(picture);
}

image_view<f32> flow_transform::flow_view() { return on_device_ ? on_device_->flow() : flow_.view(); }

void flow_transform::mask() {
  for (std::size_t i = 0; i < flow_.pixels(); ++i)
    if (validity_[i] != u8(flow_reason::valid)) flow_.uv[2 * i] = flow_.uv[2 * i + 1] = video::unknown_flow;
}

void flow_transform::add_checksum() {
  video::checksum_list& list = *files_.checksums;
  if (flows_ == 0) {
    list.describe("fluxel flow-md5 1");
    list.describe("size " + std::to_string(flow_.width) + 'x' + std::to_string(flow_.height));
    list.describe("content u, v as f32, pixel by pixel");
  }
  list.add(flow_.uv.data(), flow_.uv.size() * sizeof(float));
  list.end_frame(std::to_string(flows_++));
}

void flow_transform::write(const frame_view<void>& out) {
  if (files_.format == flow_format::color) return draw(out);
  const auto [path, name] = files_.flow->next();
  const auto write_as = files_.format == flow_format::flo   ? video::write_flo
                        : files_.format == flow_format::npy ? video::write_npy
                                                            : video::write_kitti;
  write_as(flow_, path, name);
}

void flow_transform::draw(const frame_view<void>& out) {
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

}  // namespace fluxel::cli
