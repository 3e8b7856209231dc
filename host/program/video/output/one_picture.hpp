// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// A frame whose memory is FFmpeg's own. @throws std::bad_alloc
frame_ptr blank_frame(AVPixelFormat format, int width, int height);

/// The bytes of a picture file with this frame.
/// @param format   for messages: "PNG".
/// @param options  of the encoder as FFmpeg writes them, "compression=zip16"; or empty.
/// @throws failure internal
std::vector<std::uint8_t> encode_picture(AVCodecID codec, const char* format, const frame_ptr& frame,
                                         const char* options = "");

}  // namespace fluxel::video
