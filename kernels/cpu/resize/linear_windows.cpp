// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/linear_windows.hpp"

namespace fluxel::kernels {

namespace {

/// Elements that a group of outputs reads: [low, high].
struct reach {
  std::int32_t low;
  std::int32_t high;
};

reach reach_of(const pixel_taps& taps, std::ptrdiff_t first, int group) {
  const std::ptrdiff_t elements = std::ptrdiff_t{taps.width} * taps.channels;
  const std::ptrdiff_t last = std::min(first + group, elements) - 1;
  first = std::min(first, last);
  const auto begin = static_cast<int>(first / taps.channels);
  const auto end = static_cast<int>(last / taps.channels);
  const auto begin_channel = static_cast<int>(first % taps.channels);
  const auto end_channel = static_cast<int>(last % taps.channels);
  reach r{taps.left[begin] + begin_channel, taps.right_of(end) + end_channel};
  // Positions may come in any order.
  for (int i = begin; i <= end; ++i) {
    r.low = std::min(r.low, taps.left[i] + (i == begin ? begin_channel : 0));
    r.high = std::max(r.high, taps.right_of(i) + (i == end ? end_channel : taps.channels - 1));
  }
  return r;
}

}  // namespace

int find_windows(const pixel_taps& taps, int group, std::size_t groups, std::int32_t* start) {
  int longest = 0;
  for (std::size_t i = 0; i < groups; ++i) {
    const reach r = reach_of(taps, static_cast<std::ptrdiff_t>(i) * group, group);
    start[i] = r.low;
    longest = std::max(longest, r.high - r.low + 1);
  }
  return longest;
}

void keep_inside(std::int32_t* start, std::size_t groups, std::ptrdiff_t src_elements, int window) {
  const auto last = static_cast<std::int32_t>(std::max<std::ptrdiff_t>(src_elements - window, 0));
  for (std::size_t i = 0; i < groups; ++i) start[i] = std::min(start[i], last);
}

}  // namespace fluxel::kernels
