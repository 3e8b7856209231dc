#pragma once

// Planes pixel by pixel, and the slopes of one pixel, for the scalar steps of the flow solver.

#include <cstddef>

#include "kernels/common/flow.hpp"
#include "kernels/flow.hpp"

namespace fluxel::kernels {

/// One image of a batch of planes.
template <class T>
struct slice {
  plane<T> p;
  std::ptrdiff_t offset;

  T& operator()(int x, int y) const { return p.data[offset + y * p.pitch + x]; }
  /// Coordinates beyond the border read its pixel.
  T& clamped(int x, int y) const { return (*this)(clamp_index(x, p.width), clamp_index(y, p.height)); }
  explicit operator bool() const { return p.data != nullptr; }
};
template <class T>
slice<T> image_of(const plane<T>& p, int n) {
  return {p, n * p.stride};
}

template <class Plane, class F>
void for_each_pixel(const Plane& p, F&& f) {
  for (int n = 0; n < p.count; ++n)
    for (int y = 0; y < p.height; ++y)
      for (int x = 0; x < p.width; ++x) f(n, x, y);
}

/// Zeros where the pixel has no data term: it is unknown itself, or an unknown one lies within reach.
inline flow_derivatives derivatives_at(const flow_frames& frames, const warped_frame& warped_in, int n, int x,
                                       int y) {
  const auto reason = image_of(warped_in.reason, n);
  if (reason(x, y) != 0) return {};
  const bool masks = frames.first_mask.data != nullptr || frames.second_mask.data != nullptr;
  for (int j = -derivative_reach; masks && j <= derivative_reach; ++j)
    for (int i = -derivative_reach; i <= derivative_reach; ++i)
      if (reason.clamped(x + i, y + j) == flow_masked) return {};
  const auto first = image_of(frames.first, n);
  const auto warped = image_of(warped_in.grey, n);
  auto sum = [&](int i, int j) { return first.clamped(i, j) + warped.clamped(i, j); };
  auto change = [&](int i, int j) { return warped.clamped(i, j) - first.clamped(i, j); };
  auto along_x = [](auto&& f, int i, int j) { return slope5(f(i - 2, j), f(i - 1, j), f(i + 1, j), f(i + 2, j)); };
  auto along_y = [](auto&& f, int i, int j) { return slope5(f(i, j - 2), f(i, j - 1), f(i, j + 1), f(i, j + 2)); };
  // A derivative beyond the border repeats the border's.
  auto mx = [&](int i, int j) { return along_x(sum, clamp_index(i, first.p.width), clamp_index(j, first.p.height)); };
  auto my = [&](int i, int j) { return along_y(sum, clamp_index(i, first.p.width), clamp_index(j, first.p.height)); };
  return {mx(x, y),          my(x, y),     along_x(mx, x, y),     along_y(mx, x, y),
          along_y(my, x, y), change(x, y), along_x(change, x, y), along_y(change, x, y)};
}

}  // namespace fluxel::kernels
