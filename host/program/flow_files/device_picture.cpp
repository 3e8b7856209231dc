// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/device_picture.hpp"

#include "fluxel/device.hpp"

namespace fluxel::video {

device_picture::device_picture(const flow_geometry& geometry, int device) : geometry_(geometry), device_(device) {}

flow_image device_picture::on_device(const flow_image& picture) {
  const auto& from = picture.untyped();
  if (backend_for(from.memory) == backend::cuda) return picture;
  const auto put = [&]<class T>(std::optional<device_image<T>>& there) -> flow_image {
    if (!there) there.emplace(geometry_.width, geometry_.height, geometry_.channels, 1, 1, device_);
    there->upload({static_cast<const T*>(from.data), from.width, from.height, from.channels, from.pitch});
    return there->view();
  };
  return from.type == element_type::u8 ? put(bytes_) : from.type == element_type::f32 ? put(floats_) : put(words_);
}

}  // namespace fluxel::video
