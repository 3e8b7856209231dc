// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of the steps of dense flow share: views on the processor that is tested, frames, slopes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fluxel/flow_steps.hpp"
#include "fluxel/image.hpp"
#include "tests/support/motion.hpp"
#include "tests/support/placed_image.hpp"
#include "tests/support/processors.hpp"

namespace fluxel::test {

/// A test on one processor.
class flow_step_test : public testing::TestWithParam<run_on> {
 protected:
  template <class T>
  placed<T> put(const image<T>& im) const {
    return {GetParam(), im};
  }
  template <class T>
  placed<T> room(size s) const {
    return {GetParam(), image<T>(s.width, s.height)};
  }
};

template <class T, class F>
image<T> made(size of, F&& f) {
  image<T> im(of.width, of.height);
  for (int y = 0; y < of.height; ++y)
    for (int x = 0; x < of.width; ++x) im(x, y) = static_cast<T>(f(x, y));
  return im;
}

/// Q8.4 of a moved texture.
inline image<u16> grey(size of, double dx, double dy) {
  return made<u16>(of, [&](int x, int y) {
    return std::lround(16 * std::clamp(texture_at({x - dx, y - dy}), 0.0, 255.0));
  });
}

inline int clamped(int i, int n) { return std::clamp(i, 0, n - 1); }

/// The stencil's slopes of a plane, a border's value repeated.
inline image<double> slope(const image<double>& f, bool along_y) {
  const size s{f.width(), f.height()};
  return made<double>(s, [&](int x, int y) {
    auto at = [&](int d) { return along_y ? f(x, clamped(y + d, s.height)) : f(clamped(x + d, s.width), y); };
    return (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / 8;
  });
}

}  // namespace fluxel::test
