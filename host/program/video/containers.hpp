// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

// What FFmpeg's tables do not say about containers, or say wrong.

/// The container that a name stands for. Streams without a known name are YUV4MPEG2.
/// @throws failure usage
const AVOutputFormat& container_for(const output_options& options);

bool has_name(const AVOutputFormat& container, const char* name);

/// "a file of the kind mp4", "a YUV4MPEG2 stream", "a picture file".
std::string describe_container(const AVOutputFormat& container);

/// One file per picture: the encoder's packets are the files.
bool writes_pictures(const AVOutputFormat& container);

/// Whether viewers take every pixel for a square, whatever the file says: pictures and animations.
bool shows_square_pixels(const AVOutputFormat& container);

/// Matroska proper, which has attachments; WebM has none.
bool is_matroska(const AVOutputFormat& container);

/// MP4, QuickTime and their kin.
bool is_mov_family(const AVOutputFormat& container);
bool is_mov_family(const AVInputFormat& container);

/// Frames follow each other at one rate: those have no time of their own, or (`has_no_times`) there is no clock at
/// all.
bool has_constant_rate(const AVOutputFormat& container);
bool has_no_times(const AVOutputFormat& container);

}  // namespace fluxel::video
