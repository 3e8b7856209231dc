// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/job.hpp"

struct AVMD5;

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
  explicit frame_digest(const std::string& path);
  frame_digest(const frame_digest&) = delete;
  frame_digest& operator=(const frame_digest&) = delete;
  ~frame_digest();

  void add(const AVFrame& frame, AVRational time_base);
  void finish();

 private:
  void write(const std::string& line);
  void check(int status) const;

  std::string path_;
  AVIOContext* file_ = nullptr;
  AVMD5* md5_ = nullptr;
  std::int64_t count_ = 0;
};

}  // namespace fluxel::video
