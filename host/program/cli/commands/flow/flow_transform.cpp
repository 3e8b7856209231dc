// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/flow/flow_transform.hpp"

#include <algorithm>
#include <utility>

#include "fluxel/flow_color.hpp"
#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/options/device_placement.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_mask.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/working_clock.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;
using video::flow_field;
using video::plain_picture;

std::string size_text(int width, int height) { return std::to_string(width) + 'x' + std::to_string(height); }

using clock = video::working_clock;

double seconds_since(clock::time_point start) { return (clock::now() - start).count(); }

}  // namespace

flow_transform::flow_transform(const flow_arguments& a, const flow_method& method, const placement& where,
                               std::optional<named_picture> first, const std::optional<named_picture>& mask,
                               flow_files files)
    : arguments_(a),
      method_(method),
      where_(where),
      first_(std::move(first)),
      files_(std::move(files)),
      start_(read_flow_start(a.start_from)) {
  if (!mask) return;
  mask_ = video::mask_of(mask->picture);
  mask_name_ = "--mask " + mask->name;
  mask_size_ = {mask->picture.width, mask->picture.height};
}

void flow_transform::check_size(const std::string& name, const size& s) const {
  if (s != size_)
    throw failure(fault::input, name + " is " + size_text(s.width, s.height) + " and " + arguments_.video.input +
                                    " is " + size_text(size_.width, size_.height) +
                                    ": they have to have the same size");
}

video::picture_info flow_transform::plan(const video::picture_info& in) {
  size_ = {in.format.width, in.format.height};
  if (first_) check_size(first_->name, {first_->picture.width, first_->picture.height});
  if (!mask_.empty()) check_size(mask_name_, mask_size_);
  if (arguments_.compute_scale < 1) {
    reduced_.emplace(size_, arguments_.compute_scale, where_.threads);
    if (!mask_.empty()) mask_ = reduced_->reduce_mask(mask_);
  }
  video::picture_info out = in;
  out.format = rgb24(size_);
  return out;
}

std::optional<int> flow_transform::reads_device() const {
  return copies_pictures() ? std::nullopt : cuda_device_of(where_);
}

bool flow_transform::only_drawn() const {
  return files_.format == flow_format::color && !wants_validity() && !files_.checksums;
}

bool flow_transform::process(const frame_view<const void>& in, const frame_view<void>& out) {
  require_same_size({in.format.width, in.format.height}, size_, "flow");
  if (copies_pictures()) video::plain(in, picture_);
  if (!solver_) {
    const auto start = clock::now();
    begin(in);
    preparing_ = seconds_since(start);
  }
  const auto start = clock::now();
  const bool solved = solve(in);
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
  const auto solved_at = clock::now();
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
  return !solver_ ? "" : describe_processor(on_device_ ? backend::cuda : solver_->backend(), where_.device) + legend_;
}

/// Two pictures that were named are what the user wants.
std::optional<std::vector<std::int64_t>> flow_transform::cuts() const {
  return first_ ? std::nullopt : std::optional(cuts_);
}

/// Makes what lasts for all pictures. Two pictures may differ in color, not in depth: luma is then compared.
void flow_transform::begin(const frame_view<const void>& in) {
  const video::range_choice range = read_range(arguments_.range);
  if (!first_) return make_solver(reduced_ ? video::geometry_of(picture_, range) : video::geometry_of(in, range));
  plain_picture& first = first_->picture;
  if (first.type != picture_.type || first.bit_depth != picture_.bit_depth)
    throw failure(fault::input, first_->name + " has " + std::to_string(first.bit_depth) + " bits per sample and " +
                                    arguments_.video.input + ' ' + std::to_string(picture_.bit_depth) +
                                    ": they have to have the same");
  if (first.channels < picture_.channels) first = video::as_color(first);
  if (picture_.channels < first.channels) picture_ = video::as_color(picture_);
  make_solver(video::geometry_of(first, range));
  advance(measured(first));
}

