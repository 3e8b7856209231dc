// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts that a frame is resized by, as data: planes, and fields of planes.

#include <optional>
#include <vector>

#include "fluxel/frame.hpp"
#include "host/core/errors.hpp"
#include "host/plan/frame_axis.hpp"
#include "host/resize/resize_engine.hpp"

namespace fluxel::host {

/// What a frame resizer takes and gives: one format, two sizes.
struct frame_formats {
  frame_format src, dst;
};

/// @throws fluxel::error invalid_argument  what is not a frame format, or cannot be resized to `dst`.
frame_formats check_formats(const call_site& site, const frame_format& src, size dst, const resize_options& options);

/// The rows of a field, or all for field -1.
inline int field_rows(int rows, int field) { return field < 0 ? rows : (rows + 1 - field) / 2; }

struct frame_part {
  int plane = 0;
  int field = -1;                        ///< 0 or 1: of an interlaced frame; -1: all rows
  plane_plan plan = {};                  ///< where weighted: its channels count the alpha
  bool weighted = false;                 ///< by an alpha plane beside it
  std::optional<plane_plan> alpha = {};  ///< weighted and subsampled: the alpha plane at its samples
};

/// The significant bits of a format's samples.
plan::pixel_depth depth_of(const frame_format& format);

/// @throws fluxel::error invalid_argument  a geometry that the options do not suit.
std::vector<frame_part> make_frame_parts(const call_site& site, const frame_formats& formats,
                                         const resize_options& options);

}  // namespace fluxel::host
