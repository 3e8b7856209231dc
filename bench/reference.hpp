// SPDX-License-Identifier: Apache-2.0
#pragma once

// OpenCV's resize beside ours, where OpenCV is installed.

#include <functional>

#include "fluxel/image_view.hpp"

namespace fluxel::bench {

/// Its version, or an empty string.
const char* reference_version();

/// INTER_LINEAR, INTER_NEAREST_EXACT, INTER_AREA, INTER_CUBIC and INTER_LANCZOS4. None is antialiased but area.
enum class interpolation { linear, nearest, area, cubic, lanczos4 };

/// A call that resizes every plane; empty without OpenCV. `threads` 0: all.
template <class T>
std::function<void()> reference_resize(image_view<const T> src, image_view<T> dst, int threads,
                                       interpolation launch = interpolation::linear);

}  // namespace fluxel::bench
