// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fluxel/device_image.hpp"
#include "fluxel/flow_color.hpp"
#include "host/program/flow_files/device_picture.hpp"
#include "host/program/flow_files/flow_field.hpp"

namespace fluxel::video {

/// What a flow keeps on a CUDA device: of each picture of host memory its pixels go there, and what is asked for
/// comes back.
class device_flow {
 public:
  /// @param geometry  of the pictures.
  device_flow(const flow_geometry& geometry, const placement& where);

  /// The picture on the device; valid until the next one.
  flow_image on_device(const flow_image& picture) { return picture_.on_device(picture); }
  /// A mask for all pictures, a byte for each pixel; once.
  void set_mask(const std::vector<u8>& mask);
  image_view<const u8> mask() const { return mask_ ? image_view<const u8>(mask_->view()) : image_view<const u8>(); }

  /// What the solver writes.
  image_view<f32> flow() { return flow_.view(); }
  image_view<u8> validity();
  image_view<f32> cut_score() { return cut_score_.view(); }

  float read_cut_score() const;
  void read(flow_field& flow) const { flow_.download(flow.view()); }
  void read_validity(std::vector<u8>& validity) const;

  void measure(flow_lengths& lengths);
  void draw(image_view<u8> colors, double full_length);

 private:
  placement where_;
  size size_;
  device_picture picture_;
  device_image<f32> flow_;
  device_image<f32> cut_score_;
  std::optional<device_image<u8>> mask_, validity_, colors_;
  device_image<std::uint32_t> lengths_;
};

}  // namespace fluxel::video
