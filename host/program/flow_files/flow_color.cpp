// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_color.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace fluxel::video {

namespace {

constexpr double beyond = 0.75;          // brightness of vectors that leave the unit circle
constexpr double followed_share = 0.99;  // a few wild vectors must not turn the rest white
constexpr double time_constant = 25;     // flows: a second of usual video
constexpr double least_radius = 1;       // px: noise of a still picture stays pale

/// From a color of the wheel to the next primary or secondary one, a channel rises or falls linearly.
struct arc {
  int steps;
  int channel;
  bool rises;
};

/// Red to yellow to green to cyan to blue to magenta to red. The eye tells more hues apart where an arc has more
/// steps.
constexpr arc arcs[] = {{15, 1, true}, {6, 0, false}, {4, 2, true}, {11, 1, false}, {13, 0, true}, {6, 2, false}};
constexpr int wheel_size = 15 + 6 + 4 + 11 + 13 + 6;
static_assert(wheel_size == 55);

std::array<rgb, wheel_size> make_wheel() {
  std::array<rgb, wheel_size> wheel;
  rgb corner{255, 0, 0};
  int at = 0;
  for (const arc& a : arcs) {
    for (int i = 0; i < a.steps; ++i) {
      const int change = 255 * i / a.steps;
      wheel[at] = corner;
      wheel[at++][a.channel] = std::uint8_t(a.rises ? change : 255 - change);
    }
    corner[a.channel] = a.rises ? 255 : 0;
  }
  return wheel;
}

}  // namespace

rgb flow_color(double u, double v) {
  static const std::array<rgb, wheel_size> wheel = make_wheel();
  const double length = std::hypot(u, v);
  // The wheel begins with red for vectors that point right; its last color ends the turn.
  const double turn = (std::atan2(-v, -u) / std::numbers::pi + 1) / 2;
  const double place = turn * (wheel_size - 1);
  const int first = std::clamp(int(place), 0, wheel_size - 1);
  const rgb &a = wheel[first], &b = wheel[(first + 1) % wheel_size];
  rgb out;
  for (int c = 0; c < 3; ++c) {
    const double hue = std::lerp(double(a[c]), double(b[c]), place - first) / 255;
    const double shown = length <= 1 ? 1 - length * (1 - hue) : beyond * hue;
    out[c] = std::uint8_t(255 * shown);
  }
  return out;
}

void draw_flow(const flow_field& flow, double radius, std::uint8_t* pixels, std::ptrdiff_t pitch) {
  for (int y = 0; y < flow.height; ++y) {
    std::uint8_t* to = pixels + y * pitch;
    for (std::size_t i = std::size_t(y) * flow.width, end = i + flow.width; i < end; ++i, to += 3) {
      const rgb color = is_known(flow, i) ? flow_color(flow.u(i) / radius, flow.v(i) / radius) : rgb{};
      std::copy(color.begin(), color.end(), to);
    }
  }
}

double length_of_share(const flow_field& flow, double share) {
  std::vector<float> lengths;
  lengths.reserve(flow.pixels());
  for (std::size_t i = 0; i < flow.pixels(); ++i)
    if (is_known(flow, i)) lengths.push_back(std::hypot(flow.u(i), flow.v(i)));
  if (lengths.empty()) return 0;
  const auto rank = std::ptrdiff_t(share * double(lengths.size() - 1));
  std::nth_element(lengths.begin(), lengths.begin() + rank, lengths.end());
  return lengths[rank];
}

double running_radius::next(const flow_field& flow) {
  const double wanted = std::max(least_radius, length_of_share(flow, followed_share));
  radius_ = radius_ == 0 ? wanted : radius_ + (wanted - radius_) / time_constant;
  return radius_;
}

}  // namespace fluxel::video
