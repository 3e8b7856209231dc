// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/cut_finder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fluxel::video {

namespace {

constexpr int most_samples = 256;   // along an axis: enough for a mean, and little work beside the flow
constexpr double least_jump = 0.1;  // share of white

/// Samples of every `step`-th pixel of every `step`-th row.
template <class T>
void sample(const plain_picture& picture, double white, std::vector<float>& out) {
  const int step_x = (picture.width + most_samples - 1) / most_samples;
  const int step_y = (picture.height + most_samples - 1) / most_samples;
  const T* pixels = picture.view<T>().data;
  out.clear();
  for (std::ptrdiff_t y = step_y / 2; y < picture.height; y += step_y)
    for (std::ptrdiff_t x = step_x / 2; x < picture.width; x += step_x)
      for (int c = 0; c < picture.channels; ++c)
        out.push_back(float(pixels[(y * picture.width + x) * picture.channels + c] / white));
}

void sample(const plain_picture& picture, std::vector<float>& out) {
  const double white = double((1 << picture.bit_depth) - 1);
  switch (picture.type) {
    case element_type::u8:
      return sample<u8>(picture, 255, out);
    case element_type::f32:
      return sample<f32>(picture, 1, out);
    default:
      return sample<u16>(picture, white, out);
  }
}

double mean_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(double(a[i]) - b[i]);
  return sum / double(a.size());
}

}  // namespace

void cut_finder::add(const plain_picture& frame) {
  std::swap(previous_, current_);
  sample(frame, current_);
  if (!previous_.empty()) differences_.push_back(mean_difference(previous_, current_));
}

std::vector<std::int64_t> cut_finder::cuts() const {
  std::vector<std::int64_t> found;
  const std::size_t count = differences_.size();
  if (count < 2) return found;
  const auto exceeds = [&](std::size_t i, std::size_t other) {
    return differences_[i] - differences_[other] > least_jump;
  };
  for (std::size_t i = 0; i < count; ++i)
    if ((i == 0 || exceeds(i, i - 1)) && (i + 1 == count || exceeds(i, i + 1))) found.push_back(std::int64_t(i) + 1);
  return found;
}

}  // namespace fluxel::video
