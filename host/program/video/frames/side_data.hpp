// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Data of a stream as a whole: display matrix, mastering display and the like. Empty when absent.
std::span<const std::uint8_t> side_data(const AVStream& stream, AVPacketSideDataType type);
void set_side_data(AVStream& stream, AVPacketSideDataType type, std::span<const std::uint8_t> bytes);
void copy_all_side_data(const AVStream& from, AVStream& to);

/// How a player turns pictures before it shows them.
struct orientation {
  int quarter_turns = 0;  ///< clockwise, after mirroring
  bool mirrored = false;  ///< left and right
  bool upright() const { return quarter_turns == 0 && !mirrored; }
};

/// From the stream, or else from the frame (JPEG, H.264 SEI).
orientation orientation_of(const AVStream& stream, const AVFrame& frame);

/// Mastering display and light levels as options of the x264 and x265 encoders
/// ("master-display=G(...)...:max-cll=..."); empty when the stream and its first frame have none, or the encoder has
/// no such option.
std::string light_options(const AVStream& stream, const AVFrame& first, const std::string& encoder);

/// Whether there are any.
bool has_light_data(const AVStream& stream, const AVFrame& first);

/// What the first frame tells of the whole stream (display matrix, mastering display, light levels) and the
/// stream does not say yet, and what the input stream says of its pictures, onto the output stream.
enum class keep_matrix : int { no = 0, yes = 1 };
void carry_picture_side_data(const AVStream& from, const AVFrame& first, AVStream& to, keep_matrix matrix);

}  // namespace fluxel::video
