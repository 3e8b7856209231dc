// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "fluxel/image_view.hpp"

namespace fluxel {
inline namespace v0 {

/// An owning image in host memory, packed and zero-filled: count x planes x height x width x channels.
template <class T>
class image {
 public:
  image() = default;
  image(int width, int height, int channels = 1, int planes = 1, int count = 1)
      : pixels_(std::size_t(width) * height * channels * planes * count),
        view_{.width = width, .height = height, .channels = channels, .planes = planes, .count = count} {}

  image_view<T> view() {
    auto v = view_;
    v.data = pixels_.data();
    return v.unpacked();
  }
  image_view<const T> view() const {
    return image_view<const T>{.data = pixels_.data(),
                               .width = view_.width,
                               .height = view_.height,
                               .channels = view_.channels,
                               .planes = view_.planes,
                               .count = view_.count}
        .unpacked();
  }
  operator image_view<T>() { return view(); }
  operator image_view<const T>() const { return view(); }

  T* data() { return pixels_.data(); }
  const T* data() const { return pixels_.data(); }
  std::size_t size() const { return pixels_.size(); }
  int width() const { return view_.width; }
  int height() const { return view_.height; }
  int channels() const { return view_.channels; }

  T& operator()(int x, int y, int c = 0) { return pixels_[index(x, y, c)]; }
  const T& operator()(int x, int y, int c = 0) const { return pixels_[index(x, y, c)]; }

 private:
  std::size_t index(int x, int y, int c) const { return (std::size_t(y) * view_.width + x) * view_.channels + c; }
  std::vector<T> pixels_;
  image_view<T> view_;
};

}  // namespace v0
}  // namespace fluxel
