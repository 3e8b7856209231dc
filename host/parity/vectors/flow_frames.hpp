// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the flow operations see: README.md says how it is made.

#include <utility>

#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors {

/// Pixels, not negative, by which the texture lies further left and up in the second frame.
struct motion {
  int x = 1;
  int y = 0;
};

inline constexpr int texture_cell = 4;  ///< pixels of a square of one color

template <class T>
std::pair<image<T>, image<T>> make_frames(size s, int channels, motion by, std::uint64_t seed) {
  const size squares{(s.width + by.x) / texture_cell + 1, (s.height - 1 + by.y) / texture_cell + 1};
  const auto colors = make_image<T>(squares, channels, 1, seed);
  auto seen_from = [&](motion from) {
    image<T> im(s.width, s.height, channels);
    for (int y = 0; y < s.height; ++y)
      for (int x = 0; x < s.width; ++x)
        for (int c = 0; c < channels; ++c)
          im(x, y, c) = colors((x + from.x) / texture_cell, (y + from.y) / texture_cell, c);
    return im;
  };
  return {seen_from({0, 0}), seen_from(by)};
}

/// 1, and 0 for the pixels whose byte is below `zeros`.
inline image<u8> make_mask(size s, int zeros, std::uint64_t seed) {
  auto mask = make_image<u8>(s, 1, 1, seed);
  std::transform(mask.data(), mask.data() + mask.size(), mask.data(), [=](u8 m) { return u8(m < zeros ? 0 : 1); });
  return mask;
}

/// A range of values that cuts off some of both ends.
inline value_range range_of(element_type type) {
  if (type == element_type::u8) return {40, 200};
  if (type == element_type::u16) return {5000, 40000};
  return {-0.5, 0.75};
}

inline const char* name_of(flow_quality quality) {
  constexpr const char* names[] = {"fast", "balanced", "accurate", "best"};
  return names[int(quality)];
}

/// Calls f with a value of a type that flow reads.
template <class F>
void with_flow_element(element_type type, F&& f) {
  with_element(type, [&]<class T>(T v) {
    if constexpr (sizeof(T) == 1 || std::is_same_v<T, u16> || std::is_same_v<T, f32>) f(v);
  });
}

}  // namespace fluxel::vectors
