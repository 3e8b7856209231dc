// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/filter_graph.hpp"

#include <new>

#include "host/program/video/failure.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace fluxel::video {

namespace {

struct free_ends {
  void operator()(AVFilterInOut* p) const { avfilter_inout_free(&p); }
};

void check(int status, const std::string& chain) {
  if (status == AVERROR(ENOMEM)) throw std::bad_alloc();
  if (status < 0) throw failure(fault::internal, "FFmpeg's filters " + chain + ": " + status_text(status));
}

AVFilterInOut* end_of(AVFilterContext* filter, const char* name) {
  AVFilterInOut* end = avfilter_inout_alloc();
  if (end == nullptr) throw std::bad_alloc();
  end->name = av_strdup(name);
  end->filter_ctx = filter;
  return end;
}

}  // namespace

filter_graph::filter_graph(const std::string& source, const std::string& arguments, const std::string& chain)
    : graph_(avfilter_graph_alloc()) {
  if (!graph_) throw std::bad_alloc();
  graph_->nb_threads = 1;
  const AVFilter* in = avfilter_get_by_name(source.c_str());
  const AVFilter* out = avfilter_get_by_name(source == "buffer" ? "buffersink" : "abuffersink");
  check(avfilter_graph_create_filter(&source_, in, "in", arguments.c_str(), nullptr, graph_.get()), chain);
  check(avfilter_graph_create_filter(&sink_, out, "out", nullptr, nullptr, graph_.get()), chain);
  AVFilterInOut* outputs = end_of(source_, "in");
  AVFilterInOut* inputs = end_of(sink_, "out");
  const int parsed = avfilter_graph_parse_ptr(graph_.get(), chain.c_str(), &inputs, &outputs, nullptr);
  const std::unique_ptr<AVFilterInOut, free_ends> unused_outputs(outputs), unused_inputs(inputs);
  check(parsed, chain);
  check(avfilter_graph_config(graph_.get(), nullptr), chain);
}

void filter_graph::put(const AVFrame* frame) {
  check(av_buffersrc_add_frame_flags(source_, const_cast<AVFrame*>(frame), AV_BUFFERSRC_FLAG_KEEP_REF), "input");
}

frame_ptr filter_graph::take() {
  frame_ptr frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  const int status = av_buffersink_get_frame(sink_, frame.get());
  if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return nullptr;
  check(status, "output");
  return frame;
}

std::string video_source(const AVFrame& frame, AVRational time_base) {
  const AVRational shape = frame.sample_aspect_ratio;
  return "video_size=" + std::to_string(frame.width) + 'x' + std::to_string(frame.height) +
         ":pix_fmt=" + std::to_string(frame.format) + ":time_base=" + std::to_string(time_base.num) + '/' +
         std::to_string(time_base.den) + ":pixel_aspect=" + std::to_string(shape.num) + '/' +
         std::to_string(std::max(shape.den, 1));
}

}  // namespace fluxel::video
