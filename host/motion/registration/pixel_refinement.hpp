// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/motion/registration/feature_level.hpp"

namespace fluxel::host {

/// The map near `known` by which the picture is most like the reference: Gauss-Newton steps over all pixels (Lucas
/// and Kanade 1981, with the mean of both gradients as Benhimane and Malis 2004 have it), weighed by Tukey's
/// function, so that what moves by itself does not count. `known` where they lead away or to nothing better.
/// @param reference, picture  as they are: both are evened out over what both show.
matrix3x3 refined_by_pixels(const grey_picture& reference, const grey_picture& picture, const matrix3x3& known,
                            motion_model model, double pixel_aspect, const placement& where);

}  // namespace fluxel::host
