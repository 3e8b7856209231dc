// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "host/program/video/frames/filter_graph.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// Makes whole pictures of interlaced ones (FFmpeg's bwdif); hands others through.
class deinterlacer {
 public:
  /// @param time_base  of the frames that come. Those of deinterlacing::fields leave with half of it.
  deinterlacer(deinterlacing how, AVRational time_base) : how_(how), time_base_(time_base) {}

  /// What is finished with this frame: a picture waits for the one after it. @param frame  null: the end.
  std::vector<frame_ptr> put(frame_ptr frame);

  /// Whether a frame was interlaced, or all were taken to be.
  bool found_any() const { return found_any_; }

 private:
  bool fits(const AVFrame& frame) const;
  void begin(const AVFrame& frame);
  void take(std::vector<frame_ptr>& out);

  deinterlacing how_;
  AVRational time_base_;
  std::optional<filter_graph> graph_;
  int width_ = 0, height_ = 0, format_ = AV_PIX_FMT_NONE;
  std::int64_t duration_ = 0;  // of the last frame that came
  bool found_any_ = false;
};

}  // namespace fluxel::video
