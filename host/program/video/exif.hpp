// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fluxel/types.hpp"
#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

using byte_block = std::vector<std::uint8_t>;

/// What a camera wrote about a picture (EXIF: a block of TIFF tags), from a file of this codec; empty when there is
/// none.
byte_block exif_of(AVCodecID codec, std::span<const std::uint8_t> file);

/// Makes the tags true of a picture that was turned upright and resized: orientation, width and height are changed,
/// and the thumbnail is left out. Empty when the block is damaged.
byte_block exif_for(byte_block exif, size picture);

/// Whether files of this codec can hold EXIF.
bool can_hold_exif(AVCodecID codec);

/// The file with EXIF. @param has_alpha  of the picture. A block that is too large for the format is left out.
byte_block with_exif(AVCodecID codec, std::span<const std::uint8_t> file, const byte_block& exif, size picture,
                     bool has_alpha);

}  // namespace fluxel::video
