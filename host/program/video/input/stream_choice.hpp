// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// A cover, or another picture that stands for the file.
bool is_attached_picture(const AVStream& stream);

/// Whether the user's name means this stream: "a:1" the second sound, "v" any video, "3" the stream of this number.
bool is_named(const AVFormatContext& container, const AVStream& stream, const std::string& name);

/// The index of the video stream whose pictures are worked on.
/// @throws failure usage  a name of the selection means no stream.
/// @throws failure input  there is no video.
int main_video(const AVFormatContext& container, const std::string& file, const stream_selection& selection);

}  // namespace fluxel::video
