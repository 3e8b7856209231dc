#pragma once

// Frames for the benches of optical flow.

#include <string>
#include <vector>

#include "fluxel/image.hpp"
#include "fluxel/types.hpp"

namespace fluxel::bench {

struct frame_pair {
  std::string name;
  image<u8> prev, next;  ///< grey
};

/// Texture of several scales with fine grain, moved by a smooth field of up to about 3 pixels.
frame_pair moving_texture(const std::string& name, size s);

/// vga, 720p, 1080p and 4K of moving texture; or, where the environment variable FLUXEL_BENCH_FRAMES names two files
/// "PREV,NEXT" (binary PGM or PPM of 8 bits), only these, as "files".
std::vector<frame_pair> bench_frames();

}  // namespace fluxel::bench
