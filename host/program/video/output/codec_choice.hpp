// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/program/video/frames/frames.hpp"
#include "host/program/video/input/picture_source.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

/// The encoder that the user named, by encoder or codec name, or the container's usual one that can hold what comes.
/// @throws failure usage  unknown (with the nearest name), or not for this container.
const AVCodec& choose_encoder(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                              const picture_source& source);

/// The formats that an encoder takes; empty when it takes any.
std::vector<AVPixelFormat> formats_of(const AVCodec& codec, const AVOutputFormat& container);

/// What frames like `first` have to become for this encoder.
/// @throws failure usage  the user's pixel format is unknown or not for this encoder.
pixel_target choose_pixels(const output_options& options, const AVCodec& codec, const AVOutputFormat& container,
                           const AVFrame& first);

/// The frame rates that an encoder is limited to; the nearest to `rate`, or `rate`.
AVRational allowed_rate(const AVCodec& codec, AVRational rate);

}  // namespace fluxel::video
