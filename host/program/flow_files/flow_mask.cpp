// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_mask.hpp"

#include <algorithm>
#include <numeric>

namespace fluxel::video {

namespace {

template <class T>
void mark(const plain_picture& picture, std::vector<u8>& mask) {
  const T* first = picture.view<T>().data;
  const auto brightness = [&](std::size_t pixel) {
    const T* samples = first + pixel * picture.channels;
    return std::accumulate(samples, samples + picture.channels, 0.0);
  };
  double brightest = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) brightest = std::max(brightest, brightness(i));
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const double own = brightness(i);
    mask[i] = own > 0 && own >= brightest / 2 ? 255 : 0;
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
