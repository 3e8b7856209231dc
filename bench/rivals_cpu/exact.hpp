// SPDX-License-Identifier: Apache-2.0
#pragma once

// How far a bilinear resize is from the exact one.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {

struct error_of_result {
  double mean = 0, max = 0;  // in the unit of the pixels
};

/// Compares every 16th row with bilinear interpolation in double precision, pixel centers at half integers, the
/// nearest pixel repeated beyond the border, no antialiasing. A perfect rounding to bytes has a mean of .25.
template <class T>
error_of_result bilinear_error(const resize_task& task) {
  const double step_x = static_cast<double>(task.src.width) / task.dst.width;
  const double step_y = static_cast<double>(task.src.height) / task.dst.height;
  error_of_result e;
  double sum = 0, count = 0;
  struct taps {
    int first, second;
    double weight;
  };
  auto at = [](int i, double step, int n) {
    const double position = std::clamp((i + .5) * step - .5, 0., n - 1.);
    const int first = std::min(static_cast<int>(position), n - 1);
    return taps{first, std::min(first + 1, n - 1), position - first};
  };
  for (int p = 0; p < task.planes; ++p) {
    const T* from = static_cast<const T*>(task.from) + static_cast<std::size_t>(p) * task.src.width * task.src.height;
    const T* to = static_cast<const T*>(task.to) + static_cast<std::size_t>(p) * task.dst.width * task.dst.height;
    for (int y = std::min(5, task.dst.height - 1); y < task.dst.height; y += 16) {
      const taps v = at(y, step_y, task.src.height);
      for (int x = 0; x < task.dst.width; ++x) {
        const taps h = at(x, step_x, task.src.width);
        for (int c = 0; c < task.channels; ++c) {
          auto pixel = [&](int row, int column) {
            return static_cast<double>(
                from[(static_cast<std::size_t>(row) * task.src.width + column) * task.channels + c]);
          };
          const double upper = pixel(v.first, h.first) * (1 - h.weight) + pixel(v.first, h.second) * h.weight;
          const double lower = pixel(v.second, h.first) * (1 - h.weight) + pixel(v.second, h.second) * h.weight;
          const double exact = upper * (1 - v.weight) + lower * v.weight;
          const double off =
              std::abs(exact - static_cast<double>(
                                   to[(static_cast<std::size_t>(y) * task.dst.width + x) * task.channels + c]));
          sum += off;
          count += 1;
          e.max = std::max(e.max, off);
        }
      }
    }
  }
  e.mean = count > 0 ? sum / count : 0;
  return e;
}

}  // namespace fluxel::bench
