// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/device_image.hpp"
#include "fluxel/flow.hpp"

namespace fluxel::video {

/// Room for a picture in the memory of a device, for objects of optical flow.
class device_picture {
 public:
  /// @param geometry  of pictures as they will come.
  /// @param device    -1: the current one.
  device_picture(const flow_geometry& geometry, int device);

  /// Copies a picture of host memory there. @returns the copy, valid until the next one; a picture of a device as it
  /// is.
  flow_image on_device(const flow_image& picture);

 private:
  flow_geometry geometry_;
  int device_;
  std::optional<device_image<u8>> bytes_;  // one of these, for pictures of host memory
  std::optional<device_image<u16>> words_;
  std::optional<device_image<f32>> floats_;
};

}  // namespace fluxel::video
