// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames for the benches of optical flow.

#include <string>
#include <vector>

#include "fluxel/image.hpp"

namespace fluxel::bench {

struct frame_pair {
  image<u8> prev, next;  ///< grey
};

/// vga, 720p, 1080p and 4K of moving texture; or, where the environment variable FLUXEL_BENCH_FRAMES names two files
/// "PREV,NEXT" (binary PGM or PPM of 8 bits), only these, as "files".
std::vector<std::string> frame_names();

/// Made on first use. The texture has several scales and fine grain, and moves by a smooth field of up to 3 pixels.
const frame_pair& frames_of(const std::string& name);

}  // namespace fluxel::bench
