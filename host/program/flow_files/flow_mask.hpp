// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// The mask that a picture stands for, a byte per pixel: 255 where it is at least half as bright as its brightest
/// pixel (the sum of its channels tells), else 0. So pictures of 0 and 1 are masks as those of 0 and 255 are, and
/// what JPEG adds to black stays out. A black picture is 0 everywhere.
std::vector<u8> mask_of(const plain_picture& picture);

}  // namespace fluxel::video
