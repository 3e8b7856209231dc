// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Finds out which streams a muxer takes by writing headers to nowhere: FFmpeg's tables are silent about many, and
/// some muxers refuse a stream only beside another one.
class muxer_trial {
 public:
  /// Adds a stream to a context.
  using adder = std::function<AVStream*(AVFormatContext&)>;

  explicit muxer_trial(const AVOutputFormat& container);

  /// Whether the muxer takes this stream beside those that it has taken. One that is taken stays.
  bool takes(const adder& add);

 private:
  bool header_succeeds() const;

  const AVOutputFormat& container_;  // for playlists, that of their segments
  std::vector<adder> taken_;
  bool known_ = true;  // the first stream, the pictures, was taken: what fails later is the other stream's fault
};

}  // namespace fluxel::video
