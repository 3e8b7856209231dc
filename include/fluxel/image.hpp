// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/image_view.hpp"

namespace fluxel {
inline namespace v0 {

namespace detail {

/// The number of elements of an image. @throws fluxel::error invalid_argument
FLUXEL_API std::size_t image_elements(size s, int channels, int planes, int count, std::size_t element_bytes);
[[noreturn]] FLUXEL_API void image_out_of_memory();

/// make() with the library's own exception.
template <class Make>
auto pixels_by(Make&& make) {
  try {
    return make();
  } catch (const std::bad_alloc&) {
    image_out_of_memory();
  }
}

template <class T>
std::vector<T> new_pixels(size s, int channels, int planes, int count) {
  const std::size_t elements = image_elements(s, channels, planes, count, sizeof(T));
  return pixels_by([&] { return std::vector<T>(elements); });
}

}  // namespace detail

/// An owning image in host memory, packed and zero-filled: count x planes x height x width x channels.
///
/// All calls take images as they take views. Copies copy the pixels; an image that has been moved from is empty.
template <class T>
class image {
 public:
  image() = default;
  /// @throws fluxel::error invalid_argument  a size below 1 (count: below 0), or more than the address space holds.
  /// @throws fluxel::error out_of_memory
  image(int width, int height, int channels = 1, int planes = 1, int count = 1)
      : pixels_(detail::new_pixels<T>({width, height}, channels, planes, count)),
        shape_{.data = nullptr,
               .width = width,
               .height = height,
               .channels = channels,
               .planes = planes,
               .count = count} {}
  /// @throws fluxel::error out_of_memory
  image(const image& other)
      : pixels_(detail::pixels_by([&] { return std::vector<T>(other.pixels_); })), shape_(other.shape_) {}
  image& operator=(const image& other) { return *this = image(other); }
  image(image&& other) noexcept
      : pixels_(std::exchange(other.pixels_, {})), shape_(std::exchange(other.shape_, {})) {}
  image& operator=(image&& other) noexcept {
    pixels_ = std::exchange(other.pixels_, {});
    shape_ = std::exchange(other.shape_, {});
    return *this;
  }
  ~image() = default;

  /// Valid as long as the image lives and is not assigned to: not to be taken of a temporary.
  image_view<T> view() & {
    auto v = shape_;
    v.data = pixels_.data();
    return v.unpacked();
  }
  image_view<const T> view() const& { return const_cast<image&>(*this).view(); }
  void view() && = delete;
  operator image_view<T>() & { return view(); }
  /// A temporary can be an argument: it lives until the call returns.
  operator image_view<const T>() const { return view(); }

  T* data() { return pixels_.data(); }
  const T* data() const { return pixels_.data(); }
  /// Elements: width * height * channels * planes * count.
  std::size_t size() const { return pixels_.size(); }
  int width() const { return shape_.width; }
  int height() const { return shape_.height; }
  int channels() const { return shape_.channels; }
  int planes() const { return shape_.planes; }
  int count() const { return shape_.count; }

  /// Channel `c` of pixel (x, y) of plane `p` of image `n`. Not checked.
  T& operator()(int x, int y, int c = 0, int p = 0, int n = 0) { return pixels_[index(x, y, c, p, n)]; }
  const T& operator()(int x, int y, int c = 0, int p = 0, int n = 0) const { return pixels_[index(x, y, c, p, n)]; }

 private:
  std::size_t index(int x, int y, int c, int p, int n) const {
    const std::size_t plane = std::size_t(n) * shape_.planes + p;
    return ((plane * shape_.height + y) * shape_.width + x) * shape_.channels + c;
  }

  std::vector<T> pixels_;
  image_view<T> shape_;  ///< without data
};

}  // namespace v0
}  // namespace fluxel
