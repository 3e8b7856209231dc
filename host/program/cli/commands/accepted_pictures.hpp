// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/frame.hpp"

namespace fluxel::cli {

/// @throws video::failure input  the pictures are interlaced, and motion is measured between whole ones.
void require_whole_pictures(const frame_format& format);

/// @param command  "stabilize", for the message
/// @throws video::failure input  the picture has another size than the first one.
void require_same_size(size picture, size first, const char* command);

inline size size_of(const frame_format& format) { return {format.width, format.height}; }

}  // namespace fluxel::cli
