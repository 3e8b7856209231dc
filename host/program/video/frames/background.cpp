// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/background.hpp"

#include <cstddef>
#include <cstring>

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/frames.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/job.hpp"

extern "C" {
#include <libavutil/parseutils.h>
}

namespace fluxel::video {

bool is_color(const std::string& name) {
  std::uint8_t rgba[4];
  capture_messages();
  return !name.empty() && name != "random" && av_parse_color(rgba, name.c_str(), -1, nullptr) >= 0;
}

background::background(const std::string& color, AVColorSpace assumed_matrix) : assumed_matrix_(assumed_matrix) {
  if (av_parse_color(rgba_.data(), color.c_str(), -1, nullptr) < 0)
    throw failure(fault::usage, color + ": is not a color");
}

/// swscale turns a small picture of the color into one of the frame's format; every pixel of it is alike.
void background::find_samples(const AVFrame& frame) {
  constexpr int side = 16;
  frame_pool pool;
  frame_ptr color = pool.get(AV_PIX_FMT_RGBA, side, side);
  color->colorspace = AVCOL_SPC_RGB;
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      std::memcpy(color->data[0] + std::ptrdiff_t{y} * color->linesize[0] + x * rgba_.size(), rgba_.data(),
                  rgba_.size());
  pixel_target to{.format = static_cast<AVPixelFormat>(frame.format), .range = frame.color_range};
  const frame_format format = describe(frame, field_order::progressive);
  const bool grey = format.planes[0].channels < 3 && format.plane_count < 3;
  if (grey && to.range == AVCOL_RANGE_UNSPECIFIED) to.range = AVCOL_RANGE_JPEG;
  if (!is_rgb(to.format) && frame.colorspace != AVCOL_SPC_RGB) to.matrix = frame.colorspace;
  const frame_ptr converted = converter(assumed_matrix_)(*color, to);
  for (int p = 0; p < format.plane_count; ++p)
    std::memcpy(samples_[p].data(), converted->data[p],
                std::size_t(format.planes[p].channels) * element_size(format.type()));
  format_ = frame.format;
}

void background::paint(AVFrame& frame) {
  if (frame.format != format_) find_samples(frame);
  const frame_format format = describe(frame, field_order::progressive);
  for (int p = 0; p < format.plane_count; ++p) {
    const std::size_t bytes = std::size_t(format.planes[p].channels) * element_size(format.type());
    const size plane = format.plane_size(p);
    for (int x = 0; x < plane.width; ++x) std::memcpy(frame.data[p] + x * bytes, samples_[p].data(), bytes);
    for (int y = 1; y < plane.height; ++y)
      std::memcpy(frame.data[p] + std::ptrdiff_t{y} * frame.linesize[p], frame.data[p], plane.width * bytes);
  }
}

}  // namespace fluxel::video
