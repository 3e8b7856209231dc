// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Allocates for av_buffer_pool_init2: memory that a device reads and writes by itself, or ordinary memory where
/// there is no more of that; null where there is none at all. @param device  points to the device's index, an int.
AVBufferRef* pinned_buffer(void* device, std::size_t bytes);

/// Whether this address lies in such memory.
bool is_pinned(const void* address);

}  // namespace fluxel::video
