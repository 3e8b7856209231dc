// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/likeness.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace fluxel::host {

namespace {

/// A position in 1/64 px.
struct place {
  std::int32_t x, y;
};

std::int32_t in_64ths(double v) {
  constexpr double far = 1 << 24;
  const double steps = std::floor(v * 64 + 0.5);
  return std::int32_t(steps > -far ? steps < far ? steps : far : -far);
}

/// Bilinear, 1/16 grey level; the edge repeats.
std::int32_t sample(const image<u8>& im, const place& p) {
  const int x = p.x >> 6, y = p.y >> 6, fx = p.x & 63, fy = p.y & 63;
  const int w = im.width() - 1, h = im.height() - 1;
  const int x0 = std::clamp(x, 0, w), x1 = std::clamp(x + 1, 0, w);
  const u8* above = im.data() + std::ptrdiff_t{std::clamp(y, 0, h)} * im.width();
  const u8* below = im.data() + std::ptrdiff_t{std::clamp(y + 1, 0, h)} * im.width();
  const int top = above[x0] * (64 - fx) + above[x1] * fx, bottom = below[x0] * (64 - fx) + below[x1] * fx;
  return (top * (64 - fy) + bottom * fy + 128) >> 8;
}

}  // namespace

template <class Target>
void likeness::measure(const image<u8>& here, const image<u8>& there, const Target& target, sums& result) {
  const int w = here.width(), h = here.height();
  const std::size_t n = std::size_t(w) * h;
  differences_.resize(n);
  rows_.resize(n);
  result.resize(n);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      differences_[std::size_t(y) * w + x] = std::abs(16 * here(x, y) - sample(there, target(x, y)));
  for (int y = 0; y < h; ++y) {
    const std::int32_t* row = differences_.data() + std::size_t(y) * w;
    for (int x = 0; x < w; ++x)
      rows_[std::size_t(y) * w + x] = row[std::max(x - 1, 0)] + row[x] + row[std::min(x + 1, w - 1)];
  }
  for (int y = 0; y < h; ++y) {
    const std::int32_t* above = rows_.data() + std::size_t(std::max(y - 1, 0)) * w;
    const std::int32_t* row = rows_.data() + std::size_t(y) * w;
    const std::int32_t* below = rows_.data() + std::size_t(std::min(y + 1, h - 1)) * w;
    for (int x = 0; x < w; ++x) result[std::size_t(y) * w + x] = above[x] + row[x] + below[x];
  }
}

const likeness::sums& likeness::along(const matrix3x3& background, const image<u8>& here, const image<u8>& there) {
  const int w = here.width(), h = here.height();
  const auto target = [&](int x, int y) {
    const point2d to = background.map({double(x), double(y)});
    return place{in_64ths(to.x), in_64ths(to.y)};
  };
  measure(here, there, target, background_);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      const place to = target(x, y);
      if (to.x < -32 || to.y < -32 || to.x > 64 * w - 32 || to.y > 64 * h - 32)
        background_[std::size_t(y) * w + x] = outside;
    }
  return background_;
}

const likeness::sums& likeness::along(const image<f32>& uv, const image<u8>& here, const image<u8>& there) {
  measure(
      here, there,
      [&](int x, int y) {
        return place{in_64ths(double(uv(x, y, 0)) + x), in_64ths(double(uv(x, y, 1)) + y)};
      },
      flow_);
  return flow_;
}

}  // namespace fluxel::host
