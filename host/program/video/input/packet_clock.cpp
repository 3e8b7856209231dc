// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/packet_clock.hpp"

#include <algorithm>

namespace fluxel::video {

namespace {

// Microseconds. Damaged packets go back a little; the pictures of a slow camera may be seconds apart. FFmpeg's
// program has the same limits.
constexpr std::int64_t back = 100'000, ahead = 10'000'000;

std::int64_t microseconds(std::int64_t ticks, AVRational base) { return av_rescale_q(ticks, base, AV_TIME_BASE_Q); }

/// Captions and data come when they come, and tell nothing about the clock.
bool is_continuous(const AVStream& stream) {
  const AVMediaType type = stream.codecpar->codec_type;
  return type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
}

}  // namespace

packet_clock::packet_clock(const AVFormatContext& container)
    : container_(container), may_leap_(container.iformat->flags & AVFMT_TS_DISCONT) {}

bool packet_clock::leaps(std::int64_t time, const stream_clock& stream) const {
  return (stream.last != AV_NOPTS_VALUE && time < stream.last - back) ||
         (end_ != AV_NOPTS_VALUE && time > end_ + ahead);
}

/// Around a leap, streams take turns: one may still be before it while another is behind it.
void packet_clock::update(stream_clock& stream, std::int64_t time, std::int64_t duration) {
  if (leaps(time + stream.shift, stream)) {
    if (leaps(time + shift_, stream)) shift_ = end_ - time;
    stream.shift = shift_;
  }
  stream.last = time + stream.shift;
  end_ = std::max(end_, stream.last + std::max<std::int64_t>(duration, 0));
}

void packet_clock::follow(AVPacket& packet) {
  if (!may_leap_) return;
  while (streams_.size() <= std::size_t(packet.stream_index)) streams_.push_back({.shift = shift_});
  stream_clock& stream = streams_[packet.stream_index];
  const AVStream& described = *container_.streams[packet.stream_index];
  const AVRational base = described.time_base;
  if (!is_continuous(described))
    stream.shift = shift_;
  else if (packet.dts != AV_NOPTS_VALUE)
    update(stream, microseconds(packet.dts, base), microseconds(packet.duration, base));
  const std::int64_t shift = av_rescale_q(stream.shift, AV_TIME_BASE_Q, base);
  if (packet.pts != AV_NOPTS_VALUE) packet.pts += shift;
  if (packet.dts != AV_NOPTS_VALUE) packet.dts += shift;
}

}  // namespace fluxel::video
