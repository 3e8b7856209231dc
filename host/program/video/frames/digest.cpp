// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/digest.hpp"

#include <array>
#include <new>

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/pixel_format.hpp"

extern "C" {
#include <libavutil/md5.h>
}

namespace fluxel::video {

frame_digest::frame_digest(const std::string& path) : path_(path), md5_(av_md5_alloc()) {
  if (md5_ == nullptr) throw std::bad_alloc();
  check(avio_open(&file_, path == "-" ? "pipe:1" : ("file:" + path).c_str(), AVIO_FLAG_WRITE));
}

frame_digest::~frame_digest() {
  avio_closep(&file_);
  av_free(md5_);
}

void frame_digest::check(int status) const {
  if (status < 0) throw failure(fault::output, "--frame-md5: cannot write " + path_ + ": " + status_text(status));
}

void frame_digest::write(const std::string& line) {
  avio_write(file_, reinterpret_cast<const unsigned char*>(line.data()), int(line.size()));
  check(file_->error);
}

void frame_digest::add(const AVFrame& frame, AVRational time_base) {
  const auto id = static_cast<AVPixelFormat>(frame.format);
  const frame_format format = describe(frame, field_order::progressive);
  if (count_ == 0)
    write("#fluxel frame-md5 1\n#size " + std::to_string(frame.width) + 'x' + std::to_string(frame.height) +
          "\n#pixel_format " + av_get_pix_fmt_name(id) + "\n#time_base " + std::to_string(time_base.num) + '/' +
          std::to_string(time_base.den) + '\n');
  av_md5_init(md5_);
  for (int p = 0; p < format.plane_count; ++p) {
    const size plane = format.plane_size(p);
    const std::size_t bytes = std::size_t(plane.width) * format.planes[p].channels * element_size(format.type());
    for (int y = 0; y < plane.height; ++y)
      av_md5_update(md5_, frame.data[p] + std::ptrdiff_t{y} * frame.linesize[p], bytes);
  }
  std::array<std::uint8_t, 16> sum{};
  av_md5_final(md5_, sum.data());
  std::string line = std::to_string(count_++) + ',' + std::to_string(frame.pts) + ',';
  for (const std::uint8_t byte : sum) {
    line += "0123456789abcdef"[byte >> 4];
    line += "0123456789abcdef"[byte & 15];
  }
  write(line + '\n');
}

void frame_digest::finish() {
  avio_flush(file_);
  check(file_->error);
  check(avio_closep(&file_));
}

}  // namespace fluxel::video
