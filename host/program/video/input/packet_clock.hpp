// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Lets times go on where the clock of a file starts again or leaps, as it may in MPEG-TS and VOB: recordings that
/// were joined, advertisements that were inserted. Other containers keep their times.
class packet_clock {
 public:
  explicit packet_clock(const AVFormatContext& container);

  /// Moves the times of the packet that comes next in the file.
  void follow(AVPacket& packet);

 private:
  /// Microseconds.
  struct stream_clock {
    std::int64_t shift = 0;
    std::int64_t last = AV_NOPTS_VALUE;  // when its last packet was decoded
  };

  bool leaps(std::int64_t time, const stream_clock& stream) const;
  void update(stream_clock& stream, std::int64_t time, std::int64_t duration);

  const AVFormatContext& container_;
  bool may_leap_;
  std::vector<stream_clock> streams_;
  std::int64_t shift_ = 0;             // of the clock that came last
  std::int64_t end_ = AV_NOPTS_VALUE;  // of all packets so far
};

}  // namespace fluxel::video
