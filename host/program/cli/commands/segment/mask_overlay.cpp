// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/segment/mask_overlay.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace fluxel::cli {

namespace {

constexpr int whole = 8;           ///< the weight of the contour, which is the color alone
constexpr u8 tint = 3;             ///< inside it
constexpr int contour_part = 640;  ///< of the longer side: the contour's width

/// @param zeros  low bits of an integer that its format does not use.
template <class T>
T mixed(T frame, T color, int weight, int zeros) {
  if constexpr (std::is_integral_v<T>)
    return T((frame * (whole - weight) + color * weight + whole / 2) / whole >> zeros << zeros);
  else
    return frame + (color - frame) * (float(weight) / whole);
}

}  // namespace

/// A pixel of the mask is contour when one outside is near it, in its row or column.
void mask_overlay::weigh(const image_view<const u8>& mask) {
  size_ = {mask.width, mask.height};
  weights_.assign(std::size_t(size_.width) * size_.height, 0);
  const int reach = 1 + std::max(size_.width, size_.height) / contour_part;
  const auto inside = [&](int x, int y) {
    x = std::clamp(x, 0, size_.width - 1), y = std::clamp(y, 0, size_.height - 1);
    return mask.data[std::ptrdiff_t{y} * size_.width + x] != 0;
  };
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x) {
      if (!inside(x, y)) continue;
      bool edge = false;
      for (int d = 1; d <= reach && !edge; ++d)
        edge = !inside(x - d, y) || !inside(x + d, y) || !inside(x, y - d) || !inside(x, y + d);
      weights_[std::size_t(y) * size_.width + x] = edge ? whole : tint;
    }
}

/// The mean over the pixels that a sample covers.
int mask_overlay::weight_of(int x, int y, int shift_x, int shift_y) const {
  int sum = 0, count = 0;
  for (int j = y << shift_y; j < std::min((y + 1) << shift_y, size_.height); ++j)
    for (int i = x << shift_x; i < std::min((x + 1) << shift_x, size_.width); ++i)
      sum += weights_[std::size_t(j) * size_.width + i], ++count;
  return count == 0 ? 0 : (sum + count / 2) / count;
}

template <class T>
void mask_overlay::draw_plane(const frame_view<const void>& frame, const frame_view<void>& out, int plane) const {
  const frame_format& f = frame.format;
  const size s = f.plane_size(plane);
  const int channels = f.planes[plane].channels, zeros = f.high_bits ? 16 - f.bit_depth : 0;
  const int shift_x = f.planes[plane].subsampled ? f.chroma_shift_x : 0;
  const int shift_y = f.planes[plane].subsampled ? f.chroma_shift_y : 0;
  const bool has_alpha = f.alpha != alpha::none && plane == f.plane_count - 1;
  const int colors = has_alpha ? channels - 1 : channels;
  for (int y = 0; y < s.height; ++y) {
    const T* from =
        reinterpret_cast<const T*>(static_cast<const std::byte*>(frame.data[plane]) + y * frame.pitch[plane]);
    T* to = reinterpret_cast<T*>(static_cast<std::byte*>(out.data[plane]) + y * out.pitch[plane]);
    for (int x = 0; x < s.width; ++x, from += channels, to += channels) {
      const int weight = weight_of(x, y, shift_x, shift_y);
      for (int c = 0; c < colors; ++c) to[c] = weight == 0 ? from[c] : mixed(from[c], to[c], weight, zeros);
      for (int c = colors; c < channels; ++c) to[c] = from[c];
    }
  }
}

void mask_overlay::draw(const frame_view<const void>& frame, const image_view<const u8>& mask,
                        const frame_view<void>& out) {
  weigh(mask);
  for (int p = 0; p < frame.format.plane_count; ++p) switch (frame.format.type()) {
      case element_type::u8:
        draw_plane<u8>(frame, out, p);
        break;
      case element_type::f32:
        draw_plane<float>(frame, out, p);
        break;
      default:
        draw_plane<u16>(frame, out, p);
    }
}

}  // namespace fluxel::cli
