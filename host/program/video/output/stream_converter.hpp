// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Turns the packets of a stream into those of another codec.
class stream_converter {
 public:
  virtual ~stream_converter() = default;

  /// Of what comes out: its codec parameters, and the clock of its packets.
  virtual const AVCodecContext& context() const = 0;

  /// @param packet  null ends the stream.
  virtual std::vector<packet_ptr> convert(const AVPacket* packet) = 0;

  /// "as libopus"
  std::string description() const { return std::string("as ") + context().codec->name; }
};

/// Sound in the usual codec of a container. Null when there is none, or FFmpeg cannot decode or encode it.
std::unique_ptr<stream_converter> make_sound_converter(const AVStream& from, const AVOutputFormat& container);

/// Subtitles of text (SubRip, WebVTT, MP4's timed text, ASS) as another kind of text. Null when it cannot be done.
std::unique_ptr<stream_converter> make_text_converter(const AVStream& from, AVCodecID to,
                                                      const AVOutputFormat& container);

}  // namespace fluxel::video
