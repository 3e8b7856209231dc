// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/deinterlacer.hpp"

#include <string>
#include <utility>

#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/output/pacing.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
}

namespace fluxel::video {

bool deinterlacer::fits(const AVFrame& frame) const {
  return graph_ && frame.width == width_ && frame.height == height_ && frame.format == format_;
}

void deinterlacer::begin(const AVFrame& frame) {
  const std::string mode = how_ == deinterlacing::fields ? "send_field" : "send_frame";
  const std::string which = how_ == deinterlacing::marked ? "interlaced" : "all";
  graph_.emplace("buffer", video_source(frame, time_base_), "bwdif=mode=" + mode + ":deint=" + which);
  width_ = frame.width, height_ = frame.height, format_ = frame.format;
}

void deinterlacer::take(std::vector<frame_ptr>& out) {
  // bwdif halves the time base in all its modes.
  const AVRational base{time_base_.num, how_ == deinterlacing::fields ? time_base_.den * 2 : time_base_.den};
  while (frame_ptr made = graph_->take()) {
    set_field_order(*made, field_order::progressive);
    made->pts = av_rescale_q(made->pts, av_buffersink_get_time_base(graph_->sink()), base);
    duration_of(*made) = duration_;  // a field lasts as many of its ticks, which are half as long
    out.push_back(std::move(made));
  }
}

std::vector<frame_ptr> deinterlacer::put(frame_ptr frame) {
  std::vector<frame_ptr> out;
  if (how_ == deinterlacing::none) {
    if (frame) out.push_back(std::move(frame));
    return out;
  }
  if (graph_ && (!frame || !fits(*frame))) {
    graph_->put(nullptr);
    take(out);
    graph_.reset();
  }
  if (!frame) return out;
  found_any_ |= how_ != deinterlacing::marked || field_order_of(*frame) != field_order::progressive;
  normalise_range(*frame);
  duration_ = duration_of(*frame);
  if (!graph_) begin(*frame);
  graph_->put(frame.get());
  take(out);
  return out;
}

}  // namespace fluxel::video
