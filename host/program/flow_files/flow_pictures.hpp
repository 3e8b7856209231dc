// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/flow.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// A picture as a frame of optical flow.
flow_image frame_of(const plain_picture& picture);
/// The first plane of a picture_use::motion frame, where it lies: in host memory or on a device.
flow_image frame_of(const frame_view<const void>& frame);

/// The geometry of pictures like this one.
flow_geometry geometry_of(const plain_picture& picture);

/// How values become grey levels: "full" (those of the format, which limited range is a part of), "auto" (what
/// measure_value_range says of the first picture, where its samples have more than 8 bits and lie in less than an
/// eighth of them), or LOW:HIGH.
struct range_choice {
  bool automatic = true;
  value_range given = {};
};
/// The same with the range of values.
flow_geometry geometry_of(const plain_picture& picture, const range_choice& range);
flow_geometry geometry_of(const frame_view<const void>& frame, const range_choice& range);

}  // namespace fluxel::video
