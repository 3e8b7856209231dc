// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_pictures.hpp"

#include "fluxel/value_range.hpp"

namespace fluxel::video {

flow_image frame_of(const plain_picture& picture) {
  switch (picture.type) {
    case element_type::u8:
      return picture.view<u8>();
    case element_type::f32:
      return picture.view<f32>();
    default:
      return picture.view<u16>();
  }
}

flow_geometry geometry_of(const plain_picture& p) {
  flow_geometry g{.width = p.width, .height = p.height, .channels = p.channels, .type = p.type};
  if (p.type == element_type::u16) g.bit_depth = p.bit_depth;
  return g;
}

flow_geometry geometry_of(const plain_picture& p, const range_choice& range) {
  flow_geometry g = geometry_of(p);
  g.range = range.given;
  if (!range.automatic || p.type == element_type::u8) return g;
  const value_range measured = measure_value_range(frame_of(p));
  const double whole = p.type == element_type::f32 ? 1 : (1 << p.bit_depth) - 1;
  if (measured.high - measured.low < whole / 8) g.range = measured;
  return g;
}

}  // namespace fluxel::video
