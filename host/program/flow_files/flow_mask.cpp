// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_mask.hpp"

#include <algorithm>

namespace fluxel::video {

namespace {

template <class T>
void mark(const plain_picture& picture, std::vector<u8>& mask) {
  const T* pixel = picture.view<T>().data;
  for (u8& known : mask) {
    known = std::all_of(pixel, pixel + picture.channels, [](T sample) { return sample == 0; }) ? 0 : 255;
    pixel += picture.channels;
  }
}

}  // namespace

std::vector<u8> mask_of(const plain_picture& picture) {
  std::vector<u8> mask(std::size_t(picture.width) * picture.height);
  switch (picture.type) {
    case element_type::u8:
      mark<u8>(picture, mask);
      break;
    case element_type::f32:
      mark<f32>(picture, mask);
      break;
    default:
      mark<u16>(picture, mask);
  }
  return mask;
}

}  // namespace fluxel::video
