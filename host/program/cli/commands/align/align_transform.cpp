// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/align/align_transform.hpp"

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/copy_samples.hpp"
#include "host/program/video/frames/working_clock.hpp"

namespace fluxel::cli {

namespace {

/// A part of a frame, as large as another.
void copy_part(const frame_view<void>& whole, const picture_part& part, const frame_view<void>& out) {
  video::copy_samples(sub_frame(whole, part.left, part.top, part.extent), out);
}

}  // namespace

video::picture_info align_transform::plan(const video::picture_info& in) {
  if (in.sample_aspect.num > 0) pixel_aspect_ = double(in.sample_aspect.num) / in.sample_aspect.den;
  video::picture_info out = in;
  if (!session_.has_reference()) return out;
  size extent = session_.extent();
  if (crops()) {
    part_ = session_.common_part(in.step);
    extent = part_->extent;
  }
  out.format.width = extent.width, out.format.height = extent.height;
  return out;
}

matrix3x3 align_transform::register_picture(const frame_view<const void>& in) {
  const video::working_stopwatch time(registering_);
  return session_.next(in, input_, frame_++, pixel_aspect_);
}

bool align_transform::process(const frame_view<const void>& in, const frame_view<void>& out) {
  if (single_ && frame_ > 0)
    throw video::failure(video::fault::input, input_ + ": holds several pictures; one is needed beside others");
  const matrix3x3 matrix = register_picture(in);
  const video::working_stopwatch time(warping_);
  switch (step_) {
    case align_step::measure:
      if (session_.settings().border == align_border::crop) session_.note_coverage(in, matrix);
      return true;
    case align_step::collect:
      session_.add_to_stack(in, matrix, input_);
      return true;
    case align_step::finish:
      session_.add_to_stack(in, matrix, input_);
      return false;
    default:
      break;
  }
  if (!part_) {
    session_.draw(in, matrix, input_, out);
    return true;
  }
  frame_format f = in.format;
  f.width = session_.extent().width, f.height = session_.extent().height;
  if (!whole_) whole_.emplace(f);
  session_.draw(in, matrix, input_, whole_->view());
  copy_part(whole_->view(), *part_, out);
  return true;
}

bool align_transform::flush(const frame_view<void>& out) {
  if (step_ != align_step::finish || stacked_) return false;
  stacked_ = true;
  const video::working_stopwatch time(warping_);
  if (!part_) {
    session_.draw_stack(out);
    return true;
  }
  frame_format f = out.format;
  f.width = session_.extent().width, f.height = session_.extent().height;
  owned_frame whole(f);
  session_.draw_stack(whole.view());
  copy_part(whole.view(), *part_, out);
  return true;
}

}  // namespace fluxel::cli
