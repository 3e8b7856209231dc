// SPDX-License-Identifier: Apache-2.0
// The definition of flow in colors, one vector after the other.

#include "kernels/common/flow/flow_color.hpp"

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

status draw(const flow_images& flow, float inverse_length, const image& colors, const launch_options&) {
  for (int n = 0; n < colors.count; ++n)
    for (int y = 0; y < colors.height; ++y)
      for (int x = 0; x < colors.width; ++x) {
        const flow_rgb color = flow_color(*pixel_at<const float>(flow.u, n, x, y),
                                          *pixel_at<const float>(flow.v, n, x, y), inverse_length);
        u8* to = pixel_at<u8>(colors, n, x, y);
        to[0] = color.red;
        to[1] = color.green;
        to[2] = color.blue;
      }
  return status::ok;
}

status measure(const flow_images& flow, flow_lengths* lengths, const launch_options&) {
  for (int n = 0; n < flow.u.count; ++n) {
    lengths[n] = {};
    for (int y = 0; y < flow.u.height; ++y)
      for (int x = 0; x < flow.u.width; ++x) {
        const float u = *pixel_at<const float>(flow.u, n, x, y), v = *pixel_at<const float>(flow.v, n, x, y);
        if (!is_known_flow(bits_of_float(u), bits_of_float(v))) continue;
        const std::uint32_t squared = bits_of_float(squared_flow(u, v));
        ++lengths[n].count[length_bin(squared)];
        if (lengths[n].longest < squared) lengths[n].longest = squared;
      }
  }
  return status::ok;
}

}  // namespace

const flow_color_functions scalar_flow_color_functions{draw, measure};

}  // namespace fluxel::kernels
