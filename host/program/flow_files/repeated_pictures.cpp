// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/repeated_pictures.hpp"

#include <cmath>
#include <utility>

namespace fluxel::video {

namespace {

constexpr int most_compared = 512;  // along an axis
constexpr float noise = 8.0f / 255;
constexpr std::size_t one_in = 2000;

template <class T>
void compared_samples(const plain_picture& picture, double white, std::vector<float>& out) {
  const int step_x = (picture.width + most_compared - 1) / most_compared;
  const int step_y = (picture.height + most_compared - 1) / most_compared;
  const T* pixels = picture.view<T>().data;
  out.clear();
  for (std::ptrdiff_t y = step_y / 2; y < picture.height; y += step_y)
    for (std::ptrdiff_t x = step_x / 2; x < picture.width; x += step_x)
      for (int c = 0; c < picture.channels; ++c)
        out.push_back(float(pixels[(y * picture.width + x) * picture.channels + c] / white));
}

}  // namespace

bool repeated_pictures::add(const frame_view<const void>& frame) {
  plain(frame, plain_);
  switch (plain_.type) {
    case element_type::u8:
      compared_samples<u8>(plain_, 255, current_);
      break;
    case element_type::f32:
      compared_samples<f32>(plain_, 1, current_);
      break;
    default:
      compared_samples<u16>(plain_, double((1 << plain_.bit_depth) - 1), current_);
  }
  std::size_t changed = 0;
  for (std::size_t i = 0; i < current_.size() && i < shown_.size(); ++i)
    changed += std::fabs(current_[i] - shown_[i]) > noise;
  const bool repeats = shown_.size() == current_.size() && changed * one_in < current_.size();
  if (!repeats) std::swap(shown_, current_);
  return repeats;
}

}  // namespace fluxel::video
