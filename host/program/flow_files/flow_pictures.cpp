// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/flow_pictures.hpp"

#include "fluxel/device_image.hpp"
#include "fluxel/image.hpp"
#include "fluxel/resize.hpp"
#include "fluxel/value_range.hpp"
#include "host/program/video/frames/luma_range.hpp"

namespace fluxel::video {

namespace {

template <class T>
image_view<const T> first_plane(const frame_view<const void>& frame) {
  image_view<const T> v{static_cast<const T*>(frame.data[0]), frame.format.width, frame.format.height,
                        frame.format.planes[0].channels, frame.pitch[0]};
  v.memory = frame.memory;
  return v;
}

template <class T>
value_range measure(const frame_view<const void>& frame) {
  const image_view<const T> plane = first_plane<T>(frame);
  if (backend_for(frame.memory) == backend::cpu) return measure_value_range(plane);
  const device_image<T> there(plane.width, plane.height, plane.channels);
  image<T> here(plane.width, plane.height, plane.channels);
  resize_nearest<T>(plane, there.view());  // of the same size: a copy
  there.download(here);
  return measure_value_range(here);
}

/// What is measured is taken where it is a small part of all values.
value_range narrow(const value_range& measured, const value_range& all) {
  return measured.high - measured.low < (all.high - all.low) / 8 ? measured : value_range{};
}

bool is_given(const value_range& r) { return r.high > r.low; }

}  // namespace

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

flow_image frame_of(const frame_view<const void>& frame) {
  switch (frame.format.type()) {
    case element_type::u8:
      return first_plane<u8>(frame);
    case element_type::f32:
      return first_plane<f32>(frame);
    default:
      return first_plane<u16>(frame);
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
  const double white = p.type == element_type::f32 ? 1 : (1 << p.bit_depth) - 1;
  g.range = narrow(measure_value_range(frame_of(p)), {0, white});
  return g;
}

flow_geometry geometry_of(const frame_view<const void>& frame, const range_choice& range) {
  const frame_format& f = frame.format;
  flow_geometry g{.width = f.width, .height = f.height, .channels = f.planes[0].channels, .type = f.type()};
  if (f.floating) {
    g.range = range.automatic ? narrow(measure<f32>(frame), {0, 1}) : range.given;
    return g;
  }
  // Samples in the upper bits of a word are that many times larger.
  const bool limited = is_limited(f);
  const int shift = f.high_bits ? 16 - f.bit_depth : 0, depth = f.bit_depth;
  const double unit = 1 << shift;
  const value_range all = limited ? value_range{(16 << (depth - 8)) * unit, (235 << (depth - 8)) * unit}
                                  : value_range{0, ((1 << depth) - 1) * unit};
  if (g.type == element_type::u16) g.bit_depth = depth + shift;
  if (range.automatic && g.type == element_type::u16) g.range = narrow(measure<u16>(frame), all);
  if (is_given(range.given)) g.range = {range.given.low * unit, range.given.high * unit};
  if (!is_given(g.range) && (limited || shift > 0)) g.range = all;
  return g;
}

}  // namespace fluxel::video
