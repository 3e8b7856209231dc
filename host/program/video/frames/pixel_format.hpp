// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/frame.hpp"
#include "fluxel/resize_options.hpp"
#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// The structure of a pixel format, without size and color; nothing when its samples cannot be interpolated in
/// place: palettes, 1-bit, packed 4:2:2, big-endian, Bayer, packed bit fields, alpha first.
std::optional<frame_format> structure_of(AVPixelFormat format);

/// The interpolatable format that loses least: the full alpha, depth and subsampling are kept.
AVPixelFormat nearest_interpolatable(AVPixelFormat format);

/// The nearest format for picture_use::motion: luma and depth are kept, palettes and Bayer patterns become RGB.
AVPixelFormat nearest_for_motion(AVPixelFormat format);

/// The usual pixel format of this structure. `like` is preferred when it has it.
/// @throws failure internal  there is none.
AVPixelFormat pixel_format_for(const frame_format& structure, AVPixelFormat like);

/// YUVJ formats are plain YUV with full range: sets both.
void normalise_range(AVFrame& frame);

/// Structure, size and color of a decoded frame.
frame_format describe(const AVFrame& frame, field_order fields);

/// How samples stand for light: as the frame says, else sRGB for RGB and the displays' 2.4 for YUV. none: linear
/// already.
transfer_function transfer_of(const AVFrame& frame);

field_order field_order_of(const AVFrame& frame);

/// Marks the frame's field order and size as a format says.
void set_field_order(AVFrame& frame, field_order fields);

frame_view<const void> view_of(const AVFrame& frame, const frame_format& format);
frame_view<void> writable_view_of(AVFrame& frame, const frame_format& format);

AVChromaLocation to_av(chroma_location location);

}  // namespace fluxel::video
