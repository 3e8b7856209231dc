// SPDX-License-Identifier: Apache-2.0
#pragma once

// The cases of the resize benches.

#include <string>

#include "fluxel/types.hpp"

namespace fluxel::bench {

struct scaling {
  const char* name;
  size src;
  size dst;
};

inline constexpr size hd540{960, 540};
inline constexpr size hd720{1280, 720};
inline constexpr size hd1080{1920, 1080};
inline constexpr size uhd{3840, 2160};

inline constexpr scaling scalings[] = {
    {"1080p_to_540p", hd1080, hd540}, {"1080p_to_720p", hd1080, hd720},     {"1080p_to_4K", hd1080, uhd},
    {"4K_to_1080p", uhd, hd1080},     {"1080p_to_224", hd1080, {224, 224}},
};

/// "u8x3": element type and channels.
template <class T>
std::string pixel_name(int channels) {
  const char* type = sizeof(T) == 1 ? "u8x" : "f32x";
  return type + std::to_string(channels);
}

}  // namespace fluxel::bench
