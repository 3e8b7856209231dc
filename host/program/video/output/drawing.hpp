// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// Settings of x264 and x265 for what is drawn, unless the user has chosen a preset; what else the user has chosen
/// stays. @param codec  the encoder's name
void encode_drawing_fast(const output_options& options, const std::string& codec, dictionary& values);

}  // namespace fluxel::video
