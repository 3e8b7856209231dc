// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "fluxel/device_image.hpp"
#include "fluxel/flow_color.hpp"
#include "host/program/flow_files/device_picture.hpp"
#include "host/program/flow_files/flow_pictures.hpp"

namespace fluxel::video {

/// What a flow that is drawn keeps on a CUDA device: of each picture only its pixels go there, and only colors come
/// back.
class device_flow {
 public:
  /// @param like  a picture as they will come.
  device_flow(const plain_picture& like, const placement& where);

  /// The picture on the device; valid until the next one.
  flow_image upload(const plain_picture& picture) { return picture_.upload(picture); }
  image_view<f32> flow() { return flow_.view(); }
  image_view<f32> cut_score() { return cut_score_.view(); }

  void measure(flow_lengths& lengths, float& cut_score);
  void draw(image_view<u8> colors, double full_length);

 private:
  placement where_;
  device_picture picture_;
  device_image<f32> flow_;
  device_image<f32> cut_score_;
  device_image<u8> colors_;
  device_image<std::uint32_t> lengths_;
};

}  // namespace fluxel::video
