// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/device_image.hpp"
#include "fluxel/flow.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// A picture in the memory of a device, for objects of optical flow.
class device_picture {
 public:
  /// @param like    a picture as they will come.
  /// @param device  -1: the current one.
  device_picture(const plain_picture& like, int device);

  /// Copies it there. @returns the copy, valid until the next one.
  flow_image upload(const plain_picture& picture);

 private:
  std::optional<device_image<u8>> bytes_;  // one of these
  std::optional<device_image<u16>> words_;
  std::optional<device_image<f32>> floats_;
};

}  // namespace fluxel::video
