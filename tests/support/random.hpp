// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "fluxel/image.hpp"

namespace fluxel::test {

/// splitmix64: the same numbers everywhere.
class random {
 public:
  explicit random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }

 private:
  std::uint64_t state_;
};

/// A random ordinary value: any integer, a float in [0, 1).
template <class T>
T random_value(random& r) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(r.next());
  else if constexpr (std::is_same_v<T, f32>)
    return static_cast<f32>(r.next() >> 40) * 0x1p-24f;
  else if constexpr (std::is_same_v<T, f16>)
    return f16{static_cast<std::uint16_t>(r.next() % 0x3c00u)};
  else
    return bf16{static_cast<std::uint16_t>(0x3000u + r.next() % 0xf80u)};
}

template <class T>
image<T> random_image(int width, int height, int channels = 1, int planes = 1, int count = 1,
                      std::uint64_t seed = 1) {
  image<T> im(width, height, channels, planes, count);
  random r(seed);
  for (std::size_t i = 0; i < im.size(); ++i) im.data()[i] = random_value<T>(r);
  return im;
}

/// Memory around one view, filled with a pattern that must survive outside the view's pixels.
template <class T>
class guarded_image {
 public:
  guarded_image(int width, int height, int channels, int gap_elements = 5)
      : row_(width * channels), pitch_(row_ + gap_elements), height_(height) {
    bytes_.assign((std::size_t(pitch_) * (height + 2) + 1) * sizeof(T), pattern);
    view_ = {.data = reinterpret_cast<T*>(bytes_.data()) + pitch_,
             .width = width,
             .height = height,
             .channels = channels,
             .pitch = std::ptrdiff_t(pitch_ * sizeof(T))};
  }
  image_view<T> view() { return view_; }
  /// Whether only the view's own rows were written.
  bool intact() const {
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      const auto element = i / sizeof(T);
      const auto y = static_cast<int>(element / pitch_) - 1;
      const bool inside = y >= 0 && y < height_ && static_cast<int>(element % pitch_) < row_;
      if (!inside && bytes_[i] != pattern) return false;
    }
    return true;
  }

 private:
  static constexpr unsigned char pattern = 0xa5;
  int row_, pitch_, height_;
  std::vector<unsigned char> bytes_;
  image_view<T> view_;
};

/// Whether two views of the same shape hold the same bytes.
template <class T>
bool equal(image_view<const T> a, image_view<const T> b) {
  a = a.unpacked();
  b = b.unpacked();
  for (int n = 0; n < a.count; ++n)
    for (int p = 0; p < a.planes; ++p)
      for (int y = 0; y < a.height; ++y) {
        auto row = [&](const image_view<const T>& v) {
          return reinterpret_cast<const char*>(v.data) + n * v.stride + p * v.plane_stride + y * v.pitch;
        };
        if (std::memcmp(row(a), row(b), a.row_bytes()) != 0) return false;
      }
  return true;
}

}  // namespace fluxel::test
