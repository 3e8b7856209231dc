// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/track/track_drawing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "fluxel/flow_color.hpp"

namespace fluxel::cli {

namespace {

using video::plain_picture;
using rgb = std::array<u8, 3>;

/// Neighbouring ids get hues that lie far apart.
rgb color_of(int id) {
  const double angle = 2 * std::numbers::pi * std::fmod(id / std::numbers::phi, 1);
  const float direction[] = {float(std::cos(angle)), float(std::sin(angle))};
  rgb color;
  // Longer by what rounding may add.
  draw_flow({direction, 1, 1, 2}, {color.data(), 1, 1, 3}, {.full_length = 1.0001}, {.processor = run_on::cpu});
  return color;
}

void put(const image_view<u8>& to, int x, int y, const rgb& color) {
  if (x < 0 || y < 0 || x >= to.width || y >= to.height) return;
  std::copy(color.begin(), color.end(), to.data + y * to.pitch + std::ptrdiff_t{3} * x);
}

void line(const image_view<u8>& to, const point& a, const point& b, const rgb& color) {
  const int steps = 1 + int(std::max(std::fabs(b.x - a.x), std::fabs(b.y - a.y)));
  for (int i = 0; i <= steps; ++i) {
    const float t = float(i) / float(steps);
    put(to, int(std::lround(std::lerp(a.x, b.x, t))), int(std::lround(std::lerp(a.y, b.y, t))), color);
  }
}

void dot(const image_view<u8>& to, const point& at, const rgb& color) {
  for (int dy = -1; dy <= 1; ++dy)
    for (int dx = -1; dx <= 1; ++dx) put(to, int(std::lround(at.x)) + dx, int(std::lround(at.y)) + dy, color);
}

/// A sample of the picture as 8 bits; of color the green, which is nearest to luma.
template <class T>
u8 grey_level(const plain_picture& p, std::size_t pixel) {
  const T sample = reinterpret_cast<const T*>(p.pixels.data())[pixel * p.channels + (p.channels == 3 ? 1 : 0)];
  if constexpr (std::is_same_v<T, float>)
    return u8(255 * (sample > 0 ? sample < 1 ? sample : 1 : 0));
  else
    return u8(sample >> (p.bit_depth - 8));
}

}  // namespace

void track_drawing::add(const std::vector<observation>& seen) {
  for (const observation& o : seen) {
    if (o.status != track_status::tracked) {
      if (lost_ == lost::vanish) trajectories_.erase(o.id);
      continue;
    }
    std::vector<point>& trajectory = trajectories_[o.id];
    trajectory.push_back(o.at);
    if (int(trajectory.size()) > length_) trajectory.erase(trajectory.begin());
  }
}

void track_drawing::draw(const plain_picture& picture, const image_view<u8>& to) const {
  const auto level = picture.type == element_type::u8    ? grey_level<u8>
                     : picture.type == element_type::f32 ? grey_level<float>
                                                         : grey_level<u16>;
  for (int y = 0; y < to.height; ++y)
    for (int x = 0; x < to.width; ++x) {
      const u8 grey = level(picture, std::size_t(y) * to.width + x);
      put(to, x, y, {grey, grey, grey});
    }
  for (const auto& [id, trajectory] : trajectories_) {
    const rgb color = color_of(id);
    for (std::size_t i = 1; i < trajectory.size(); ++i) line(to, trajectory[i - 1], trajectory[i], color);
    dot(to, trajectory.back(), color);
  }
}

}  // namespace fluxel::cli
