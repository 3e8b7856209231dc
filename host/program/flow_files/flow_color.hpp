// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "host/program/flow_files/flow_field.hpp"

namespace fluxel::video {

using rgb = std::array<std::uint8_t, 3>;

/// The color of a vector of flow (Baker et al., IJCV 2011): the hue is the direction, from a wheel of 55 colors,
/// and the saturation is the length: white at rest, full on the unit circle, darker beyond it.
rgb flow_color(double u, double v);

/// Colors of a whole flow, R, G, B per pixel; unknown pixels are black.
/// @param radius  length of full saturation, px; > 0
/// @param pitch   bytes from a row to the next
void draw_flow(const flow_field& flow, double radius, std::uint8_t* pixels, std::ptrdiff_t pitch);

/// The length that a share of the known vectors do not exceed, px; 1 is the largest. 0 without a known vector.
double length_of_share(const flow_field& flow, double share);

/// The radius of full saturation of a video whose user names none. It follows the length that 99 % of a flow's
/// vectors do not exceed, slowly enough that colors do not flicker: a time constant of 25 flows. At least 1 px.
class running_radius {
 public:
  double next(const flow_field& flow);

 private:
  double radius_ = 0;
};

}  // namespace fluxel::video
