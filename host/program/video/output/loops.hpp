// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// How often a GIF or an animated PNG is played: 0 is for ever. Nothing for other files, or when it cannot be read.
std::optional<int> times_played(const AVFormatContext& in);

/// The muxer's option that says so, and its value.
struct loop_option {
  const char* name = nullptr;  ///< null: this kind of file does not loop
  int value = 0;
};
loop_option loop_option_of(const AVOutputFormat& container, int times);

}  // namespace fluxel::video
