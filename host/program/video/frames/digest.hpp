// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/frames/checksum_list.hpp"

namespace fluxel::video {

/// Writes the checksum file of `--frame-md5`. First four lines of description:
///
///     #fluxel frame-md5 1
///     #size 640x360
///     #pixel_format yuv420p
///     #time_base 1/25
///
/// then a line "index,time,md5" per frame: the index from 0, the time in units of the time base, and the MD5 of the
/// pixels in lower-case hex: plane after plane, row after row from the top, nothing between rows. Those are the bytes
/// that `ffmpeg -f rawvideo` writes.
class frame_digest {
 public:
  /// @param path  "-" for standard output. @throws failure output
  explicit frame_digest(const std::string& path) : list_(path) {}

  void add(const AVFrame& frame, AVRational time_base);
  void finish() { list_.finish(); }

 private:
  checksum_list list_;
  std::int64_t count_ = 0;
};

}  // namespace fluxel::video