/// @param full  the geometry of the pictures that come.
void flow_transform::make_solver(const flow_geometry& full) {
  flow_geometry geometry = full;
  if (reduced_) {
    geometry.width = reduced_->reduced().width;
    geometry.height = reduced_->reduced().height;
  }
  if (runs_on_cuda(where_) && !reduced_) {
    solver_ = method_.make(geometry, for_device_frames(where_));
    on_device_.emplace(geometry, where_);
    if (!mask_.empty()) on_device_->set_mask(mask_);
    drawn_there_ = only_drawn();
    if (drawn_there_) return;
  } else {
    solver_ = method_.make(geometry, where_);
  }
  flow_ = flow_field(size_.width, size_.height);
  if (wants_validity()) validity_.resize(flow_.pixels());
  if (!reduced_) return;
  small_flow_ = flow_field(geometry.width, geometry.height);
  if (wants_validity()) small_validity_.resize(small_flow_.pixels());
}

/// A copied picture as the solver takes it.
flow_image flow_transform::measured(const plain_picture& picture) {
  return video::frame_of(reduced_ ? reduced_->reduce(picture) : picture);
}

/// Gives the solver a picture. @returns whether it was not the first, so that there is a flow now.
bool flow_transform::advance(const flow_image& picture) {
  if (on_device_) {
    flow_result result{.flow = on_device_->flow(), .cut_score = on_device_->cut_score()};
    if (wants_validity()) result.validity = on_device_->validity();
    return solver_->advance({.frame = on_device_->on_device(picture), .mask = on_device_->mask(), .start = start_},
                            result);
  }
  flow_field& flow = reduced_ ? small_flow_ : flow_;
  std::vector<u8>& validity = reduced_ ? small_validity_ : validity_;
  flow_frame frame{.frame = picture, .start = start_};
  if (!mask_.empty()) frame.mask = {mask_.data(), flow.width, flow.height};
  flow_result result{.flow = flow.view(), .cut_score = {&cut_score_, 1, 1}};
  if (!validity.empty()) result.validity = {validity.data(), flow.width, flow.height};
  return solver_->advance(frame, result);
}

/// What is asked for of the flow on the device. Waits for it, so that its time is told.
void flow_transform::read_results() {
  if (drawn_there_)
    on_device_->measure(lengths_);
  else
    on_device_->read(flow_);
  if (wants_validity()) on_device_->read_validity(validity_);
  cut_score_ = on_device_->read_cut_score();
}

bool flow_transform::solve(const frame_view<const void>& in) {
  if (!advance(copies_pictures() ? measured(picture_) : video::frame_of(in))) return false;
  if (on_device_) read_results();
  note_cut();
  if (!reduced_) return true;
  reduced_->enlarge(small_flow_, flow_);
  if (!validity_.empty()) reduced_->enlarge_validity(small_validity_, validity_);
  return true;
}

/// The flow across a cut is of no use to begin the next one with.
void flow_transform::note_cut() {
  ++pairs_;
  const auto least = method_.cut_score();
  const bool cut = least && cut_score_ >= *least;
  start_ = cut ? flow_start::zero : read_flow_start(arguments_.start_from);
  if (cut) cuts_.push_back(pairs_);
}

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
                        : files_.format == flow_format::exr ? video::write_exr
                                                            : video::write_kitti;
  write_as(flow_, path, name);
}

void flow_transform::draw(const frame_view<void>& out) {
  // What is not kept on a device is in host memory, wherever it was solved.
  const placement on_cpu{.processor = run_on::cpu, .threads = where_.threads};
  if (!arguments_.max_flow && !drawn_there_) measure_flow_lengths(flow_.view(), {&lengths_, 1}, on_cpu);
  const double least_length = arguments_.min_flow_scale.value_or(flow_arguments::usual_min_flow_scale);
  const double length = arguments_.max_flow ? *arguments_.max_flow
                        : first_            ? std::max(least_length, length_of_share(lengths_, 1))
                                            : running_length_.next(lengths_, least_length);
  char text[48];
  std::snprintf(text, sizeof text, ", full color at %.3g px", length);
  legend_ = text;
  constexpr double least = 1e-6, most = 1e9;  // px; when nothing moves, any length will do
  const double shown = std::clamp(length, least, most);
  const image_view<u8> colors{static_cast<u8*>(out.data[0]), size_.width, size_.height, 3,
                              std::ptrdiff_t(out.pitch[0])};
  drawn_there_ ? on_device_->draw(colors, shown) : draw_flow(flow_.view(), colors, {.full_length = shown}, on_cpu);
}

}  // namespace fluxel::cli
