// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/ffmpeg.hpp"

extern "C" {
#include <libavfilter/avfilter.h>
}

namespace fluxel::video {

/// A chain of FFmpeg's filters with one input and one output.
class filter_graph {
 public:
  /// @param source  "buffer" or "abuffer". @param arguments  of the source. @param chain  as `ffmpeg -vf` takes it.
  /// @throws failure internal  FFmpeg cannot build it.
  filter_graph(const std::string& source, const std::string& arguments, const std::string& chain);

  void put(const AVFrame* frame);  ///< null ends the stream; the frame is not changed
  frame_ptr take();                ///< the next result, or null
  AVFilterContext* sink() const { return sink_; }

 private:
  std::unique_ptr<AVFilterGraph, free_by_address<avfilter_graph_free>> graph_;
  AVFilterContext* source_ = nullptr;
  AVFilterContext* sink_ = nullptr;
};

/// The arguments of a "buffer" for frames like this one.
std::string video_source(const AVFrame& frame, AVRational time_base);

}  // namespace fluxel::video
