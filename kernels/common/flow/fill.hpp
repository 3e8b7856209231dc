// SPDX-License-Identifier: Apache-2.0
#pragma once

// Unknown values from the known ones around them: a pyramid of means of the known values of 2 x 2, down to one pixel,
// and back up, bilinear, where a value is unknown. And which Lucas-Kanade windows know too little.

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_planes.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// Half up.
FLUXEL_HD std::int16_t rounded_mean(std::int32_t sum, std::int32_t count) {
  const std::int32_t twice = 2 * sum + count, size = 2 * count;
  return static_cast<std::int16_t>(twice >= 0 ? twice / size : -((-twice + size - 1) / size));
}

struct halve_known_pixel {
  flow_planes fine;
  plane<const u8> unknown;
  fill_level to;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    std::int32_t u = 0, v = 0, count = 0;
    for (int j = 2 * y; j < 2 * y + 2 && j < fine.u.height; ++j)
      for (int i = 2 * x; i < 2 * x + 2 && i < fine.u.width; ++i) {
        if (pixel_at(unknown, n, i, j) == flow_masked) continue;
        ++count;
        u += pixel_at(fine.u, n, i, j);
        if (fine.v.data != nullptr) v += pixel_at(fine.v, n, i, j);
      }
    pixel_at(to.unknown, n, x, y) = count == 0 ? flow_masked : u8{0};
    pixel_at(to.values.u, n, x, y) = count == 0 ? std::int16_t{0} : rounded_mean(u, count);
    if (fine.v.data != nullptr)
      pixel_at(to.values.v, n, x, y) = count == 0 ? std::int16_t{0} : rounded_mean(v, count);
  }
};

struct fill_unknown_pixel {
  flow_planes coarse, fine;
  plane<const u8> unknown;
  plane<const u8> top;  ///< of one pixel: unknown when all are

  /// Weights 3 and 1 of 4 along each axis.
  FLUXEL_HD static std::int16_t between(const plane<std::int16_t>& p, int n, int x, int y) {
    const int near_x = x / 2, near_y = y / 2;
    const int far_x = clamp_index(x % 2 == 0 ? near_x - 1 : near_x + 1, p.width);
    const int far_y = clamp_index(y % 2 == 0 ? near_y - 1 : near_y + 1, p.height);
    const std::int32_t sum = 9 * pixel_at(p, n, near_x, near_y) + 3 * pixel_at(p, n, far_x, near_y) +
                             3 * pixel_at(p, n, near_x, far_y) + pixel_at(p, n, far_x, far_y);
    return static_cast<std::int16_t>((sum + 8) >> 4);
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    if (pixel_at(unknown, n, x, y) != flow_masked || pixel_at(top, n, 0, 0) != 0) return;
    pixel_at(fine.u, n, x, y) = between(coarse.u, n, x, y);
    if (fine.v.data != nullptr) pixel_at(fine.v, n, x, y) = between(coarse.v, n, x, y);
  }
};

/// run(plane, body) for every level down, and up again.
template <class Run>
status fill_by_levels(const flow_planes& values, plane<const u8> unknown, std::span<const fill_level> levels,
                      const Run& run) {
  status result = status::ok;
  auto finer = [&](std::size_t i) {
    return i == 0 ? values
                  : flow_planes{levels[i - 1].values.u,
                                values.v.data == nullptr ? plane<std::int16_t>{} : levels[i - 1].values.v};
  };
  auto mask = [&](std::size_t i) { return i == 0 ? unknown : plane<const u8>(levels[i - 1].unknown); };
  for (std::size_t i = 0; i < levels.size() && result == status::ok; ++i)
    result = run(levels[i].values.u, halve_known_pixel{finer(i), mask(i), levels[i]});
  for (std::size_t i = levels.size(); i-- > 0 && result == status::ok;)
    result = run(finer(i).u, fill_unknown_pixel{levels[i].values, finer(i), mask(i), levels.back().unknown});
  return result;
}

/// How many pixels of a row of 2 radius + 1 are masked.
struct count_masked_pixel {
  plane<const u8> reason;
  int radius;
  plane<u8> count;

  FLUXEL_HD void operator()(int n, int x, int y) const {
    u8 masked = 0;
    for (int i = x - radius; i <= x + radius; ++i)
      if (i >= 0 && i < reason.width && pixel_at(reason, n, i, y) == flow_masked) ++masked;
    pixel_at(count, n, x, y) = masked;
  }
};

struct unknown_window_pixel {
  plane<const u8> masked_across;
  int radius;
  plane<u8> unknown;

  /// Pixels of the window inside the image, along one axis.
  FLUXEL_HD int inside(int i, int size) const {
    const int first = i - radius, last = i + radius;
    return (last < size ? last : size - 1) - (first > 0 ? first : 0) + 1;
  }
  FLUXEL_HD void operator()(int n, int x, int y) const {
    int masked = 0;
    for (int j = y - radius; j <= y + radius; ++j)
      if (j >= 0 && j < unknown.height) masked += pixel_at(masked_across, n, x, j);
    const int all = inside(x, unknown.width) * inside(y, unknown.height);
    pixel_at(unknown, n, x, y) = 4 * (all - masked) < all ? flow_masked : u8{0};
  }
};

}  // namespace fluxel::kernels
