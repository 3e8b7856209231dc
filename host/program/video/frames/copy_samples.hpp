// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/frame.hpp"

namespace fluxel::video {

/// Copies the samples of a frame to one of the same format and size; both are in host memory.
void copy_samples(const frame_view<const void>& from, const frame_view<void>& to);

}  // namespace fluxel::video
