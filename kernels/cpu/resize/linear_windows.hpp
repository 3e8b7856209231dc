// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which elements of the source row the outputs of a group read, and the windows that hold them.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace fluxel::kernels {

/// The left tap and the weight of each pixel's first element.
struct pixel_taps {
  const std::int32_t* left;
  const std::int32_t* weight;
  int width;
  int channels;

  /// The last element that pixel i reads, and its first.
  std::int32_t right_of(int i) const { return weight[i] == 0 ? left[i] : left[i] + channels; }
};

/// Calls f(place, pixel, channel, count) for the elements [first, first + count of the group), a few of one pixel at
/// a time, at most four; `place` counts from the first. Elements beyond the row repeat its last pixel.
template <class F>
void for_each_run(const pixel_taps& taps, std::ptrdiff_t first, int group, F&& f) {
  auto pixel = static_cast<int>(first / taps.channels);
  auto channel = static_cast<int>(first % taps.channels);
  for (int place = 0; place < group;) {
    const int count = std::min(4, taps.channels - channel);
    f(place, std::min(pixel, taps.width - 1), channel, count);
    place += count;
    channel += count;
    if (channel == taps.channels) channel = 0, ++pixel;
  }
}

/// Starts of the windows of all groups; returns the longest reach.
int find_windows(const pixel_taps& taps, int group, std::size_t groups, std::int32_t* start);

/// Moves windows that would leave the row.
void keep_inside(std::int32_t* start, std::size_t groups, std::ptrdiff_t src_elements, int window);

}  // namespace fluxel::kernels
