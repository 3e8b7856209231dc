#pragma once

// OpenCV's bilinear resize beside ours, where OpenCV is installed.

#include <functional>

#include "fluxel/image_view.hpp"

namespace fluxel::bench {

/// Its version, or an empty string.
const char* reference_version();

/// A call that resizes every plane with INTER_LINEAR; empty without OpenCV. `threads` 0: all.
template <class T>
std::function<void()> reference_resize(image_view<const T> src, image_view<T> dst, int threads);

}  // namespace fluxel::bench
