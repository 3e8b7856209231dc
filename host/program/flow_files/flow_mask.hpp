// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// The mask that a picture stands for, a byte per pixel: 0, not known, where the picture is black (every channel is
/// 0), else 255.
std::vector<u8> mask_of(const plain_picture& picture);

}  // namespace fluxel::video
