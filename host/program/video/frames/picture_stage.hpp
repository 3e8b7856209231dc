// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "host/program/video/frames/background.hpp"
#include "host/program/video/frames/frames.hpp"
#include "host/program/video/frames/side_data.hpp"
#include "host/program/video/input/picture_source.hpp"
#include "host/program/video/input/reader.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// The middle of the pipeline: brings decoded pictures into a form that can be interpolated, and transforms them.
class picture_stage {
 public:
  picture_stage(const reader& input, const AVOutputFormat& container, frame_transform& transform, monitor& monitor);

  /// The transformed picture, or null when the transform has none to write yet.
  frame_ptr operator()(frame_ptr in);

  /// Of a transform that makes pictures at times of its own: a picture comes (null: none follows), and the next
  /// result, or null when another picture has to come first.
  void put(frame_ptr in);
  frame_ptr take();

  picture_stage(const picture_stage&) = delete;
  picture_stage& operator=(const picture_stage&) = delete;
  ~picture_stage();

  /// After the last picture: the next of the results that are still due, or null.
  frame_ptr flush();

  /// Of the pictures that come out; valid after the first call.
  const picture_source& source() const { return source_; }
  keep_matrix matrix() const { return turned_ ? keep_matrix::no : keep_matrix::yes; }
  size shown_input() const { return shown_input_; }
  size shown_output() const { return shown_output_; }
  size stored_input() const { return stored_input_; }
  size stored_output() const { return {planned_->format.width, planned_->format.height}; }

 private:
  frame_ptr normalise(frame_ptr frame);
  bool has_working_range(const AVFrame& frame);
  void plan(const AVFrame& first);
  void retime(frame_retimer& retimer);
  void use_ring(frame_ring& ring);
  frame_ptr finish_oldest();
  void keep_properties(const AVFrame& in);
  frame_ptr blank_result(const AVFrame& in);
  double seconds(const AVFrame& frame) const;
  void find_orientation(const AVFrame& first);
  ratio sample_aspect(const AVFrame& frame) const;
  void set_default_chroma(AVFrame& frame) const;

  const reader& input_;
  const AVOutputFormat& container_;
  frame_transform& transform_;
  monitor& monitor_;
  picture_source source_;
  std::optional<picture_info> planned_;
  AVPixelFormat out_format_ = AV_PIX_FMT_NONE;
  AVPixelFormat working_ = AV_PIX_FMT_NONE;  // what pictures are converted to before the transform
  std::optional<bool> limited_;              // the range that motion is measured in: the first picture's
  orientation orientation_;
  bool turned_ = false;  // the pixels are turned: the container cannot say it, or motion is wanted as shown
  size shown_input_, shown_output_, stored_input_;
  std::optional<background> background_;  // where the transform wants one
  std::optional<converter> convert_;
  /// A picture and its result on their way through the transform's ring.
  struct begun_picture {
    frame_ptr in, out;
  };

  frame_pool turned_pool_;
  frame_pool pool_;
  frame_ring* ring_ = nullptr;
  std::deque<begun_picture> begun_;
  std::deque<frame_ptr> due_;  // the properties alone of pictures whose results are queued
  frame_ptr previous_;         // its properties alone, for results that have its time, and for those between pictures
};

}  // namespace fluxel::video
