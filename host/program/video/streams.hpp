// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// "stream 2 (subtitle, mov_text, eng)".
std::string describe_stream(const AVStream& stream);

/// What becomes of a stream that is not the resized one.
enum class fate : int {
  copied = 0,      ///< its packets go through, if the muxer takes it
  attachment = 1,  ///< a cover picture or an attached file, written in the header of Matroska
  remade = 2,      ///< the muxer makes it again from other data: chapters, time code
  refused = 3,     ///< the container cannot hold it
};
fate fate_of(const AVStream& stream, const AVFormatContext& from, const AVOutputFormat& container);

/// A new stream of `to` with the parameters, metadata and side data of `from`.
AVStream& copy_stream(const AVStream& from, AVFormatContext& to);

/// A new stream of `to` with the metadata of `from`, whose packets an encoder makes.
AVStream& converted_stream(const AVStream& from, const AVCodecContext& encoder, AVFormatContext& to);

/// A cover picture as Matroska attachment, or an attached file.
void attach(const AVStream& from, AVFormatContext& to);

/// Metadata without what is no longer true of re-encoded pictures or another container.
enum class describes : int { file = 0, copied_stream = 1, resized_stream = 2 };
void copy_metadata(const AVDictionary* from, AVDictionary** to, describes what);

/// Chapters of the part that starts at `start` and lasts `length` (0: to the end) microseconds, `stretch` times as
/// long.
void copy_chapters(const AVFormatContext& from, AVFormatContext& to, std::int64_t start, std::int64_t length,
                   int stretch);

}  // namespace fluxel::video
