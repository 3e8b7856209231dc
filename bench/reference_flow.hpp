// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "fluxel/image_view.hpp"

namespace fluxel::bench {

bool has_reference_dis();

/// A call of OpenCV's DIS optical flow, preset medium, on grey frames. `threads` 0: all.
std::function<void()> reference_dis(image_view<const u8> prev, image_view<const u8> next, image_view<float> flow,
                                    int threads);

/// A call of OpenCV's pyramidal Lucas-Kanade tracker on every pixel: 21 x 21 windows, 4 levels.
std::function<void()> reference_pyr_lk(image_view<const u8> prev, image_view<const u8> next, image_view<float> flow,
                                       int threads);

}  // namespace fluxel::bench
