// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/palette.hpp"

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/filter_graph.hpp"

namespace fluxel::video {

frame_ptr with_palette(const AVFrame& in) {
  filter_graph graph("buffer", video_source(in, {1, 1}), "split[a][b];[a]palettegen[p];[b][p]paletteuse");
  graph.put(&in);
  graph.put(nullptr);
  frame_ptr out = graph.take();
  if (!out) throw failure(fault::internal, "FFmpeg's paletteuse gave no picture");
  av_frame_copy_props(out.get(), &in);
  out->color_range = AVCOL_RANGE_JPEG;
  out->colorspace = AVCOL_SPC_RGB;
  return out;
}

}  // namespace fluxel::video
