// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/image_view.hpp"

namespace fluxel::video {

/// A picture in memory as it is shown, to be drawn on or compared: full range, one channel of luma or grey, or packed
/// R, G, B.
struct plain_picture {
  int width = 0;
  int height = 0;
  int channels = 1;
  element_type type = element_type::u8;  ///< u8, u16 or f32
  int bit_depth = 8;                     ///< of u8 and u16
  std::vector<std::byte> pixels;

  template <class T>
  image_view<const T> view() const {
    return {reinterpret_cast<const T*>(pixels.data()), width, height, channels};
  }
};

/// The first plane of a picture_use::motion frame. Luma of limited range is stretched to the full one, to the nearest
/// value of the same depth.
plain_picture plain(const frame_view<const void>& frame);
/// The same into a picture whose memory is used again.
void plain(const frame_view<const void>& frame, plain_picture& out);

/// Grey as three equal channels.
plain_picture as_color(const plain_picture& grey);

/// Reads a picture file, standing upright.
/// @throws failure input  it cannot be read, or holds more than one picture.
plain_picture read_picture(const std::string& name);

}  // namespace fluxel::video
