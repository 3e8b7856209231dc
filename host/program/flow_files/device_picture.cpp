// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/device_picture.hpp"

namespace fluxel::video {

device_picture::device_picture(const plain_picture& like, int device) {
  const auto make = [&](auto& frame) { frame.emplace(like.width, like.height, like.channels, 1, 1, device); };
  like.type == element_type::u8 ? make(bytes_) : like.type == element_type::f32 ? make(floats_) : make(words_);
}

flow_image device_picture::upload(const plain_picture& picture) {
  const auto put = [&]<class T>(device_image<T>& frame) -> flow_image {
    frame.upload(picture.view<T>());
    return frame.view();
  };
  return bytes_ ? put(*bytes_) : floats_ ? put(*floats_) : put(*words_);
}

}  // namespace fluxel::video
