// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/digest.hpp"

#include "host/program/video/frames/pixel_format.hpp"

namespace fluxel::video {

void frame_digest::add(const AVFrame& frame, AVRational time_base) {
  const frame_format format = describe(frame, field_order::progressive);
  if (count_ == 0) {
    list_.describe("fluxel frame-md5 1");
    list_.describe("size " + std::to_string(frame.width) + 'x' + std::to_string(frame.height));
    list_.describe(std::string("pixel_format ") + av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format)));
    list_.describe("time_base " + std::to_string(time_base.num) + '/' + std::to_string(time_base.den));
  }
  for (int p = 0; p < format.plane_count; ++p) {
    const size plane = format.plane_size(p);
    const std::size_t bytes = std::size_t(plane.width) * format.planes[p].channels * element_size(format.type());
    for (int y = 0; y < plane.height; ++y) list_.add(frame.data[p] + std::ptrdiff_t{y} * frame.linesize[p], bytes);
  }
  list_.end_frame(std::to_string(count_++) + ',' + std::to_string(frame.pts));
}

}  // namespace fluxel::video
