// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/segment/segment_transform.hpp"

#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/frames/copy_samples.hpp"
#include "host/program/video/frames/working_clock.hpp"

namespace fluxel::cli {

namespace {

using clock = video::working_clock;

double time_since(clock::time_point start) { return (clock::now() - start).count(); }

frame_format grey8(size picture) {
  frame_format f{.width = picture.width, .height = picture.height, .plane_count = 1};
  f.range = color_range::full;
  return f;
}

}  // namespace

video::picture_info segment_transform::plan(const video::picture_info& in) {
  require_whole_pictures(in.format);
  format_ = in.format;
  segmenter_.emplace(in.format, options_, where_);
  const size s{in.format.width, in.format.height};
  shown_ = {s, in.quarter_turns, in.mirrored};
  if (results_.overlay) {
    mask_ = {s.width, s.height};
    kept_.emplace(in.format);
    return in;
  }
  video::picture_info out = in;
  out.format = grey8(s);
  return out;
}

/// Masks are found where they are written.
image_view<u8> segment_transform::mask_in(const frame_view<void>& out) {
  if (results_.overlay) return mask_;
  return {static_cast<u8*>(out.data[0]), format_.width, format_.height, 1, out.pitch[0]};
}

bool segment_transform::process(const frame_view<const void>& in, const frame_view<void>& out) {
  require_same_size(size_of(in.format), size_of(format_), "segment");
  const auto start = clock::now();
  const bool has_result = segmenter_->advance(in, mask_in(out));
  segmenting_ += time_since(start);
  if (has_result) write(out);
  if (kept_) video::copy_samples(in, kept_->view());
  return has_result;
}

bool segment_transform::flush(const frame_view<void>& out) {
  if (!segmenter_->flush(mask_in(out))) return false;
  write(out);
  return true;
}

void segment_transform::write(const frame_view<void>& out) {
  const auto start = clock::now();
  if (results_.boxes) results_.boxes->write(frame_, times_.front(), segmenter_->regions(), shown_);
  if (kept_) overlay_.draw(kept_->view(), mask_, out);
  times_.pop_front();
  ++frame_;
  writing_ += time_since(start);
}

void segment_transform::finish() {
  if (results_.boxes) results_.boxes->finish();
}

std::vector<video::step_time> segment_transform::times() const {
  return {{"motion", segmenting_}, {results_.overlay ? "draw" : "list", writing_}};
}

std::string segment_transform::processor() const {
  return segmenter_ ? describe_processor(segmenter_->backend(), where_.device) : "";
}

}  // namespace fluxel::cli
