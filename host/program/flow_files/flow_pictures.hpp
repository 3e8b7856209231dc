// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/flow.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// A picture as a frame of optical flow.
flow_image frame_of(const plain_picture& picture);

/// The geometry of pictures like this one.
flow_geometry geometry_of(const plain_picture& picture);

}  // namespace fluxel::video
