// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Turns a picture upside down if it was decoded from, or will be encoded as, a Portable Float Map and this FFmpeg
/// forgets that those begin with the bottom row (5.1 does, both ways). Moves pointers alone.
void stand_decoded_pfm_upright(AVFrame& frame, AVCodecID from);
void stand_pfm_for_encoder(AVFrame& frame, AVCodecID to);

}  // namespace fluxel::video
