// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "host/motion/registration/even_picture.hpp"

namespace fluxel::host {

/// What a search tries besides shifts.
enum class coarse_motion : int { shifts = 0, turns_and_scales = 1 };

/// The likeliest maps between two evened pictures, by how alike they are where they overlap; best first. From pixels
/// of the whole reference to those of the whole picture.
/// @param pixel_aspect  a turn is one of square pixels.
std::vector<matrix3x3> coarse_search(const grey_picture& reference, const grey_picture& picture, coarse_motion tried,
                                     double pixel_aspect);

}  // namespace fluxel::host
