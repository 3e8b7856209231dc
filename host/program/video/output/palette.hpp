// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// A picture of 256 colors that were chosen for it, dithered (FFmpeg's palettegen and paletteuse). Pixels that are
/// less than half opaque become transparent.
/// @param in  AV_PIX_FMT_BGRA. @returns AV_PIX_FMT_PAL8 with the properties of `in`.
frame_ptr with_palette(const AVFrame& in);

}  // namespace fluxel::video
