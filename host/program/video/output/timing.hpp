// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/video/input/picture_source.hpp"
#include "host/program/video/job.hpp"
#include "host/program/video/output/pacing.hpp"

namespace fluxel::video {

/// When the frames of an output come.
struct timing {
  AVRational rate{25, 1};  ///< what an encoder is told
  video::pace pace;
  std::string why;   ///< a note begins so when frames are left out or repeated
  std::string hint;  ///< and ends so
};

/// The times that container and encoder can hold. @throws failure usage  `--fps` is no rate
timing choose_timing(const output_options& options, const AVOutputFormat& container, const AVCodec& codec,
                     const picture_source& source);

/// Encoders whose stream counts frames of a constant rate, whatever the container can hold.
bool counts_frames(AVCodecID id);

/// "25", "23.976".
std::string rate_text(AVRational rate);

}  // namespace fluxel::video
